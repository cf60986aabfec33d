#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# E11, a listener leaves while connections wait in it: one that no accept() has
# taken, and one whose handshake is not over. Are they reset, or moved to
# another listener of the group? In a network namespace of its own.
# Environment: PORT (9527), WAIT (seconds for each step, 30).

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

clients=6

# Kernels with the setting but without the code have no such counter.
can_migrate() {
	local counters

	counters=$(</proc/net/netstat)
	[[ $counters == *TCPMigrateReqSuccess* ]]
}

# The kernel's own count, of this namespace.
tell_counters() {
	local -a names values
	local i line

	while read -ra names && read -ra values; do
		for ((i = 1; i < ${#names[@]}; i++)); do
			[[ ${names[i]} != TCPMigrateReq* ]] ||
				line+=" ${names[i]}=${values[i]}"
		done
	done </proc/net/netstat
	say "The kernel's own counters:${line:- none for this}"
}

# waiting_is listening|syn-recv N: so many wait on the port, not accepted, or with
# their handshake not over.
waiting_is() {
	local lines count

	lines=$(ss -Htan state "$1" "sport = :$PORT") || fail "ss does not work"
	if [[ $1 == syn-recv ]]; then
		count=$(wc -l <<<"$lines")
	else
		read -r count _ <<<"$lines"
	fi
	[[ $lines ]] && ((count == $2))
}

# old_with_clients [OPTION...]: the only member has all the clients.
old_with_clients() {
	allowed old demo-server --reuseport --ignore --backlog 16 "$@"
	start c demo-client --clients $clients --mute
	expect c 'connected and silent'
	if [[ $* == *--defer-accept* ]]; then
		await waiting_is syn-recv $clients
	else
		await waiting_is listening $clients
	fi
}

old_leaves() {
	allowed new demo-server --reuseport
	say "Server new has joined. Now old closes its listener."
	kill -USR1 "${pid_of[old]}"
	expect old 'closed its listening socket'
}

all_reset() {
	expect c 'clients: '
	[[ $seen == *"answered: 0, failed: $clients,"* ]] ||
		fail "all $clients clients were to be reset"
	say "All $clients were reset: new is there, but nobody gave them to it."
	finish c 1
}

all_moved() {
	local i

	for ((i = 0; i < clients; i++)); do
		expect c 'answered by'
		[[ $seen == *" new[${pid_of[new]}]"* ]] ||
			fail "a client was to be answered by new"
	done
	say "All $clients were moved to new, which accepted and served them."
	stop c
}

# outcome MIGRATE: what became of them.
outcome() {
	if (($1)) && can_migrate; then
		all_moved
	else
		all_reset
	fi
	stop old
	stop new
	await port_unused
}

# not_accepted MIGRATE
not_accepted() {
	say "$clients clients connect to old, which never calls accept()."
	old_with_clients
	say "ss shows them in its queue, connected as far as they know."
	old_leaves
	outcome "$1"
}

# half_open MIGRATE
half_open() {
	say "$clients clients again. old has TCP_DEFER_ACCEPT, so that their" \
	    "handshake is not over, for the server, before they speak."
	old_with_clients --defer-accept
	say "ss shows them in SYN-RECV."
	old_leaves
	say "Now the clients speak."
	type_line c "hello"
	outcome "$1"
}

own_namespace
need demo-server demo-client
need_tool ss iproute2
title "E11: a listener leaves, and clients wait in it (port $PORT)"
set_sysctl tcp_migrate_req 0
not_accepted 0
half_open 0
can_migrate ||
	say "This kernel has the next setting and not the code behind it:" \
	    "before 5.14 nothing is moved. It will change nothing."
set_sysctl tcp_migrate_req 1
not_accepted 1
half_open 1
tell_counters
say "E11 went as expected."
