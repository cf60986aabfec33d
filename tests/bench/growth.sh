#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Usage: growth.sh
# make bench: how the cost grows with owners, members, TIME_WAITs and probes, on
# the kernels in $KERNELS ("6.1 6.12"): the tables between their marks in
# Documentation/performance.md, and growth.svg beside it, of the first kernel.
# What was counted before is taken from the folder $BENCH_KEEP, if that is set,
# and kept there.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
root=$here/../..
docs=$root/Documentation
kernels=${KERNELS:-6.1 6.12}
# shellcheck source=lib.sh
. "$here/lib.sh"
out=${BENCH_KEEP:-$(mktemp -d)}
[ "${BENCH_KEEP:-}" ] || trap 'rm -rf "$out"' EXIT

# picture FILE: what is added, in the order of the operations named
picture()
{
	gnuplot -e "figures = '$1'; picture = '$docs/growth.svg'" "$here/growth.gp"
}

make -s -C "$here"
tables=()
for series in $kernels; do
	file=$out/$series-growth
	one "$file" "$root/scripts/vm.sh" --kernel "$series" --icount --timeout 3600 -- \
		"$here/growth_vm.sh" || {
		cat "$file.err" >&2
		exit 1
	}
	tables+=("$(title "$series")=$file")
done
"$here/growth.py" "${tables[@]}" | into_page growth
picture "$out/${kernels%% *}-growth"
echo "the tables are in Documentation/performance.md"
