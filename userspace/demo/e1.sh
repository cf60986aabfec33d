#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# E1, the graceful restart: a server closes only its listening socket and
# keeps its client, while a second copy takes over the port.
# Environment: PORT (9527), WAIT (seconds for each step, 30).

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# answered_by CLIENT SERVER: the client's last line names that process.
answered_by() {
	[[ $seen == *" $2[${pid_of[$2]}]"* ]] ||
		fail "$1 was to be answered by $2[${pid_of[$2]}]"
}

first_server() {
	say "Server s1 starts with SO_REUSEADDR."
	allowed s1 demo-server --reuseaddr --idle-exit
	say "Client c1 connects to it and stays."
	start c1 demo-client --stay
	expect c1 'answered by'
	answered_by c1 s1
}

while_it_listens() {
	say "s1 still listens. A second copy, s2, is started the same way." \
	    "It will be refused: SO_REUSEADDR does not share a port with" \
	    "a socket that listens."
	refused s2 demo-server --reuseaddr
	say "A server without any option will be refused, too."
	refused plain demo-server
}

close_listener() {
	say "s1 closes its listening socket now. Client c1 stays."
	kill -USR1 "${pid_of[s1]}"
	expect s1 'closed its listening socket'
}

beside_the_connection() {
	say "Nobody listens any more, but s1's connection is on the port." \
	    "A server without options is still refused because of it."
	refused plain demo-server
	say "s2 has SO_REUSEADDR, and so has the connection: allowed."
	allowed s2 demo-server --reuseaddr
}

both_serve() {
	say "A new client, c2, will reach s2."
	start c2 demo-client
	expect c2 'answered by'
	answered_by c2 s2
	finish c2 0
	say "The first client writes on its old connection: s1 echoes it."
	type_line c1 "are you still there?"
	expect c1 'hears from .*: are you still there\?$'
	answered_by c1 s1
}

end_all() {
	say "The first client leaves, and with it s1. Then s2 ends."
	stop c1
	finish s1 0
	stop s2
}

need demo-server demo-client
title "E1: restart a server while its client stays (port $PORT)"
first_server
while_it_listens
close_listener
beside_the_connection
both_serve
end_all
say "E1 went as expected: refused while s1 listened, allowed after."
