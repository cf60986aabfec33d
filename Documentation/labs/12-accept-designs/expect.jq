# SPDX-License-Identifier: GPL-2.0-only
include "lab";

# In both designs with one listener it was opened before the workers were.
def expected:
	[ row("one listener hands over, one is shared"; 4; bound("workers"; "ok")),
	  row("four listeners of their own"; 8; bound("w1", "w2", "w3", "w4"; "ok")),
	  row("make a group"; 1; in_group("create"; "w")),
	  row("of four"; 3; in_group("join"; "w")),
	  row("a pick for each of the last 200 clients"; 200; null;
	      picked("w"; "hash"; 4) and by_hash),
	  row("they leave"; 4; in_group("leave"; "w")),
	  row("six listeners close"; 6; event("listener_close"; { reset: 0 })),
	  endings ];

def answers:
	connections as $picks
	| (of("group") | .[0].n) as $group
	| { listeners: (of("bind") | map(select(.comm == "workers"
						and .op == "listen")) | length),
	    "shared-picks": ($picks | map(select(.n < $group)) | length),
	    "own-listeners": (of("bind") | map(select(.op == "listen"
						      and .comm != "workers"))
			      | length),
	    "own-picks": ($picks | length),
	    even: ($picks | shares | max == min) };
