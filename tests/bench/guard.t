#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# What the tracer costs, in instructions, must not grow: the budgets that have
# held, and where they have not what has been reached, from the table in
# table.py, with a tenth to spare. The count is the same every time, so this is
# no timed test. TAP on standard output, with the figures where one fails.
set -u
here=$(dirname "$(readlink -f "$0")")
figures=$(mktemp)
trap 'rm -f "$figures"' EXIT

KERNELS=6.1 BENCH_TIMES=30 BENCH_OPS="bind bind-fail pick-tcp pick-udp ordinary" \
	"$here/bench.sh" nothing floor empty skip reusetrace excluded off >"$figures" || {
	echo "not ok 1 - the figures were counted"
	echo "1..1"
	exit 1
}
"$here/table.py" --guard "$figures" || {
	sed 's/^/# /' "$figures"
	exit 1
}
