#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# E14, a program picks the listener: classic BPF, eBPF, SO_INCOMING_CPU, and an
# answer that no listener has. In a network namespace of its own.
# Environment: PORT (9527), WAIT (seconds for each step, 30).

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

workers=4
modulus=5		# one answer more than there are workers
clients=10
from_port=20000		# others for each step: no TIME_WAIT is in the way

# start_workers WAY [OPTION...]: a group that is picked from so.
start_workers() {
	start w demo-workers --workers $workers --quiet --clients $clients \
		--pick "$@"
	expect w 'ready: all|failed: '
	[[ $seen != *'failed: '* ]] || fail "the program was to be accepted"
}

# connect_clients CHECK [OPTION...]: each from a known port; CHECK PORT WORKER
# is called for each with who answered it.
connect_clients() {
	local i check=$1

	start c demo-client --clients $clients --from-port $from_port "${@:2}"
	for ((i = 0; i < clients; i++)); do
		expect c ':([0-9]+) answered by w([0-9]+)\['
		"$check" "${BASH_REMATCH[@]:1:2}"
	done
	finish c 0
	finish w 0
	((from_port += 1000))
}

# by_port PORT WORKER: as the program's arithmetic says; when there is no such
# worker, any will do.
by_port() {
	local answer=$(($1 % modulus))

	((answer >= workers || answer + 1 == $2)) ||
		fail "port $1 was to reach w$((answer + 1)), not w$2"
}

# by_cpu PORT WORKER
by_cpu() {
	(($2 == cpu + 1)) || fail "port $1 was to reach w$((cpu + 1)), not w$2"
}

anyone() {
	:
}

# picked_by_port WAY
picked_by_port() {
	start_workers "$1" --pick-of $modulus
	connect_clients by_port
}

# pick_cpu: this shell and what it starts, on the last CPU.
pick_cpu() {
	local online last

	online=$(</sys/devices/system/cpu/online)
	last=${online##*[-,]}
	cpu=$((last < workers ? last : workers - 1))
	taskset -pc "$cpu" $$ >/dev/null || fail "taskset does not work"
}

classic() {
	say "A classic BPF program answers: source port modulo $modulus. There" \
	    "are $workers workers, so 4 is no answer, and the hash decides."
	picked_by_port cbpf-port
	say "Another answers with the CPU that the packet is handled on. The" \
	    "clients are on CPU $cpu, and on loopback so are their packets."
	start_workers cbpf-cpu
	connect_clients by_cpu
}

extended() {
	if ((EUID != 0)) || [[ $(</proc/self/uid_map) != *' 0 4294967295' ]]; then
		say "Loading eBPF programs needs root: those steps are left out."
		return
	fi
	say "The same arithmetic as an eBPF socket filter."
	picked_by_port filter-port
	say "And as eBPF of type SK_REUSEPORT, which takes the listener from a" \
	    "map; number 4 is not in it."
	picked_by_port ebpf-port
}

incoming_cpu() {
	say "No program: SO_INCOMING_CPU says that worker 1 is for CPU 0," \
	    "worker 2 for CPU 1 and so on. The clients are on CPU $cpu."
	start_workers incoming-cpu
	if kernel_at_least 6 1; then
		connect_clients by_cpu
	else
		say "Before 6.1 a group does not look at it: the hash decides."
		connect_clients anyone
	fi
}

own_namespace
need demo-workers demo-client
need_tool taskset util-linux
title "E14: a program picks the listener (port $PORT)"
pick_cpu
classic
extended
incoming_cpu
say "E14 went as expected."
