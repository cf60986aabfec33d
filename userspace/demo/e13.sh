#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# E13, the client's side: outgoing connections that call bind() first, and those
# that run out of ports. In a network namespace of its own, with four ports.
# Environment: PORT (9527), WAIT (seconds for each step, 30).

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

first=40000
ports=4

# connects N ANSWERED CALL ERRNO [OPTION...]: so many clients at once, so many
# of them answered, and the others' CALL fails with ERRNO.
connects() {
	local i missing=$(($1 - $2))

	start c demo-client --clients "$1" --quiet "${@:5}"
	for ((i = 0; i < missing; i++)); do
		expect c 'failed: '
		[[ $seen == *"$3() on "*" failed: $4;"* ]] ||
			fail "$3() was to fail with $4"
	done
	expect c 'clients: '
	[[ $seen == *"answered: $2, failed: $missing,"* ]] ||
		fail "$2 of $1 clients were to be answered"
	finish c $((missing ? 1 : 0))
}

without_bind() {
	say "Five clients connect to one server; the kernel finds each a port." \
	    "The fifth finds none: connect() fails."
	connects $((ports + 1)) $ports connect EADDRNOTAVAIL
	say "Eight clients, two servers: a port can be used again towards" \
	    "another server, so four ports are enough."
	connects $((2 * ports)) $((2 * ports)) '' '' --peers 2
}

bind_first() {
	say "Now they call bind() first, to the address and any port. bind()" \
	    "does not know the server yet, so each port serves one client" \
	    "only, and here it is bind() that fails: four of eight."
	connects $((2 * ports)) $ports bind EADDRINUSE --peers 2 \
		--from 127.0.0.1
	say "IP_BIND_ADDRESS_NO_PORT leaves the port to connect(), which" \
	    "knows the server: all eight again."
	connects $((2 * ports)) $((2 * ports)) '' '' --peers 2 \
		--from 127.0.0.1 --late-port
}

one_port() {
	say "One local port, $first, for connections to three servers: the" \
	    "second bind() is refused ..."
	connects 3 1 bind EADDRINUSE --peers 3 --from-port $first
	say "... and with SO_REUSEADDR on all of them it is not."
	connects 3 3 '' '' --peers 3 --from-port $first --reuseaddr
}

same_port_same_peer() {
	say "One port twice to the same server: SO_REUSEADDR lets bind()" \
	    "pass, but connect() cannot make the same connection twice."
	start stays demo-client --stay --from-port $first --reuseaddr
	expect stays 'answered by'
	connects 1 0 connect EADDRNOTAVAIL --from-port $first --reuseaddr
	stop stays
}

own_namespace
need demo-server demo-client
title "E13: outgoing connections and their ports (server port $PORT)"
say "There are $ports ports for outgoing connections here. No TIME_WAIT is" \
    "kept, so that each step finds all of them free."
set_sysctl ip_local_port_range "$first $((first + ports - 1))"
set_sysctl tcp_max_tw_buckets 0
start s demo-server
expect s 'listening on'
without_bind
bind_first
one_port
same_port_same_peer
stop s
say "E13 went as expected."
