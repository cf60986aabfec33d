#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Usage: kernel.sh SERIES
#
# Puts Debian's kernel of that series (image, modules and what external modules
# build against) into the cache and prints the folder. Nothing is installed.
# The suite is asked at most once a day whether its kernel has moved on.
#
# The folder holds: release (what uname -r says), image (what QEMU boots),
# lib/modules/, and build, the headers for external modules.

set -euo pipefail
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

CHECK_EVERY_MINUTES=$((24 * 60))
RETRY_MINUTES=60

# apt_conf SUITE: apt's private world for a suite, so that no root is needed
# and the machine's own package lists are neither read nor touched.
apt_conf()
{
	local suite=$1 dir=$RT_CACHE/apt/$1

	mkdir -p "$dir"/{lists/partial,archives/partial}
	: >"$dir/status"
	apt_sources "$suite" >"$dir/sources.list"
	cat >"$dir/apt.conf" <<-EOF
	APT::Architecture "amd64";
	APT::Architectures { "amd64"; };
	APT::Get::AllowUnauthenticated "false";
	APT::Sandbox::User "";
	APT::Update::Error-Mode "any";
	Acquire::Languages "none";
	Acquire::Retries "2";
	Acquire::http::Timeout "20";
	Dir::Cache "$dir";
	Dir::Etc::sourcelist "$dir/sources.list";
	Dir::Etc::sourceparts "/dev/null";
	Dir::Etc::preferences "/dev/null";
	Dir::Etc::preferencesparts "/dev/null";
	Dir::State "$dir";
	Dir::State::status "$dir/status";
	EOF
}

apt_sources()
{
	local suite=$1 options=signed-by=/usr/share/keyrings/debian-archive-keyring.gpg

	# Mirrors have been seen to lag behind on the moving suites.
	[[ $ROW_SECURITY == yes ]] || options+=' check-valid-until=no'
	echo "deb [$options] $RT_MIRROR $suite main"
	[[ $ROW_SECURITY != yes ]] ||
		echo "deb [$options] $RT_SECURITY_MIRROR $suite-security main"
}

apt()
{
	local suite=$1 tool=$2

	shift 2
	"$tool" -qq -c "$RT_CACHE/apt/$suite/apt.conf" "$@"
}

# candidate SUITE PACKAGE FIELD: a field of the newest version.
candidate()
{
	apt "$1" apt-cache show --no-all-versions "$2" 2>/dev/null | sed -n "s/^$3: //p"
}

# kernel_packages SUITE METAPACKAGE...: the packages with the kernel's files.
kernel_packages()
{
	local suite=$1

	shift
	apt "$suite" apt-cache depends --recurse --no-recommends --no-suggests --no-conflicts \
		--no-breaks --no-replaces --no-enhances "$@" |
		grep -E '^linux-(image|binary|modules|base|headers|kbuild)-[0-9]' | sort -u
}

# find_kernel: which suite has the series now? Sets SUITE and FOUND, the name
# of the kernel's folder: RELEASE_VERSION.
find_kernel()
{
	local suite image

	UNREACHABLE=''
	for suite in ${ROW_SUITES//,/ }; do
		apt_conf "$suite"
		if ! apt "$suite" apt-get update >"$RT_CACHE/apt/$suite/log" 2>&1; then
			UNREACHABLE+=" $suite"
			continue
		fi
		image=$(candidate "$suite" "$ROW_IMAGE" Depends |
			grep -oE "linux-image-${SERIES}[.][^ ,]+") || continue
		SUITE=$suite
		FOUND=${image#linux-image-}_$(candidate "$suite" "$image" Version)
		return 0
	done
	return 1
}

why_not_found()
{
	if [[ $UNREACHABLE ]]; then
		UNREACHABLE=${UNREACHABLE# }
		echo "cannot reach Debian's ${UNREACHABLE// / and } for kernel $SERIES" \
			"(see $RT_CACHE/apt/${UNREACHABLE##* }/log)"
	else
		echo "Debian's $ROW_SUITES no longer has a $SERIES kernel (see scripts/kernels)"
	fi
}

# vmlinux_from BZIMAGE: QEMU starts an uncompressed kernel through its PVH
# entry, which saves the seconds an emulated CPU spends on decompressing.
# Offsets: Documentation/x86/boot.rst, setup_sects and payload_*.
vmlinux_from()
{
	local image=$1 sects offset length

	sects=$(od -An -tu1 -j $((0x1f1)) -N1 "$image")
	offset=$(od -An -tu4 -j $((0x248)) -N4 "$image")
	length=$(od -An -tu4 -j $((0x24c)) -N4 "$image")
	# The last four bytes are the unpacked size, not compressed data.
	offset=$(((sects + 1) * 512 + offset))
	head -c "$((offset + length - 4))" "$image" | tail -c "+$((offset + 1))" | decompress
}

# Up to 6.12 the image is in /boot, later it comes with the modules.
image_in()
{
	local file

	for file in "$1/boot/vmlinuz-$2" "$1/lib/modules/$2/vmlinuz"; do
		[[ ! -e $file ]] || echo "$file"
	done
}

decompress()
{
	local magic

	magic=$(od -An -tx1 -N2 | tr -d ' ')
	case $magic in
	fd37) { printf '\xfd\x37'; cat; } | xz -dc ;;
	28b5) { printf '\x28\xb5'; cat; } | zstd -qdc ;;
	1f8b) { printf '\x1f\x8b'; cat; } | gzip -dc ;;
	*) die "do not know how to decompress this kernel (it starts with $magic)" ;;
	esac
}

# Debian's headers name each other by where they would be installed.
relocate_headers()
{
	local dir=$1 target=$2 file

	for file in "$dir"/usr/src/linux-headers-*/Makefile; do
		sed -i -E "s,(^|[ =])/usr/(src|lib)/linux-,\1$target/usr/\2/linux-,g" "$file"
	done
}

# fetch FOUND NEWDIR
fetch()
{
	local found=$1 new=$2 release=${1%%_*} packages deb

	packages=$(kernel_packages "$SUITE" "$ROW_IMAGE" "$ROW_HEADERS")
	say "fetching Debian's kernel $release, once"
	mkdir "$new/deb"
	# shellcheck disable=SC2086 # a list
	(cd "$new/deb" && run_logged "$RT_CACHE/apt/$SUITE/log" "fetching $release from $SUITE" \
		apt "$SUITE" apt-get download $packages)
	for deb in "$new"/deb/*.deb; do
		dpkg-deb -x "$deb" "$new"
	done
	rm -rf "$new/deb"
	[[ -e $new/lib ]] || ln -s usr/lib "$new/lib"
	depmod -b "$new" "$release"
	vmlinux_from "$(image_in "$new" "$release")" >"$new/image"
	relocate_headers "$new" "$KERNELS/$found"
	ln -s "usr/src/linux-headers-$release" "$new/build"
	cp "$RT_CACHE/apt/$SUITE/sources.list" "$new/sources.list"
	echo "$SUITE" >"$new/suite"
	echo "$release" >"$new/release"
}

# Keep the previous kernel, a VM may still run on it; drop older ones.
prune()
{
	local old=$1 dir

	for dir in "$KERNELS"/*_*; do
		[[ $dir == "$KERNELS/$FOUND" || $dir == "$KERNELS/$old" ]] || rm -rf "$dir"
	done
}

is_current()
{
	local name

	name=$(contents "$KERNELS/current")
	[[ $name ]] && is_filled "$KERNELS/$name" &&
		younger_than "$KERNELS/checked" "$CHECK_EVERY_MINUTES"
}

refresh()
{
	local old

	! is_current || return 0
	old=$(contents "$KERNELS/current")
	if ! find_kernel; then
		if [[ ! $old ]] || ! is_filled "$KERNELS/$old"; then
			die "$(why_not_found), and none is in the cache"
		fi
		say "$(why_not_found); using ${old%%_*} from the cache"
		touch -d "-$((CHECK_EVERY_MINUTES - RETRY_MINUTES)) minutes" "$KERNELS/checked"
		return 0
	fi
	is_filled "$KERNELS/$FOUND" || fill "$KERNELS/$FOUND" fetch "$FOUND"
	echo "$FOUND" >"$KERNELS/current.new"
	mv "$KERNELS/current.new" "$KERNELS/current"
	touch "$KERNELS/checked"
	prune "$old"
}

main()
{
	help_or_series "$@"
	KERNELS=$RT_CACHE/kernel/$SERIES
	if ! is_current; then
		need apt-get dpkg-deb depmod xz zstd flock
		mkdir -p "$KERNELS"
		with_lock "kernel-$SERIES" refresh
	fi
	echo "$KERNELS/$(contents "$KERNELS/current")"
}

main "$@"
