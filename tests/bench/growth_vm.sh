#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Inside the VM, under --icount: operations while there is more and more of
# something; a line for each: OPERATION, HOW MANY, without the module, with it.
# Usage: growth_vm.sh [owners|members|time_waits|probes]...
set -eu -o pipefail
here=$(dirname "$(readlink -f "$0")")
# shellcheck source=lib.sh
. "$here/lib.sh"
tracing=/sys/kernel/tracing
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

# ops HOW_MANY OPTION... OPERATION...: in a namespace that ends with it
ops()
{
	local many=$1

	shift
	apart "$here/bench-ops" -n 20 "$@" |
		awk -v many="$many" '{ print $1 "\t" many "\t" $2 }'
}

grow_owners()
{
	local n

	for n in 0 1 10 100 200 256 300 1000 5000; do
		ops "$n" -c "$n" bind-owners
	done
	for n in 1 10 100 1000 5000; do
		ops "$n" -c "$n" bind-fail-owners
	done
}

grow_members()
{
	local n

	for n in 1 2 4 16 64 256 1000; do
		ops "$n" -m "$n" pick-udp pick-tcp
	done
}

grow_time_waits()
{
	local n

	for n in 0 10 100 1000 10000; do
		ops "$n" -c "$n" bind-time-wait
		ops "$n" -c "$n" tw-enter-among
	done
}

grow_probes()
{
	local n

	for n in 0 10 100 1000; do
		others "$n"
		ops "$n" bind pick-udp | sed 's/^/probes-/'
	done
	others 0
}

all()
{
	local what

	for what in "${tables[@]}"; do
		"grow_$what"
	done
}

# others N: so many kprobes of somebody else's, on functions that nothing here
# calls; not every function can have one.
others()
{
	local left=$1 name

	[ ! -d "$tracing/events/growth" ] || echo 0 >"$tracing/events/growth/enable"
	echo >"$tracing/kprobe_events"
	[ "$left" != 0 ] || return 0
	while read -r name && [ "$left" != 0 ]; do
		! echo "p:growth/$name $name" 2>/dev/null >>"$tracing/kprobe_events" ||
			left=$((left - 1))
	done < <(grep -E '^acpi_[a-z_]*$' "$tracing/available_filter_functions" | sort -u)
	[ "$left" = 0 ] || return 1
	echo 1 >"$tracing/events/growth/enable"
}

tables=("$@")
[ $# -gt 0 ] || tables=(owners members time_waits probes)
mountpoint -q "$tracing" 2>/dev/null || mount -t tracefs tracefs "$tracing"
all >"$tmp/without"
insmod "$REUSETRACE_KO"
all >"$tmp/with"
rmmod reusetrace
paste "$tmp/without" "$tmp/with" | cut -f 1-3,6
