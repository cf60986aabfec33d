#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Usage: in-root.sh SERIES COMMAND [ARG...]
#
# Runs COMMAND in the build root of a series (see root.sh). The cache and this
# repository are there at their own places, so paths mean the same inside.

set -euo pipefail
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

help_or_series "${@:1:1}"
[[ $# -ge 2 ]] || die_usage "which command? See in-root.sh --help"

root=$("$RT_SCRIPTS/root.sh" "$1")
# Nobody makes the root again while it is in use; the lock ends with us.
mkdir -p "$RT_CACHE/lock"
name=$(basename "$(dirname "$root")")
exec 8>"$RT_CACHE/lock/root-$name"
flock -s 8
shift
# A user becomes root of a name space of his own.
own=()
[[ $(id -u) == 0 ]] || own=(--map-root-user)

# objtool of 7.2 wants /proc. Mounts end with the name space.
# shellcheck disable=SC2016 # for the inner shell
exec unshare "${own[@]}" --mount -- bash -euc '
	root=$1
	cwd=$2
	shift 2
	while [[ $1 != -- ]]; do
		mkdir -p "$root$1"
		mount --rbind "$1" "$root$1"
		shift
	done
	shift
	cd "$root"
	exec chroot "$root" env -i HOME=/root LANG=C.UTF-8 PATH=/usr/sbin:/usr/bin:/sbin:/bin \
		sh -c "cd \"\$1\" 2>/dev/null || cd /; shift; exec \"\$@\"" sh "$cwd" "$@"
	' in-root "$root" "$PWD" /proc /dev "$RT_CACHE" "$RT_ROOT" -- "$@"
