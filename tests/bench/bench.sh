#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Usage: bench.sh [COLUMN...]
# make bench: counts instructions beside each tracer on the kernels in $KERNELS
# ("6.1 6.12"), and writes the tables into Documentation/performance.md. With
# columns, only those, and only to standard output. What was counted before is
# taken from the folder $BENCH_KEEP, if that is set, and kept there.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
root=$here/../..
page=$root/Documentation/performance.md
kernels=${KERNELS:-6.1 6.12}
# shellcheck source=lib.sh
. "$here/lib.sh"
out=${BENCH_KEEP:-$(mktemp -d)}
[ "${BENCH_KEEP:-}" ] || trap 'rm -rf "$out"' EXIT

# Columns that are held against each other share a virtual machine. The others
# have one each, so that one that fails takes nothing with it.
groups=("nothing floor empty skip reusetrace counting excluded off"
	kprobe_events libbpf libbpf_same bpftrace_print bpftrace_errno bpftrace_count bindsnoop)

floor_of()
{
	RT_SRC_DIR=$here/floor RT_MODULE=floor "$root/scripts/build-module.sh" "$1"
}

# count SERIES [COLUMN...]
count()
{
	local series=$1 floor

	shift
	floor=$(floor_of "$series")
	"$root/scripts/vm.sh" --kernel "$series" --icount --timeout 1800 -- \
		env FLOOR_KO="$floor" BENCH_BIG="${BENCH_BIG:-}" \
		BENCH_TIMES="${BENCH_TIMES:-}" BENCH_OPS="${BENCH_OPS:-}" \
		"$here/columns.sh" "$@"
}

# all SERIES: every column; one that cannot be had is a line with the reason
all()
{
	local series=$1 group file

	for group in "${groups[@]}"; do
		file=$out/$series-${group%% *}
		# shellcheck disable=SC2086 # a list
		if one "$file" count "$series" $group; then
			cat "$file"
		else
			printf '%s\tabsent\t%s\n' "${group//_/-}" \
				"$(grep . "$file.err" | tail -1 | tr '\t|' '  ')"
		fi
	done
	file=$out/$series-bind_cost
	! one "$file" cost "$series" || awk '{ print "cost\t" $1 "\t" $2 "\t" $3 "\t" $4 }' "$file"
}

cost()
{
	"$root/scripts/vm.sh" --kernel "$1" --icount --timeout 1800 -- "$here/bind_cost.sh"
}

make -s -C "$here"
make -s -C "$root" userspace
if [ $# -gt 0 ]; then
	count "${kernels%% *}" "$@"
	exit
fi
make -s -C "$here" peers IMAGE="$("$root/scripts/kernel.sh" 6.1)/image"
tables=()
for series in $kernels; do
	all "$series" >"$out/$series.all"
	tables+=("$(title "$series")=$out/$series.all")
done
"$here/table.py" --write "$page" "${tables[@]}"
echo "the tables are in Documentation/performance.md"
