#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Usage: servers.sh [--if-there]
#
# Prints a folder with the servers that E15 plays: Debian's own nginx, HAProxy,
# Node.js and gunicorn, of the suite of the default kernel. Made once, in the
# cache: installing them here would start some of them on this machine, on its
# real ports. They are run inside the virtual machine only, by chroot.
#
#   --if-there  print nothing, instead of making it, when it is not there yet

set -euo pipefail
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

SERIES=6.1
PACKAGES=nginx-light,haproxy,nodejs,gunicorn

# As a tar file first, as in root.sh: so that any user can make and delete it.
fetch()
{
	local new=$1

	say "fetching Debian's nginx, HAProxy, Node.js and gunicorn, once (about two minutes)"
	mkdir "$new/root"
	run_logged "$RT_CACHE/servers.log" "making the folder of the servers" \
		mmdebstrap --variant=minbase --include="$PACKAGES" \
		--dpkgopt=path-exclude=/usr/share/{doc,man,locale}/'*' \
		"$(<"$KERNEL/suite")" "$new/root.tar" "$KERNEL/sources.list"
	tar -C "$new/root" --exclude='./dev/*' --no-same-owner -xf "$new/root.tar"
	rm "$new/root.tar"
	echo "$PACKAGES" >"$new/made-for"
}

is_current()
{
	is_filled "$DIR" && [[ $(contents "$DIR/made-for") == "$PACKAGES" ]]
}

refresh()
{
	is_current || fill "$DIR" fetch
}

DIR=$RT_CACHE/servers
case ${1:-} in
-h | --help)
	help_text
	exit
	;;
--if-there)
	! is_current || echo "$DIR/root"
	exit
	;;
esac
[[ $# == 0 ]] || die_usage "servers.sh takes no \"$1\"; see servers.sh --help"
if ! is_current; then
	need mmdebstrap
	KERNEL=$("$RT_SCRIPTS/kernel.sh" "$SERIES")
	with_lock servers refresh
fi
echo "$DIR/root"
