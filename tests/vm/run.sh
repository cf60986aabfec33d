#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Inside the VM: run the tests named, or all, and print one TAP stream.
set -u
here=$(dirname "$(readlink -f "$0")")
number=0
kmemleak=/sys/kernel/debug/kmemleak
export RT_SPLATS='BUG|WARNING|Oops|RIP:|Call Trace|suspicious RCU|possible .*deadlock|KASAN|UBSAN|non-static key|blocked for more than|waiting for .* to become free|unreferenced object'
# A debug kernel takes ten times as long, for a test and for a step of a demo.
if [ "${VM_DEBUG_KERNEL:-}" ]; then
	: "${RT_TEST_LIMIT:=9000}" "${WAIT:=300}"
	export WAIT
fi
export RT_TEST_LIMIT=${RT_TEST_LIMIT:-600}
# jq 1.6 takes half a second here to start, gojq a tenth of it. The tests of the
# labs outside of a virtual machine have jq itself.
if type -P gojq >/dev/null; then
	mkdir -p /tmp/bin
	ln -sf "$(type -P gojq)" /tmp/bin/jq
	PATH=/tmp/bin:$PATH
fi

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
		grep -E "$RT_SPLATS" |
		grep -v 'module verification failed'
}

# result OK NAME: a line of ours
result()
{
	number=$((number + 1))
	echo "$1 $number - $2"
}

run_one()
{
	local test=$1 name status found began=$SECONDS
	name=$(basename "$test" .t)

	dmesg --clear
	# A network namespace each: it takes its TIME_WAITs with it when it dies.
	timeout "$RT_TEST_LIMIT" unshare --net sh -c 'ip link set lo up && exec "$0"' "$test" \
		>/tmp/tap.out 2>/tmp/tap.err
	status=$?
	renumber "$name" </tmp/tap.out
	sed "s/^/# $name: /" /tmp/tap.err | tail -20
	number=$((number + $(grep -cE '^(not )?ok' /tmp/tap.out)))
	grep -q '^1\.\.' /tmp/tap.out || result "not ok" "$name: ended early with status $status"
	found=$(splats | head -40)
	[ -z "$found" ] || printf '%s\n' "$found" | sed 's/^/# /'
	result "${found:+not }ok" "$name: the kernel's log is clean"
	[ ! -d /sys/module/reusetrace ] || rmmod reusetrace
	echo "# $name: $((SECONDS - began)) s"
}

# leaks: what kmemleak finds; nothing is one before it is five seconds old.
leaks()
{
	sleep 6
	echo scan >$kmemleak
	sleep 6
	echo scan >$kmemleak
	cat $kmemleak
}

# What was there before us is not ours. Everything later counts, for in a
# backtrace a module that is gone has no name.
check_leaks()
{
	leaks >/tmp/leaks
	head -60 /tmp/leaks | sed 's/^/# /'
	result "$([ ! -s /tmp/leaks ] || echo "not ")ok" "kmemleak finds nothing"
}

[ $# -gt 0 ] || set -- "$here"/*.t
[ ! -e $kmemleak ] || {
	leaks >/dev/null
	echo clear >$kmemleak
}
for test; do
	run_one "$test"
done
[ ! -e $kmemleak ] || check_leaks
echo "1..$number"
