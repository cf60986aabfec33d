# SPDX-License-Identifier: GPL-2.0-only
include "lab";

def expected:
	[ row("four workers start"; 8; .type == "bind" and .result == "ok"
	      and (.comm | startswith("w")) and .port == 8080),
	  row("the first makes a group"; 1; in_group("create"; "w")),
	  row("three join it"; 3; in_group("join"; "w")),
	  row("a pick for each request"; 40; null;
	      picked("w"; "hash"; 4) and by_hash),
	  row("the server's end closes first, and waits"; 40;
	      event("tw_enter"; { port: 8080, reuseport: true })),
	  row("for the client's end, maybe"; 0; null; .type == "tw_state"),
	  row("they leave the group"; 4; in_group("leave"; "w")),
	  row("and close"; 4; event("listener_close"; { reset: 0 })) ];

def answers:
	connections as $picks
	| { picks: ($picks | length),
	    workers: ($picks | shares | length),
	    differs: (if ($picks | map(.src) | unique | length) > 1 then "address"
		      else "port" end),
	    waits: (if of("tw_enter") | all(.port == 8080) then "server"
		    else "client" end),
	    remembers: (of("tw_enter")
			| if length > 0 and all(.reuseport) then "reuseport"
			  elif all(.reuseaddr) then "reuseaddr" else "none" end) };
