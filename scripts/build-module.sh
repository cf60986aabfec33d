#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Usage: build-module.sh [--debug-kernel] SERIES [VARIABLE=VALUE...]
#
# Builds reusetrace.ko for that series' kernel, with that series' own compiler,
# from a copy of the sources in the cache, and prints the path of the result.
# It is named by what it is made of: the same sources for the same kernel are not
# built again, and two trees that build at once do not get each other's module.
# Variables go to make (W=1, C=2); what the compiler says about the whole module
# is then shown on standard error, also when nothing had to be built.
#
# RT_SRC_DIR names another source tree: a Kbuild and a folder module/;
# RT_MODULE the module that it makes, if not reusetrace.

set -euo pipefail
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

SOURCES=${RT_SRC_DIR:-$RT_ROOT}
MODULE=${RT_MODULE:-reusetrace}
KEEP_HOURS=48		# results nobody asked for

# sources: what is written by people, not what a build in the tree left there.
sources()
{
	cd "$SOURCES"
	find Kbuild module -type f \
		! -name '.*' ! -name '*.o' ! -name '*.ko' ! -name '*.mod' ! -name '*.mod.c' \
		! -name '*.order' ! -name '*.symvers' ! -name compat_probed.h | LC_ALL=C sort
}

# state DIR [VARIABLE=VALUE...]: changes when what is made of DIR would.
state()
{
	{
		echo "$KERNEL ${*:2}"
		cd "$1"
		xargs -d '\n' sha256sum <<<"$LIST"
	} | sha256sum | cut -c 1-16
}

# copy_sources DIR: untouched files keep their time, so make stays incremental.
copy_sources()
{
	local file

	while read -r file; do
		[[ ! -e $1/$file ]] || ! cmp -s "$SOURCES/$file" "$1/$file" || continue
		mkdir -p "$1/$(dirname "$file")"
		cp --preserve=mode "$SOURCES/$file" "$1/$file"
	done <<<"$LIST"
	# Those that were there the last time and are gone.
	if [[ -e $1.list ]]; then
		comm -13 <(echo "$LIST") "$1.list" | (cd "$1" && xargs -rd '\n' rm -f)
	fi
	echo "$LIST" >"$1.list"
}

# make_module DIR [VARIABLE=VALUE...]
make_module()
{
	local dir=$1

	shift
	in_series "$SERIES" make -C "$dir" -f "$RT_ROOT/Makefile" -j"$(nproc)" \
		--no-print-directory "$@" KDIR="$KDIR" module
}

# named DIR [VARIABLE=VALUE...]: the result, by what it is made of.
named()
{
	echo "$RT_CACHE/build/$NAME-$(state "$@")"
}

# make_result RESULT [VARIABLE=VALUE...]
make_result()
{
	local dir=$RT_CACHE/build/$NAME result=$1

	shift
	# Objects made for another kernel are of no use; to hear all warnings takes
	# compiling everything.
	[[ $(contents "$dir.kernel") == "$KERNEL" && $# == 0 ]] || rm -rf "$dir" "$dir.list"
	mkdir -p "$dir"
	copy_sources "$dir"
	[[ $(named "$dir" "$@") == "$result" ]] ||
		die "sources in $SOURCES changed while they were copied; run it again"
	echo "$KERNEL" >"$dir.kernel"
	# A build root is announced here, not in the log.
	in_series "$SERIES" true
	run_logged "$result.log" "building the module for the $SERIES kernel" \
		make_module "$dir" "$@"
	[[ -e $dir/$MODULE.ko ]] || die "the Kbuild in $SOURCES made no $MODULE.ko"
	cp "$dir/$MODULE.ko" "$result.ko.new"
	mv "$result.ko.new" "$result.ko"
	find "$RT_CACHE/build" -maxdepth 1 -name "$NAME-*" -type f \
		-mmin +$((KEEP_HOURS * 60)) -delete
}

# build [VARIABLE=VALUE...]: under the lock. The sources are looked at here and
# not before: somebody may have edited them while we waited.
build()
{
	local result

	LIST=$(sources)
	result=$(named "$SOURCES" "$@")
	[[ -e $result.ko ]] || make_result "$result" "$@" >&2
	touch "$result".{ko,log}
	[[ $# == 0 ]] || cat "$result.log" >&2
	echo "$result.ko"
}

main()
{
	local debug=''

	if [[ ${1:-} == --debug-kernel ]]; then
		debug=debug-
		shift
	fi
	help_or_series "${@:1:1}"
	shift
	[[ -e $SOURCES/Kbuild && -d $SOURCES/module ]] ||
		die "no module sources in $SOURCES (a Kbuild and a folder module/)"
	KERNEL=$("$RT_SCRIPTS/${debug}kernel.sh" "$SERIES")
	KDIR=$KERNEL/build
	NAME=$debug$SERIES
	# Each other tree and each set of variables has its own folder for objects.
	[[ $SOURCES == "$RT_ROOT" ]] || NAME+=-$(cksum <<<"$SOURCES" | cut -d' ' -f1)
	[[ $# == 0 ]] || NAME+=-$(cksum <<<"$*" | cut -d' ' -f1)
	mkdir -p "$RT_CACHE/build"
	with_lock "build-$NAME" build "$@"
}

main "$@"
