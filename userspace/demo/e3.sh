#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# E3, the restart over TIME_WAIT: a server ends before its client does, and so
# its side of the connection waits in TIME_WAIT, on the server's port. Can the
# next server start? In a network namespace of its own.
# Environment: PORT (9527), WAIT (seconds for each step, 30).

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# leave_time_wait SERVER CLIENT [OPTION...]: that server ends first. The client
# sends nothing: a server that ends with something unread sends a reset, and
# there is no TIME_WAIT.
leave_time_wait() {
	allowed "$1" demo-server "${@:3}"
	start "$2" demo-client --stay --messages 0
	expect "$2" '(127.0.0.1:([0-9]+)) answered by'
	client_port=${BASH_REMATCH[2]}
	stop "$1"
	finish "$2" 1
	await in_time_wait
}

in_time_wait() {
	time_wait=$(ss -Htano state time-wait "sport = :$PORT") ||
		fail "ss does not work"
	[[ $time_wait ]]
}

no_time_wait() {
	! in_time_wait
}

tell_time_left() {
	[[ $time_wait =~ timewait,([^,\)]*) ]] || fail "ss tells no timer"
	say "It lasts 60 s, and ss says that ${BASH_REMATCH[1]} are left." \
	    "That is how long the server without options has to wait."
}

# End it now, by a way that is still the kernel's own.
end_time_wait() {
	say "Nobody waits for that here: ss -K asks the kernel to drop it."
	say "\$ ss -K state time-wait sport = :$PORT"
	ss -K state time-wait "sport = :$PORT" >/dev/null 2>&1
	no_time_wait || assassinate
	await no_time_wait
}

# Before 6.1 the kernel drops no TIME_WAIT on demand. RFC 1337's way is left:
# the old client's port calls again, is told about a connection it does not
# know, and answers with a reset, which ends the TIME_WAIT.
assassinate() {
	say "This kernel cannot. But a reset from the client's old address" \
	    "ends a TIME_WAIT (net.ipv4.tcp_rfc1337=0): a new client comes" \
	    "from that port, and its kernel resets what it does not know."
	start again demo-client --from 127.0.0.1 --from-port "$client_port" \
		--timeout 300
	expect again 'clients: '
	finish again 1
}

without_options() {
	say "Server s1 has no options. It ends while its client c1 stays, so" \
	    "s1's side closed first, and it is s1's port that has to wait."
	leave_time_wait s1 c1
	say "The next server without options is refused."
	refused s2 demo-server
	say "With SO_REUSEADDR on the new server alone it still is: s1 did" \
	    "not have it, and the TIME_WAIT remembers."
	refused s3 demo-server --reuseaddr
	in_time_wait
	tell_time_left
	end_time_wait
	say "The TIME_WAIT is gone: now a server without options can start."
	allowed s4 demo-server
	stop s4
}

with_reuseaddr() {
	say "The same with SO_REUSEADDR on the old server. A new one without" \
	    "it is refused; the new one with it, too, starts at once."
	leave_time_wait s5 c5 --reuseaddr
	refused s6 demo-server
	allowed s7 demo-server --reuseaddr
	in_time_wait || fail "the TIME_WAIT was gone too early"
	stop s7
}

own_namespace
need demo-server demo-client
need_tool ss iproute2
title "E3: restart over TIME_WAIT (port $PORT)"
without_options
with_reuseaddr
say "E3 went as expected: SO_REUSEADDR helps when both servers have it."
