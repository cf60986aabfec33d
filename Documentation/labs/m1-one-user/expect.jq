# SPDX-License-Identifier: GPL-2.0-only
include "lab";

def expected:
	[ row("one bind is refused for its user"; 1;
	      refused("app"; "reuseport-other-user")),
	  row("and fails"; 1; bound("app"; "EADDRINUSE")),
	  row("the others succeed"; 4; bound("app"; "ok") and .uid == 0),
	  row("a group of two"; 1; null; .type == "group"),
	  row("listeners close"; 0; 2; event("listener_close"; { reset: 0 })) ];

def answers:
	of("bind_conflict")[0] as $conflict
	| { rule: $conflict.rule,
	    asks: $conflict.uid,
	    holds: $conflict.holder.uid,
	    option: (if $conflict.reuseport and $conflict.holder.reuseport
		     then "both" else "one" end) };
