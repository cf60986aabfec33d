#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The viewer with the libraries this machine has: it builds, and its unit and
# golden tests pass. `scripts/in-root.sh 5.10 tests/libs.t` says so of bullseye's.
# The tree keeps the objects and the program that it has.
set -u
cd "$(dirname "$0")/.." || exit 1
. tests/lib.sh

obj=$(mktemp -d)
trap 'rm -rf "$obj"' EXIT
export VIEW=$obj/reusetrace-view
export PYTHONDONTWRITEBYTECODE=1

build()
{
	make -s -C userspace -j"$(nproc)" OBJ="$obj" BIN="$VIEW" all unit \
		>"$obj/log" 2>&1 && return
	grep -E 'rror|undefined' "$obj/log" | head -20 | sed 's/^/# /'
	return 1
}

for library in libtracefs libtraceevent ncursesw cmocka; do
	note "$library $(pkg-config --modversion $library)"
done
check "the viewer and its tests build" build
done_testing || exit
programs=()
for source in tests/unit/test_*.c; do
	programs+=("$obj/unit/$(basename "$source" .c)")
done
failed=0
tests/unit/run.sh "${programs[@]}" || failed=1
tests/golden/run.sh || failed=1
tests/user/damaged.t || failed=1
[ $failed -eq 0 ]
