# SPDX-License-Identifier: GPL-2.0-only
include "lab";

def expected:
	[ row("the first worker finds the port free"; 2;
	      bound("w1"; "ok") and .why == "port-free"),
	  row("the others share it"; 6;
	      bound("w2", "w3", "w4"; "ok") and .why == "reuseport"),
	  row("the first makes a group"; 1; in_group("create"; "w")),
	  row("the others join it"; 3; in_group("join"; "w")),
	  row("each client's listener is picked by the hash, of four"; 40; null;
	      picked("w"; "hash"; 4) and by_hash),
	  row("they leave the group"; 4; in_group("leave"; "w")),
	  row("and close"; 4; event("listener_close"; { reset: 0 })),
	  endings ];

def answers:
	(connections | shares) as $shares
	| (of("group") | map(select(.action == "join")) | .[0]) as $join
	| { allowed: one("bind"; { comm: "w2" }).why,
	    joins: (map(select(event("bind"; { cookie: $join.cookie })
			       and .n < $join.n)) | .[-1].op),
	    picks: (connections | length),
	    by: (connections | map(.via) | unique | join(" ")),
	    even: ($shares | max == min) };
