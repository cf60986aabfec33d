# SPDX-License-Identifier: GPL-2.0-only
include "lab";

def expected:
	[ row("s1 starts"; 2; bound("s1"; "ok")),
	  row("s2 meets s1, which listens"; 1;
	      refused("s2"; "listener-holds-port")),
	  row("and so does a server without options"; 1;
	      refused("plain"; "listener-holds-port")),
	  row("which later meets the connection of s1"; 1;
	      refused("plain"; "connection-holds-port")),
	  row("all three binds fail"; 3; bound("s2", "plain"; "EADDRINUSE")),
	  row("in the end s2 shares the port with the connection"; 2;
	      bound("s2"; "ok") and .why == "reuseaddr"),
	  row("s1 and s2 close their listeners"; 2;
	      event("listener_close"; { reset: 0 })),
	  endings ];

def answers:
	(of("bind_conflict") | map(select(.comm == "plain")) | .[1]) as $second
	| { while: result("bind"; "s2"),
	    call: one("bind_conflict"; { comm: "s2" }).op,
	    plain: (of("bind") | map(select(.comm == "plain")) | .[1].result),
	    after: (of("bind") | map(select(.comm == "s2" and .op == "listen"))
		    | .[-1].result),
	    holder: ($second.rule // "" | sub("-holds-port"; "")) };
