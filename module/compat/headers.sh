#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Why no module can be built against a kernel's build folder, in one line, or
# nothing when it can be tried: headers.sh KDIR [COMPILER]. Whether the headers
# then have what the module needs is what probe.sh finds out.
set -u

LEAST=5.10
kdir=$1

stop()
{
	echo "KDIR=$kdir $*"
	exit
}

# From what a build left there, or else from the tree's own Makefile.
release()
{
	cat "$kdir/include/config/kernel.release" 2>/dev/null ||
		awk '/^(VERSION|PATCHLEVEL) *=/ { n[$1] = $3 }
			END { if ("VERSION" in n) print n["VERSION"] "." n["PATCHLEVEL"] }' \
			"$kdir/Makefile"
}

# older RELEASE: than we can work with
older()
{
	[ "$(printf '%s\n' "${1%%[!0-9.]*}" $LEAST | sort -V | head -1)" != $LEAST ]
}

# As the kernel's own Makefiles choose it.
compiler()
{
	env -u MAKEFLAGS make -s -C "$kdir" M="$kdir" \
		--eval 'rt-cc: ; @echo $(CC)' rt-cc 2>/dev/null | tail -1
}

[ -f "$kdir/Makefile" ] ||
	stop "holds no kernel headers; name the build folder of a kernel from $LEAST on"
release=$(release)
[ "$release" ] ||
	stop "has a Makefile, but not a kernel's; name the build folder of a kernel from $LEAST on"
! older "$release" || stop "is of Linux $release; the module needs $LEAST or later"
for made in include/config/auto.conf include/generated/autoconf.h scripts/mod/modpost; do
	[ -e "$kdir/$made" ] ||
		stop "is not prepared for modules (no $made); run \"make modules_prepare\" there"
done
cc=${2:-$(compiler)}
[ -z "$cc" ] || command -v "${cc%% *}" >/dev/null 2>&1 ||
	stop "wants the compiler $cc; install it, or name another with CC="
