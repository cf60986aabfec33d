#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# E4, one port and several addresses: two servers on two local addresses, and a
# server on all addresses beside one on a single address, without options, with
# SO_REUSEADDR and with SO_REUSEPORT. In a network namespace of its own.
# Environment: PORT (9527), WAIT (seconds for each step, 30).

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

clients=6

# all_reach SERVER ADDRESS: several clients that call there, all of them.
all_reach() {
	start c demo-client --addr "$2" --clients $clients --quiet
	expect c '^answered '
	[[ $seen == "answered ${pid_of[$1]} $clients" ]] ||
		fail "all $clients clients of $2 were to reach $1"
	finish c 0
}

two_addresses() {
	say "127.0.0.2 and 127.0.0.3 are both this machine. A server on each," \
	    "the same port, no options at all: both are allowed. Their" \
	    "addresses differ, so there is nothing to share."
	allowed s1 demo-server --addr 127.0.0.2
	allowed s2 demo-server --addr 127.0.0.3
	all_reach s1 127.0.0.2
	all_reach s2 127.0.0.3
	stop s2
}

# The first one, s1, is still on 127.0.0.2.
without_options() {
	say "0.0.0.0 means all addresses, 127.0.0.2 among them, and there s1" \
	    "listens. A server on 0.0.0.0 will be refused ..."
	refused all demo-server
	stop s1
	say "... and so will be 127.0.0.2 when 0.0.0.0 was first."
	allowed s3 demo-server
	refused one demo-server --addr 127.0.0.2
	stop s3
}

with_reuseaddr() {
	say "The same with SO_REUSEADDR on both. That is not enough: it does" \
	    "not share a port with a socket that listens."
	allowed s4 demo-server --addr 127.0.0.2 --reuseaddr
	refused all demo-server --reuseaddr
	stop s4
}

with_reuseport() {
	say "With SO_REUSEPORT on both: allowed."
	allowed s5 demo-server --addr 127.0.0.2 --reuseport
	allowed s6 demo-server --reuseport
	say "But they do not share the clients. Who calls 127.0.0.2 gets s5," \
	    "whose address is exactly that; s6 gets those of the others."
	all_reach s5 127.0.0.2
	all_reach s6 127.0.0.3
	say "s5 ends: now s6 answers for 127.0.0.2, too."
	stop s5
	all_reach s6 127.0.0.2
	stop s6
}

own_namespace
need demo-server demo-client
title "E4: one port, several addresses (port $PORT)"
two_addresses
without_options
with_reuseaddr
with_reuseport
say "E4 went as expected: different addresses need no option; 0.0.0.0 beside" \
    "one of them needs SO_REUSEPORT, and the exact address wins."
