#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Usage: deps.sh [--say] [demo|labs|replay|servers|check|matrix|debug|bench]...    (default demo)
#
# Installs the Debian packages that are missing; does nothing, and asks for no
# root, when none is. On another distribution it lists them and stops.
#
#   --say   install nothing, only stop when some are missing

set -euo pipefail
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

# This is the one place that lists them.
VIEWER='gcc libc6-dev make
	pkg-config libtracefs-dev libtraceevent-dev libncurses-dev libzstd-dev zlib1g-dev libbpf-dev'
BUILD="$VIEWER libelf-dev"
VM='qemu-system-x86 busybox-static cpio kmod iproute2 procps python3 jq util-linux xz-utils zstd'
LABS='trace-cmd'
CHECK='libcmocka-dev gojq python3-jsonschema groff-base man-db tmux sparse bpftool cppcheck shellcheck nftables'
MATRIX='mmdebstrap uidmap debian-archive-keyring'
DEBUG='flex bison bc libssl-dev'
BENCH='bpftrace libbpf-tools libbpf-dev clang bpftool git gnuplot-nox time trace-cmd'

# packages WHAT: names for a purpose.
packages()
{
	case $1 in
	demo)
		echo "$BUILD $VM"
		# Elsewhere the default kernel's compiler is in a build root.
		[[ $(host_suite) == bookworm ]] || echo "$MATRIX"
		;;
	labs) packages demo && echo "$LABS" ;;
	replay) echo "$VIEWER jq" ;;
	# The servers themselves come from servers.sh, which says why.
	servers) packages demo && echo "$MATRIX" ;;
	check) packages labs && echo "$CHECK" ;;
	matrix) packages check && echo "$MATRIX" ;;
	debug) packages demo && echo "$MATRIX $DEBUG" ;;
	bench) packages demo && echo "$MATRIX $BENCH" ;;
	*) die_usage "do not know \"$1\"; there are: demo labs replay servers check matrix debug bench" ;;
	esac
}

# missing PACKAGE...: those that are not installed.
missing()
{
	comm -23 <(printf '%s\n' "$@" | sort -u) \
		<(dpkg-query -W -f '${db:Status-Status} ${Package}\n' "$@" 2>/dev/null |
			sed -n 's/^installed //p' | sort -u)
}

as_root()
{
	if [[ $(id -u) == 0 ]]; then
		"$@"
	else
		sudo "$@"
	fi
}

apt_install()
{
	as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends \
		-o Dpkg::Use-Pty=0 install "$@"
}

# The package lists may be missing, or name versions the mirror no longer has.
install()
{
	apt_install "$@" && return
	as_root apt-get -qq update
	apt_install "$@"
}

like_debian()
{
	command -v apt-get >/dev/null && command -v dpkg-query >/dev/null
}

case ${1:-} in
-h | --help)
	help_text
	exit
	;;
--say)
	say_only=yes
	shift
	;;
esac
wanted=()
for what in "${@:-demo}"; do
	names=$(packages "$what")
	read -ra list <<<"${names//$'\n'/ }"
	wanted+=("${list[@]}")
done

if ! like_debian; then
	[[ ! ${say_only:-} ]] || exit 0		# the build tells what it lacks
	say "this is not Debian; install what your distribution has for: ${wanted[*]}"
	exit 1
fi
mapfile -t absent < <(missing "${wanted[@]}")
[[ ${#absent[@]} -gt 0 ]] || exit 0
if [[ ${say_only:-} ]] || [[ $(id -u) != 0 ]] && ! command -v sudo >/dev/null; then
	die "as root, run: apt-get install --no-install-recommends ${absent[*]}"
fi
say "installing ${absent[*]}"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
if ! install "${absent[@]}" >"$log" 2>&1; then
	tail -n 20 "$log" >&2
	die "could not install the packages; is the network up, and are apt's sources complete?"
fi
