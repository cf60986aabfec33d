#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Usage: debug-kernel.sh [SERIES]    (default 6.12)
#
# Builds, from Debian's source of that series, a small kernel made to catch
# mistakes (debug-kernel.config says which) with the series' own compiler, and
# prints its folder in the cache. Takes about ten minutes, once for a kernel.
#
# The folder holds: release (what uname -r says), image (what QEMU boots), and
# build, the tree for external modules.

set -euo pipefail
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

CONFIG=$RT_SCRIPTS/debug-kernel.config

# The same version as the series' own kernel in the cache.
fetch_source()
{
	local suite package=linux-source-$SERIES

	suite=$(<"$KERNEL/suite")
	(
		cd "$1"
		apt-get -qq -c "$RT_CACHE/apt/$suite/apt.conf" download "$package=${KERNEL##*_}"
		dpkg-deb -x "$package"_*.deb .
		mkdir build
		tar -C build --strip-components=1 -xf "usr/src/$package.tar.xz"
		rm -rf usr "$package"_*.deb
	)
}

configure()
{
	in_series "$SERIES" make -C "$1" tinyconfig
	cat "$CONFIG" >>"$1/.config"
	in_series "$SERIES" make -C "$1" olddefconfig
	not_taken "$1/.config"
}

# An option can be refused for what it depends on, silently.
not_taken()
{
	local missing

	missing=$(grep '^CONFIG_' "$CONFIG" | grep -vxFf "$1" || true)
	[[ ! $missing ]] || echo "not in this kernel: ${missing//$'\n'/ }"
}

# External modules need headers, scripts and what was generated.
prune()
{
	find "$1" \( -path "$1/scripts" -o -path "$1/tools" -o -path "$1/include" \) -prune -o \
		-type f \( -name '*.[acoS]' -o -name '*.cmd' -o -name '*.dts*' -o -name '*.rst' \) \
		-exec rm {} +
	rm -rf "$1"/{Documentation,certs,crypto,drivers,fs,mm,net,samples,security,sound} \
		"$1"/vmlinux* "$1"/arch/x86/boot
	find "$1/arch" -mindepth 1 -maxdepth 1 -type d ! -name x86 -exec rm -r {} +
}

make_all()
{
	local new=$1 build=$1/build

	fetch_source "$new"
	configure "$build"
	in_series "$SERIES" make -C "$build" -j"$(nproc)" bzImage modules
	in_series "$SERIES" make -C "$build" -s kernelrelease >"$new/release"
	# Not vmlinux through its PVH entry: KASAN is not ready for calls that early.
	cp "$build/arch/x86/boot/bzImage" "$new/image"
	prune "$build"
	made_for >"$new/made-for"
}

fetch()
{
	in_series "$SERIES" true
	say "building the debug kernel of $SERIES, once (about ten minutes)"
	run_logged "$RT_CACHE/debug-kernel/$SERIES.log" "building the debug kernel of $SERIES" \
		make_all "$1"
}

made_for()
{
	echo "${KERNEL##*/} $(cksum <"$CONFIG")"
}

is_current()
{
	is_filled "$DIR" && [[ $(contents "$DIR/made-for") == "$(made_for)" ]]
}

refresh()
{
	is_current || fill "$DIR" fetch
}

main()
{
	help_or_series "${1:-6.12}"
	DIR=$RT_CACHE/debug-kernel/$SERIES
	KERNEL=$("$RT_SCRIPTS/kernel.sh" "$SERIES")
	if ! is_current; then
		mkdir -p "$RT_CACHE/debug-kernel"
		with_lock "debug-kernel-$SERIES" refresh
	fi
	echo "$DIR"
}

main "$@"
