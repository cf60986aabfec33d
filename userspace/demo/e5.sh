#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# E5, a web server with a process per worker: each has its own SO_REUSEPORT
# listener, and each page says who served it. In a network namespace of its own.
# Environment: PORT (8080), WAIT (seconds for each step, 30).

PORT=${PORT:-8080}
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

workers=4
clients=40

own_namespace
need demo-workers demo-client
title "E5: $workers web workers on port $PORT, $clients requests"
say "$workers workers start, a process and a listener each. By hand, a" \
    "browser or curl http://127.0.0.1:$PORT/ shows who answers."
start w demo-workers --http --quiet --workers $workers --clients $clients
expect w 'ready: all'
say "$clients requests come at once, a connection each."
start client demo-client --http --clients $clients --quiet
expect client '^answered '
answered=$seen
finish client 0
expect w '^accepted '
accepted=$seen
finish w 0
agree "$accepted" "$answered" $clients
declare -a shares=()
read_shares shares "$accepted"
say "Requests per worker: ${shares[*]}. The kernel's hash of each client's" \
    "address and port decided, not the workers."
say "E5 went as expected: $clients pages, and clients and workers agree" \
    "about who served how many."
