#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# E10, three ways for several processes to accept on one port, under the same
# load: one accepts and hands over, all accept from one listener, each has a
# listener of its own. In a network namespace of its own.
# Environment: PORT (9527), WAIT (seconds for each step, 30), CLIENTS (200),
# WORKERS (4).

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

workers=${WORKERS:-4}
clients=${CLIENTS:-200}

# spread_of LINE: the workers' counts, least and most, into $spread.
spread_of() {
	local -a word counts=()
	local i

	read -ra word <<<"$1"
	for ((i = 2; i < ${#word[@]}; i += 2)); do
		counts+=("${word[i]}")
	done
	least=${counts[0]} most=${counts[0]}
	for i in "${counts[@]}"; do
		((i >= least)) || least=$i
		((i <= most)) || most=$i
	done
	spread="${counts[*]}"
}

# factor A B: A / B with one decimal, into $times.
factor() {
	if (($2 == 0)); then
		times="no end of"
	else
		printf -v times '%d.%d' $(($1 / $2)) $(($1 * 10 / $2 % 10))
	fi
}

# play DESIGN [OPTION...]: and note who got how many, and how long it took.
play() {
	local design=$1

	start w demo-workers --quiet --workers "$workers" --backlog 1024 \
		--clients "$clients" "${@:2}"
	expect w 'ready: all'
	start client demo-client --clients "$clients" --quiet \
		--timeout $((WAIT * 1000))
	expect client 'clients: .* in ([0-9]+) ms$'
	took[$design]=$((BASH_REMATCH[1] ? BASH_REMATCH[1] : 1))
	expect client '^answered '
	answered=$seen
	finish client 0
	expect w '^accepted '
	accepted=$seen
	finish w 0
	await port_unused
	agree "$accepted" "$answered" "$clients"
	spread_of "$accepted"
	factor "$most" "$least"
	say "Accepted per worker: $spread. The busiest has $times times the" \
	    "idlest's. All were answered within ${took[$design]} ms."
}

compare() {
	local design

	for design in shared own; do
		factor "${took[hand-over]}" "${took[$design]}"
		say "Throughput, $design against hand-over: $times to 1."
	done
	say "These differ from run to run, and from machine to machine."
}

declare -A took=()	# design -> milliseconds

own_namespace
need demo-workers demo-client
need_tool ss iproute2
title "E10: three designs, $workers workers, $clients clients (port $PORT)"
say "hand-over: one process accepts, and hands each client to the next" \
    "worker in turn. As even as can be; all goes through one process."
play hand-over --hand-over
((most - least <= 1)) || fail "clients handed over in turn were to be even"
say "shared: one listener, inherited by all; whoever wakes first accepts."
play shared --shared
say "own: a SO_REUSEPORT listener each; the kernel's hash picks."
play own
compare
say "E10 went as expected: every client was accepted once, by each design."
