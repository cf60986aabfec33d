#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Recordings that are cut short, damaged, or no recordings: one clear error,
# status 1, no crash.
set -u
here=$(dirname "$(readlink -f "$0")")
. "$here/../lib.sh"
view=${VIEW:-$here/../../userspace/reusetrace-view}
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
"$here/../golden/trace_dat.py" "$here/../golden/traces/first-light" "$tmp" || exit 1
cd "$tmp" || exit 1
# Where a file is cut and what a byte becomes are chosen at random.
seed=${RT_SEED:-$RANDOM}
RANDOM=$seed
note "RT_SEED=$seed"

# refused NAME WORDS FILE
refused()
{
	local out err status

	out=$("$view" report "$3" 2>stderr </dev/null)
	status=$?
	err=$(cat stderr)
	same "$1: exit status" 1 $status
	contains "$1: says what is wrong" "$2" "$err"
	same "$1: in one line" 1 "$(printf '%s\n' "$err" | wc -l)"
	same "$1: prints nothing else" "" "$out"
}

# each_prefix FILE STEP: cut at each STEP bytes, from somewhere in the first of
# them on; it goes as far as the file does, then there is one error
each_prefix()
{
	local size=$((RANDOM % $2)) end status

	end=$(stat -c %s "$1")
	while [ "$size" -lt "$end" ]; do
		head -c "$size" "$1" >prefix.dat
		timeout 10 "$view" report --json prefix.dat >out 2>stderr
		status=$?
		# Empty pages at the end can be missed without a trace of it.
		if [ $status -ne 1 ] || [ "$(wc -l <stderr)" -ne 1 ] ||
			! grep -qE 'cut short|no trace.dat' stderr; then
			note "cut at $size of $end: status $status: $(head -1 stderr)"
			return 1
		fi
		size=$((size + $2))
	done
}

# flipped FILE: bytes of the head and of the options changed, one at a time
flipped()
{
	python3 - "$view" "$1" "$seed" <<'PYTHON'
import random
import subprocess
import sys

view, path, seed = sys.argv[1:]
rng = random.Random(seed)
data = open(path, "rb").read()
places = list(range(0, 700, 13)) + list(range(len(data) - 700, len(data), 13))
for at in places:
    value = rng.choice((0, 0x7f, 0xff))
    changed = bytearray(data)
    changed[at] = value
    open("flipped.dat", "wb").write(changed)
    run = subprocess.run([view, "report", "-q", "-j", "flipped.dat"],
                         capture_output=True, timeout=20)
    if run.returncode not in (0, 1, 3):
        sys.exit(f"# byte {at} = {value}: status {run.returncode}")
    if run.returncode == 1 and not run.stderr:
        sys.exit(f"# byte {at} = {value}: no word about it")
PYTHON
}

: >empty.dat
head -c 5000 /dev/zero >zero.dat
mkfifo pipe.dat
printf '\027\010\104tracing8\0' >version8.dat
printf '\027\010\104tracing6\0\001\010' >big.dat
head -c 4 /dev/zero >>big.dat

refused "no file" "No such file" nothing.dat
refused "an empty file" "no trace.dat" empty.dat
refused "zeroes" "no trace.dat" zero.dat
refused "a program" "no trace.dat" "$view"
refused "a pipe" "no regular file" pipe.dat
refused "a device" "no regular file" /dev/zero
refused "a later version" "version" version8.dat
refused "another machine's byte order" "big-endian" big.dat
refused "without our events" "no events of reusetrace" other.dat
for file in v6 v7 v7z; do
	check "$file.dat cut anywhere gives one error" each_prefix $file.dat 997
	check "$file.dat with changed bytes does not crash" flipped $file.dat
done
# These end libtraceevent by a signal, which a sanitizer must let pass.
export ASAN_OPTIONS=handle_segv=0:handle_sigbus=0:handle_abort=0
for file in "$here"/../fuzz/found/*.dat; do
	refused "$(basename "$file")" "damaged" "$file"
done
done_testing
