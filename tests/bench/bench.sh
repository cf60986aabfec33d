#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Usage: bench.sh [COLUMN...]
# make bench: counts instructions beside each tracer on the kernels in $KERNELS
# ("6.1 6.12"), and writes the tables into Documentation/performance.md. With
# columns, only those, and only to standard output.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
root=$here/../..
page=$root/Documentation/performance.md
kernels=${KERNELS:-6.1 6.12}
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

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
		unshare --net env FLOOR_KO="$floor" BENCH_BIG="${BENCH_BIG:-}" \
		"$here/columns.sh" "$@"
}

# title SERIES: what the figures are worth nothing without
title()
{
	local dir commit

	dir=$("$root/scripts/kernel.sh" "$1")
	commit=$(git -C "$root" rev-parse --short HEAD)
	[ -z "$(git -C "$root" status --porcelain -- module)" ] || commit+=" with changes"
	echo "$(<"$dir/release"), $(grep -m1 CONFIG_CC_VERSION_TEXT "$dir"/boot/config-* |
		sed 's/.*="\(.*\)"/\1/'), commit $commit"
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
	count "$series" >"$out/$series"
	tables+=("$(title "$series")=$out/$series")
done
"$here/table.py" --write "$page" "${tables[@]}"
echo "the tables are in Documentation/performance.md"
