#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Usage: tests/bench/report.sh [EVENTS [RUNS]]
#
# CPU time, user and system, and memory of `report` beside `trace-cmd report`, by
# turns, the medians of 5 runs each, as a table. Not elapsed time: what else the
# machine does is not to be in it.
set -eu
here=$(dirname "$(readlink -f "$0")")
view=$here/../../userspace/reusetrace-view
events=${1:-1000000}
runs=${2:-5}
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
names=("trace-cmd report -N" "report" "report -v" "report --json")

# play NAME FILE: a line of seconds and KiB resident, of nobody but the program
play()
{
	local command=(trace-cmd report -N)

	# shellcheck disable=SC2206 # words
	[[ $1 == trace-cmd* ]] || command=("$view" $1)
	/usr/bin/time -a -o "$tmp/$1" -f "%U %S %M" "${command[@]}" "$2" >/dev/null 2>&1
}

# median NAME COLUMN: of what play wrote: 1 seconds, 2 MiB
median()
{
	awk '{ print $1 + $2, $3 / 1024 }' "$tmp/$1" | cut -d ' ' -f "$2" | sort -n |
		sed -n "$((runs / 2 + 1))p"
}

for trace in first-light lives; do
	python3 "$here/big_dat.py" "$here/../golden/traces/$trace" "$events" \
		"$tmp/big.dat" >/dev/null
	rm -f "$tmp/"*report*
	for ((run = 0; run < runs; run++)); do
		for name in "${names[@]}"; do
			play "$name" "$tmp/big.dat"
		done
	done
	echo
	echo "| $trace | CPU | times as fast | resident |"
	echo "| --- | ---: | ---: | ---: |"
	for name in "${names[@]}"; do
		awk -v name="$name" -v base="$(median "${names[0]}" 1)" \
			-v cpu="$(median "$name" 1)" -v mib="$(median "$name" 2)" 'BEGIN {
			printf "| `%s` | %.2f s | %.1f | %.0f MiB |\n", name, cpu, base / cpu, mib }'
	done
done
