#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Inside the VM, with --icount: what bind() costs on a port with 10,000 TIME_WAIT
# owners, without the module and with it. A line for each case: its name, the
# outcome, instructions without, with, and the ratio.
#
#     scripts/vm.sh --icount -- tests/bench/bind_cost.sh [OPTION...]
#
# The options are those of bind_cost.
set -eu
here=$(dirname "$(readlink -f "$0")")
# shellcheck source=lib.sh
. "$here/lib.sh"
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

# plays FILE [OPTION...]: in a namespace of its own, whose TIME_WAITs go with it
plays()
{
	local out=$1

	shift
	apart "$here/bin/bind_cost" "$@" >"$out"
}

plays "$tmp/without" "$@"
insmod "$REUSETRACE_KO"
events=/sys/kernel/tracing/instances/reusetrace/events/reusetrace
echo 0 >"$events/enable"
echo 1 >"$events/bind/enable"
echo 1 >"$events/bind_conflict/enable"
plays "$tmp/with" "$@"
rmmod reusetrace
paste "$tmp/without" "$tmp/with" |
	awk -F '\t' '{ printf "%-20s %-11s %8d %8d %6.2f\n", $1, $2, $3, $6, $6 / $3 }'
