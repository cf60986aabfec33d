#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# What the tracer costs, in instructions, must not grow: the budgets that have
# held, and where they have not what has been reached, from the table in
# table.py, with a tenth to spare. The count is the same every time, so this is
# no timed test, but for one thing: an operation whose objects straddle the end
# of a slab pays the allocator's slow way each time, for as long as the machine
# runs. So what fails is counted once more on a machine of its own, and of each
# figure the lesser is taken. TAP on standard output.
set -u
here=$(dirname "$(readlink -f "$0")")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

count()
{
	KERNELS=6.1 BENCH_TIMES=30 BENCH_OPS="bind bind-fail pick-tcp pick-udp ordinary" \
		"$here/bench.sh" nothing floor empty skip reusetrace excluded off >"$1" && return
	echo "not ok 1 - the figures were counted"
	echo "1..1"
	exit 1
}

held()
{
	"$here/table.py" --guard "$work"/figures.* >"$work/tap"
}

count "$work/figures.1"
held || {
	{
		echo "counted again, for of this a budget fails:"
		cat "$work/figures.1"
		grep '^not' "$work/tap"
	} | sed 's/^/# /'
	count "$work/figures.2"
	held
}
cat "$work/tap"
! grep -q "^not" "$work/tap"
