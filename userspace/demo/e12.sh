#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# E12, both options on one listener: several workers at once, and a restart over
# TIME_WAIT; and what each option alone does there. In a network namespace of
# its own.
# Environment: PORT (9527), WAIT (seconds for each step, 30).

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

workers=3
clients=12

# end_first NAME CLIENT: those servers end while their clients stay.
end_first() {
	stop "$1"
	finish "$2" 1
	await in_time_wait
}

# Each connection of the port is, and not the first only.
in_time_wait() {
	[[ $(ss -Htn state time-wait "sport = :$PORT") ]] &&
		[[ ! $(ss -Htn state connected exclude time-wait \
			"sport = :$PORT") ]]
}

# team NAME [OPTION...]
team() {
	start "$1" demo-workers --workers $workers --quiet "${@:2}"
	expect "$1" 'ready: all|failed: '
	[[ $seen != *'failed: '* ]] || fail "the workers $1 were to be allowed"
}

# serve TEAM CLIENT: all are answered, and stay.
serve() {
	start "$2" demo-client --clients $clients --stay --quiet --mute
	expect "$2" 'connected and silent'
	type_line "$2" "hello"
	local i
	for ((i = 0; i < clients; i++)); do
		expect "$2" 'hears from '
		[[ $seen =~ hears\ from\ $1[0-9]+\[ ]] ||
			fail "$1's workers were to answer"
	done
}

both() {
	say "$workers workers, each listener with both options."
	team a --reuseaddr
	serve a c1
	say "They end first; their $clients connections go to TIME_WAIT." \
	    "The next $workers workers, with both options, start at once."
	end_first a c1
	team b --reuseaddr
	serve b c2
	end_first b c2
}

one_alone() {
	say "Over a TIME_WAIT that had both, either option alone is enough" \
	    "to start, and none is not."
	refused plain demo-server
	allowed s1 demo-server --reuseaddr
	stop s1
	allowed s2 demo-server --reuseport
	say "But SO_REUSEADDR alone does not join the one that listens now."
	refused s3 demo-server --reuseaddr
	allowed s4 demo-server --reuseport
	stop s4
	stop s2
}

own_namespace
need demo-server demo-workers demo-client
need_tool ss iproute2
title "E12: both options on each listener (port $PORT)"
both
one_alone
say "E12 went as expected: SO_REUSEPORT shares the port with those that" \
    "listen, either one shares it with TIME_WAIT that had the same."
