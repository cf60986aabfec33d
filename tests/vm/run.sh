#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Inside the VM: run the tests named, or all, and print one TAP stream.
set -u
here=$(dirname "$(readlink -f "$0")")
number=0

# Give a test's lines numbers of our own, and its name in front.
renumber()
{
	awk -v first="$number" -v name="$1" '
		/^(not )?ok/ {
			n++
			sub(/^ok [0-9]+/, "ok " first + n " - " name ":")
			sub(/^not ok [0-9]+/, "not ok " first + n " - " name ":")
			sub(/: - /, ": ")
		}
		/^1\.\./ { next }
		{ print; fflush() }'
}

# A splat is a failure of whichever test ran last.
splats()
{
	dmesg --level=emerg,alert,crit,err,warn |
		grep -E 'BUG|WARNING|Oops|RIP:|Call Trace|suspicious RCU|possible .*deadlock|KASAN|UBSAN|unreferenced object' |
		grep -v 'module verification failed'
}

run_one()
{
	local test=$1 name status found
	name=$(basename "$test" .t)

	dmesg --clear
	# A network namespace each: it takes its TIME_WAITs with it when it dies.
	timeout 900 unshare --net sh -c 'ip link set lo up && exec "$0"' "$test" \
		>/tmp/tap.out 2>/tmp/tap.err
	status=$?
	renumber "$name" </tmp/tap.out
	sed "s/^/# $name: /" /tmp/tap.err | tail -20
	number=$((number + $(grep -cE '^(not )?ok' /tmp/tap.out)))
	found=$(splats | head -5)
	number=$((number + 1))
	if ! grep -q '^1\.\.' /tmp/tap.out; then
		echo "not ok $number - $name: ended early with status $status"
	elif [ -n "$found" ]; then
		printf '%s\n' "$found" | sed 's/^/# /'
		echo "not ok $number - $name: the kernel's log is clean"
	else
		echo "ok $number - $name: the kernel's log is clean"
	fi
	[ ! -d /sys/module/reusetrace ] || rmmod reusetrace
}

[ $# -gt 0 ] || set -- "$here"/*.t
for test; do
	run_one "$test"
done
echo "1..$number"
