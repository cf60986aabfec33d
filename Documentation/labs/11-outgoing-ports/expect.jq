# SPDX-License-Identifier: GPL-2.0-only
include "lab";

def expected:
	[ row("the server starts"; 2; bound("s"; "ok")),
	  row("bind() to any port: four find one"; 4;
	      bound("c"; "ok") and .port == 0),
	  row("and four do not"; 4; refused("c"; "no-free-port")),
	  row("one port, no option: two meet the first's connection"; 2;
	      refused("c"; "connection-holds-port")),
	  row("these six binds fail"; 6; bound("c"; "EADDRINUSE")),
	  row("one port without the option"; 1;
	      bound("c"; "ok") and .port == 40000 and (.reuseaddr | not)),
	  row("one port with SO_REUSEADDR"; 5;
	      bound("c", "stays"; "ok") and .port == 40000 and .reuseaddr),
	  row("the server closes"; 1; event("listener_close"; { reset: 0 })),
	  endings ];

def answers:
	(of("bind") | map(select(.comm == "stays")) | .[0].n) as $last
	| (of("bind") | map(select(.port == 40000 and .n < $last))) as $one_port
	| { "bind-first": (of("bind") | map(select(.comm == "c" and .port == 0
						   and .result == "ok"))
			   | length),
	    "one-port": ($one_port | map(select((.reuseaddr | not)
						and .result == "ok")) | length),
	    reuseaddr: ($one_port | map(select(.reuseaddr and .result == "ok"))
			| length),
	    holder: (one("bind_conflict"; { rule: "connection-holds-port" })
		     | .rule // "" | sub("-holds-port"; "")),
	    culprit: (of("bind_conflict")
		      | map(select(.rule == "no-free-port" and .holder != null))
		      | length) };
