#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# make KDIR=…: where it cannot work it stops with one line that says why. That it
# works with every series' headers is held by every build for the VM tests, for
# scripts/build-module.sh goes this way too.
set -u
cd "$(dirname "$0")/.." || exit 1
. tests/lib.sh

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# module KDIR [VARIABLE=VALUE...]: make it in a copy; what make says to $work/out
module()
{
	local kdir=$1

	shift
	make -s -C "$work/tree" module KDIR="$kdir" "$@" >"$work/out" 2>&1
}

fails()
{
	! "$@"
}

# stops NAME WORDS KDIR [VARIABLE=VALUE...]
stops()
{
	local name=$1 words=$2

	shift 2
	check "$name: it stops" fails module "$@"
	same "$name: with one line" 1 "$(wc -l <"$work/out")"
	contains "$name: which says why" "$words" "$(cat "$work/out")"
}

# tree NAME RELEASE: a build folder of that kernel, prepared
tree()
{
	local dir=$work/$1 file

	mkdir -p "$dir"/{include/config,include/generated,scripts/mod}
	printf 'VERSION = %s\nPATCHLEVEL = %s\nmodules:\n\t@echo made\n' \
		"${2%%.*}" "${2#*.}" >"$dir/Makefile"
	echo "$2.17-amd64" >"$dir/include/config/kernel.release"
	for file in include/config/auto.conf include/generated/autoconf.h scripts/mod/modpost; do
		: >"$dir/$file"
	done
}

mkdir "$work/tree" "$work/empty" "$work/other"
cp -r Makefile Kbuild module "$work/tree"
echo 'all:' >"$work/other/Makefile"
tree old 5.4
tree source 5.4
rm -r "$work/source/include"
tree new 5.10
tree unprepared 6.1
rm "$work/unprepared/include/generated/autoconf.h"

stops "no folder" "holds no kernel headers" "$work/nothing"
stops "an empty folder" "holds no kernel headers" "$work/empty"
stops "another program's folder" "not a kernel's" "$work/other"
stops "5.4's headers" "5.4.17-amd64; the module needs 5.10" "$work/old"
stops "5.4's source" "is of Linux 5.4; the module needs 5.10" "$work/source"
stops "a kernel not prepared" "make modules_prepare" "$work/unprepared"
stops "a compiler that is not there" "wants the compiler no-such-cc" "$work/new" \
	CC=no-such-cc
check "5.10: nothing is said against it" module "$work/new"
same "5.10: the kernel's own Makefile is asked for the module" made "$(cat "$work/out")"

# Real headers, and a compiler that they are not made for.
cat >"$work/cc" <<'END'
#!/bin/sh
case " $* " in
*" -fsyntax-only "*) echo "cc: error: unrecognized option" >&2; exit 1 ;;
esac
exec gcc "$@"
END
chmod +x "$work/cc"
kernel=$(scripts/kernel.sh 6.1)
check "a compiler that does not fit: it stops" \
	fails module "$kernel/build" CC="$work/cc"
same "a compiler that does not fit: one line says why" \
	"reusetrace: these kernel headers cannot be used: they must be of 5.10 or later, complete, and made for this compiler (cc: error: unrecognized option)" \
	"$(grep reusetrace: "$work/out")"
done_testing
