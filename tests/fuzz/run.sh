#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Usage: tests/fuzz/run.sh SECONDS [DIR]
#
# Fuzzes `report` on trace.dat with AFL++ and AddressSanitizer. The first files
# are made of the golden trace; what is found is in DIR/out/default/crashes. Put
# a small one of each cause into tests/fuzz/found, where tests/user/damaged.t
# takes it from.
set -eu
here=$(dirname "$(readlink -f "$0")")
seconds=${1:?how many seconds?}
dir=${2:-$(mktemp -d /tmp/reusetrace-fuzz.XXXXXX)}
golden=$here/../golden

command -v afl-fuzz >/dev/null || {
	echo "afl-fuzz is not installed: apt install afl++" >&2
	exit 1
}
mkdir -p "$dir/in" "$dir/all"
"$golden/trace_dat.py" "$golden/traces/first-light" "$dir/all"
for name in v6 v7 v7z marks overrun; do
	cp "$dir/all/$name.dat" "$dir/in"
done
AFL_USE_ASAN=1 make -s -C "$here/../../userspace" CC=afl-clang-fast \
	OBJ="$dir/obj" CFLAGS="-O1 -g -fno-omit-frame-pointer" \
	"$dir/obj/fuzz_report"
echo "in $dir"
AFL_SKIP_CPUFREQ=1 AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1 AFL_NO_AFFINITY=1 \
	timeout "$seconds" afl-fuzz -i "$dir/in" -o "$dir/out" -m none -t 5000 -- \
	"$dir/obj/fuzz_report" "$golden/traces/first-light" @@ || [ $? -eq 124 ]
ls "$dir/out/default/crashes" "$dir/out/default/hangs"
