#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# E7, can another user take part of a port's clients? A second user, and root,
# try to join a SO_REUSEPORT port, and the other way round; and the same with
# UDP and SO_REUSEADDR. In a network namespace of its own; needs root.
# Environment: PORT (9527), WAIT (seconds for each step, 30).

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

ann=1001
bob=1002
clients=24

users_hold() {
	say "User $ann has a server with SO_REUSEPORT. User $bob starts one," \
	    "also with SO_REUSEPORT. It will be refused: who joins must have" \
	    "the same user ID as who is there."
	allowed s1 demo-server --reuseport --user $ann
	refused s2 demo-server --reuseport --user $bob
	say "Is root stronger? No. The rule asks for the same user, and root" \
	    "is another one."
	refused s3 demo-server --reuseport
}

same_user_joins() {
	say "But any program of user $ann can join, and takes its part of" \
	    "the clients. Nobody tells s1."
	allowed s4 demo-server --reuseport --user $ann
	start c demo-client --clients $clients --quiet
	expect c '^answered '
	[[ $seen == *"${pid_of[s1]} "* && $seen == *"${pid_of[s4]} "* ]] ||
		fail "both s1 and s4 were to get some of $clients clients"
	finish c 0
	stop s4
	stop s1
}

root_holds() {
	say "The other way round: root's server is first, user $ann's refused."
	allowed s5 demo-server --reuseport
	refused s6 demo-server --reuseport --user $ann
	stop s5
}

with_reuseaddr() {
	say "UDP with SO_REUSEADDR asks for no user: user $bob may bind where" \
	    "user $ann already is ..."
	allowed s7 demo-server --udp --reuseaddr --user $ann
	allowed s8 demo-server --udp --reuseaddr --user $bob
	say "... and, having come last, gets all the datagrams."
	start c demo-client --udp --clients $clients --quiet
	expect c '^answered '
	[[ $seen == "answered ${pid_of[s8]} $clients" ]] ||
		fail "all $clients datagrams were to reach s8"
	finish c 0
	stop s8
	stop s7
}

if ((EUID != 0)) || [[ $(</proc/self/uid_map) != *' 0 4294967295' ]]; then
	fail "two users are needed, and so is root; use make demo DEMO=e7"
fi
own_namespace
need demo-server demo-client
title "E7: may another user join? (port $PORT)"
users_hold
same_user_joins
root_holds
with_reuseaddr
say "E7 went as expected: SO_REUSEPORT keeps other users out, root among" \
    "them; it keeps out no program of the same user. UDP with SO_REUSEADDR" \
    "keeps out nobody."
