#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# E9, UDP multicast: several receivers of one group and port, without options,
# with SO_REUSEADDR, with SO_REUSEPORT, and one of each. In a network namespace
# of its own, over its loopback.
# Environment: PORT (9527), WAIT (seconds for each step, 30).

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

group=239.9.5.27

route_group() {
	say "\$ ip route add $group dev lo src 127.0.0.1"
	ip route add $group dev lo src 127.0.0.1 || fail "ip does not work"
}

# receiver NAME [OPTION...]
receiver() {
	allowed "$1" demo-server --udp --group $group "${@:2}"
}

not_receiver() {
	refused "$1" demo-server --udp --group $group "${@:2}"
}

# send_to ADDRESS: one datagram.
send_to() {
	say "\$ echo hello > /dev/udp/$1/$PORT"
	echo hello >"/dev/udp/$1/$PORT" || fail "sending to $1 does not work"
}

# received NAME...: each of them got one.
received() {
	local name

	for name in "$@"; do
		expect "$name" 'datagram from .* received'
	done
}

# Ended, each says how many datagrams it had in all.
had() {
	kill -TERM "${pid_of[$1]}"
	expect "$1" 'ends, clients accepted: '
	[[ $seen == *": $2" ]] || fail "$1 was to have received $2"
	finish "$1" 0
}

without_options() {
	say "A receiver without options, and a second one: refused. Multicast" \
	    "does not change the rules of bind()."
	receiver r1
	not_receiver r2
	stop r1
}

# with_option NAME OPTION FIRST SECOND THIRD
with_option() {
	say "Three receivers with $1. One datagram to the group: each of the" \
	    "three gets it."
	receiver "$3" "$2"
	receiver "$4" "$2"
	receiver "$5" "$2"
	send_to $group
	received "$3" "$4" "$5"
}

unicast() {
	say "One datagram to 127.0.0.1, the same port: one receiver gets it."
	send_to 127.0.0.1
}

with_reuseaddr() {
	with_option SO_REUSEADDR --reuseaddr a1 a2 a3
	unicast
	received a3
	had a1 1
	had a2 1
	had a3 2
}

# Which one is the hash's choice; together they have one more.
with_reuseport() {
	local name count=0

	with_option SO_REUSEPORT --reuseport p1 p2 p3
	unicast
	say "Here the hash picks it; for the group, nothing was picked."
	await one_has_it
	for name in p1 p2 p3; do
		kill -TERM "${pid_of[$name]}"
		expect "$name" 'ends, clients accepted: ([0-9]+)'
		((count += BASH_REMATCH[1]))
		finish "$name" 0
	done
	((count == 4)) || fail "together they were to receive 4, not $count"
}

# one_has_it: any of the three may be the one. They write whole lines, and a slow
# machine does not read one within a short time, so none is read with a limit.
one_has_it() {
	local name

	for name in p1 p2 p3; do
		read -r -t 0 -u "${out_of[$name]}" || continue
		read -r -u "${out_of[$name]}" seen || continue
		[[ $seen != *'datagram from '* ]] || return 0
	done
	return 1
}

mixed() {
	say "One with SO_REUSEADDR, the next with SO_REUSEPORT: refused. They" \
	    "must agree on one option; or have both."
	receiver m1 --reuseaddr
	not_receiver m2 --reuseport
	stop m1
}

own_namespace
need demo-server
title "E9: several receivers of one multicast group (port $PORT)"
route_group
without_options
with_reuseaddr
with_reuseport
mixed
say "E9 went as expected: with either option each receiver gets every" \
    "datagram to the group; only for unicast do they differ."
