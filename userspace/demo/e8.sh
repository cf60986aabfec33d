#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# E8, two UDP servers on one address and port: with SO_REUSEADDR one of them
# gets everything; with SO_REUSEPORT the senders are spread over all. In a
# network namespace of its own.
# Environment: PORT (9527), WAIT (seconds for each step, 30).

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

workers=4
senders=40
each=20

# all_reach SERVER CLIENT: twelve senders' datagrams, all to that one.
all_reach() {
	start "$2" demo-client --udp --clients 12 --quiet
	expect "$2" '^answered '
	[[ $seen == "answered ${pid_of[$1]} 12" ]] ||
		fail "all 12 datagrams were to reach $1[${pid_of[$1]}]"
	finish "$2" 0
}

duplicate_bind() {
	say "A UDP server with SO_REUSEADDR, and a second one, the same way:" \
	    "UDP has no listeners, so nothing forbids it."
	allowed s1 demo-server --udp --reuseaddr
	allowed s2 demo-server --udp --reuseaddr
	say "12 senders: all their datagrams go to s2, which came last." \
	    "That is no spreading; the old server is cut off and not told."
	all_reach s2 c1
	say "s2 ends: s1 gets them again."
	stop s2
	all_reach s1 c2
	stop s1
}

spread() {
	say "$workers UDP servers with SO_REUSEPORT, $senders senders," \
	    "one datagram each: the hash of both addresses picks."
	start w demo-workers --udp --quiet --workers $workers \
		--clients $((senders + each))
	expect w 'ready: all'
	start c3 demo-client --udp --clients $senders --quiet
	expect c3 '^answered '
	many=$seen
	finish c3 0
	[[ $many == 'answered '*' '*' '*' '* ]] ||
		fail "more than one worker was to get datagrams"
}

# merge LINE LINE: both counts together, as such a line.
merge() {
	local -a sum=() more=()
	local pid

	read_shares sum "$1"
	read_shares more "$2"
	for pid in "${!more[@]}"; do
		((sum[pid] = ${sum[pid]:-0} + more[pid]))
	done
	merged=answered
	for pid in "${!sum[@]}"; do
		merged+=" $pid ${sum[pid]}"
	done
}

same_member() {
	say "One sender, $each datagrams: its addresses and ports stay the" \
	    "same, so all of them reach one and the same worker."
	start c4 demo-client --udp --messages $each --quiet
	expect c4 '^answered '
	one=$seen
	finish c4 0
	[[ $one =~ ^answered\ [0-9]+\ $each$ ]] ||
		fail "one worker was to get all $each"
	expect w '^accepted '
	accepted=$seen
	finish w 0
	merge "$many" "$one"
	agree "$accepted" "$merged" $((senders + each))
}

own_namespace
need demo-server demo-workers demo-client
title "E8: UDP servers that share a port (port $PORT)"
duplicate_bind
spread
same_member
say "E8 went as expected: SO_REUSEADDR gave all to the last that bound," \
    "SO_REUSEPORT spread the senders, and a sender kept its server."
