#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# E6, who has to set the option, and when: one of two servers, the other, both;
# before bind() or after it. In a network namespace of its own.
# Environment: PORT (9527), WAIT (seconds for each step, 30).

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

clients=24

# one_side OPTION [OTHER...]: it takes both, and nothing less will do.
one_side() {
	say "Only the first server sets it: the second is refused."
	allowed s1 demo-server "$@"
	refused s2 demo-server "${@:2}"
	stop s1
	say "Only the second sets it: refused again."
	allowed s3 demo-server "${@:2}"
	refused s4 demo-server "$@"
	stop s3
	say "Both set it: allowed."
	allowed s5 demo-server "$@"
	allowed s6 demo-server "$@"
	stop s6
	stop s5
}

# Both servers get some of the clients.
shared_by() {
	start c demo-client --clients $clients --quiet
	expect c '^answered '
	[[ $seen == *"${pid_of[$1]} "* && $seen == *"${pid_of[$2]} "* ]] ||
		fail "both $1 and $2 were to get some of $clients clients"
	finish c 0
}

second_is_late() {
	say "Both set SO_REUSEPORT, but the second only after its bind():" \
	    "bind() has looked at the option by then. Refused."
	allowed s7 demo-server --reuseport
	refused s8 demo-server --reuseport --late
	stop s7
}

first_is_late() {
	say "Now it is the first that sets it after its bind(). Many say that" \
	    "this has no effect. It has: what counts is the option at the" \
	    "moment when the second one calls bind()."
	allowed s9 demo-server --reuseport --late
	allowed s10 demo-server --reuseport
	say "And they share the clients, as two that were in time do."
	shared_by s9 s10
	stop s10
	stop s9
}

own_namespace
need demo-server demo-client
title "E6: one server sets the option, the other does not (port $PORT)"
say "SO_REUSEPORT and two listeners."
one_side --reuseport
say "SO_REUSEADDR and two UDP servers."
one_side --reuseaddr --udp
second_is_late
first_is_late
say "E6 went as expected: both need it, and the second before its bind()."
