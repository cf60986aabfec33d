#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Usage: tests/bench/report.sh [EVENTS]
#
# CPU time and memory of `report` beside `trace-cmd report`, as a table.
set -eu
here=$(dirname "$(readlink -f "$0")")
view=$here/../../userspace/reusetrace-view
events=${1:-1000000}
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

# cost COMMAND...: seconds of CPU and MiB resident; the median of three runs
cost()
{
	for _ in 1 2 3; do
		/usr/bin/python3 - "$@" <<'PYTHON'
import resource, subprocess, sys
subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
use = resource.getrusage(resource.RUSAGE_CHILDREN)
print(f"{use.ru_utime + use.ru_stime:.2f} {use.ru_maxrss // 1024}")
PYTHON
	done | sort -n | sed -n 2p
}

row()
{
	awk -v what="$1" -v base="$2" -v ours="$3" 'BEGIN {
		split(base, b, " "); split(ours, o, " ")
		printf "| `%s` | %s s | %.1f | %s MiB |\n", what, o[1],
			b[1] / o[1], o[2] }'
}

for trace in first-light lives; do
	python3 "$here/big_dat.py" "$here/../golden/traces/$trace" "$events" \
		"$tmp/$trace.dat" >/dev/null
	echo
	echo "| $trace | CPU | times as fast | resident |"
	echo "| --- | ---: | ---: | ---: |"
	base=$(cost trace-cmd report -N "$tmp/$trace.dat")
	row "trace-cmd report -N" "$base" "$base"
	row "report" "$base" "$(cost "$view" report "$tmp/$trace.dat")"
	row "report -v" "$base" "$(cost "$view" report -v "$tmp/$trace.dat")"
	row "report --json" "$base" "$(cost "$view" report --json "$tmp/$trace.dat")"
done
