#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# E2, parallel listeners: four processes listen on one port, each with its
# own socket and SO_REUSEPORT, and 40 clients connect at once.
# Environment: PORT (9527), WAIT (seconds for each step, 30).

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

workers=4
clients=40

start_workers() {
	say "$workers workers start. Each has a listener of its own on the port;" \
	    "SO_REUSEPORT on all of them allows it."
	start w demo-workers --workers $workers --clients $clients
	expect w 'ready: all'
}

connect_clients() {
	say "$clients clients connect at once. For each of them the kernel" \
	    "picks one listener, by a hash of both addresses and ports."
	start client demo-client --clients $clients --quiet
	expect client '^answered '
	answered=$seen
	finish client 0
}

end_workers() {
	say "All clients have left, so the workers end and count."
	expect w '^accepted '
	accepted=$seen
	finish w 0
}

need demo-workers demo-client
title "E2: $workers listeners on one port, $clients clients (port $PORT)"
start_workers
connect_clients
end_workers
agree "$accepted" "$answered" $clients
say "E2 went as expected: $clients accepted, and the clients agree by whom."
