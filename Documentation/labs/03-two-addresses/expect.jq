# SPDX-License-Identifier: GPL-2.0-only
include "lab";

def expected:
	[ row("127.0.0.3 does not overlap 127.0.0.2"; 2;
	      bound("s2"; "ok") and .why == "no-overlap"),
	  row("0.0.0.0 meets the listener on 127.0.0.2, twice"; 2;
	      refused("all"; "listener-holds-port")
	      and .overlap == "requester-wildcard"),
	  row("127.0.0.2 meets the listener on 0.0.0.0"; 1;
	      refused("one"; "listener-holds-port")
	      and .overlap == "holder-wildcard"),
	  row("these three binds fail"; 3; bound("all", "one"; "EADDRINUSE")),
	  row("SO_REUSEPORT lets 0.0.0.0 in beside 127.0.0.2"; 2;
	      bound("s6"; "ok") and .why == "reuseport"),
	  row("those that were first start"; 8;
	      bound("s1", "s3", "s4", "s5"; "ok")),
	  row("a group for each address"; 2; in_group("create"; "s")),
	  row("clients come to groups of one"; 18; null;
	      .type == "steer" and .size == 1),
	  row("both groups end"; 2; in_group("leave"; "s")),
	  row("six listeners close"; 6; event("listener_close"; { reset: 0 })),
	  endings ];

def answers:
	(of("bind") | map(select(.comm == "all"))) as $all
	| { two: result("bind"; "s2"),
	    "all-second": $all[0].result,
	    "one-second": result("bind"; "one"),
	    reuseaddr: $all[1].result,
	    reuseport: result("bind"; "s6"),
	    members: (of("steer") | map(.size) | max) };
