#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Usage: rate.sh [SERIES]
# The highest steady rate of events that live readers take without loss, on one
# CPU that counts instructions (6.1): the table between its marks in
# Documentation/performance.md. What was counted before is taken from the folder
# $BENCH_KEEP, if that is set, and kept there.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
root=$here/../..
series=${1:-6.1}
# shellcheck source=lib.sh
. "$here/lib.sh"
out=${BENCH_KEEP:-$(mktemp -d)}
[ "${BENCH_KEEP:-}" ] || trap 'rm -rf "$out"' EXIT

make -s -C "$here"
make -s -C "$root" userspace
one "$out/$series-rate" "$root/scripts/vm.sh" --kernel "$series" --icount --timeout 3600 -- \
	"$here/rate_vm.sh" || {
	cat "$out/$series-rate.err" >&2
	exit 1
}
{
	echo "| $(title "$series") | instructions for an event | without loss | lost something at |"
	echo "| --- | ---: | ---: | ---: |"
	awk -F '\t' '
		BEGIN {
			name["text"] = "`reusetrace-view -v` to /dev/null"
			name["file"] = "`reusetrace-view -v` to a file"
			name["json"] = "`reusetrace-view --json` to /dev/null"
			name["record"] = "`trace-cmd record`"
			name["stream"] = "`trace-cmd stream` to /dev/null"
		}
		function commas(n) {
			return n < 1000 ? n : commas(int(n / 1000)) sprintf(",%03d", n % 1000)
		}
		{ printf "| %s | %s | %s/s | %s/s |\n", name[$1], commas($2), commas($4), commas($5) }' "$out/$series-rate"
} | into_page rate
