#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Usage: root.sh SERIES
#
# Prints the folder of the build root of a series: its Debian suite with the
# compiler that made its kernel and the libraries the viewer is built with. It
# is made when it is not there, and again when the suite's kernel or the list
# of packages below moves on.

set -euo pipefail
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

# For the module, the viewer and its tests, and the debug kernel, in this order.
# What a suite does not have, or not by this name, is left out.
PACKAGES='build-essential kmod libelf-dev pahole sparse
	pkg-config libtracefs-dev libtraceevent-dev libncurses-dev
	libzstd-dev zlib1g-dev libcmocka-dev python3 python3-jsonschema
	flex bison bc libssl-dev zstd'

available()
{
	local conf

	conf=$RT_CACHE/apt/$(<"$KERNEL/suite")/apt.conf
	# shellcheck disable=SC2086 # a list
	apt-cache -qq -c "$conf" policy $PACKAGES |
		awk '/^[^ ]/ { name = $1; sub(":$", "", name) }
			$1 == "Candidate:" && $2 != "(none)" { print name }'
}

# As a tar file: it can be unpacked by a user as his own files, so that no
# user needs anyone's help to delete them.
fetch()
{
	local new=$1 suite compiler

	suite=$(<"$KERNEL/suite")
	compiler=$(grep -om1 'gcc-[0-9]*' "$KERNEL/build/.kernelvariables")
	say "making the build root of $SERIES from Debian's $suite, once (about a minute)"
	mkdir "$new/root"
	run_logged "$RT_CACHE/root/$NAME.log" "making the build root of $suite" \
		mmdebstrap --variant=apt --include="$(available | xargs),$compiler" \
		--dpkgopt=path-exclude=/usr/share/{doc,man,locale}/'*' \
		"$suite" "$new/root.tar" "$KERNEL/sources.list"
	tar -C "$new/root" --exclude='./dev/*' --no-same-owner -xf "$new/root.tar"
	rm "$new/root.tar"
	made_for >"$new/made-for"
}

made_for()
{
	echo "${KERNEL##*/} $PACKAGES"
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
	help_or_series "$@"
	KERNEL=$("$RT_SCRIPTS/kernel.sh" "$SERIES")
	NAME=$SERIES-$(<"$KERNEL/suite")
	DIR=$RT_CACHE/root/$NAME
	if ! is_current; then
		command -v mmdebstrap >/dev/null ||
			die "mmdebstrap is missing; run $RT_SCRIPTS/deps.sh matrix"
		mkdir -p "$RT_CACHE/root"
		with_lock "root-$NAME" refresh
	fi
	echo "$DIR/root"
}

main "$@"
