# SPDX-License-Identifier: GPL-2.0-only
include "lab";

def expected:
	[ row("three generations start"; 6; bound("app"; "ok")),
	  row("the first makes a group"; 1; null; in_group("create"; "app")),
	  row("each next one joins it"; 2; in_group("join"; "app")),
	  row("five clients come to the only member, twice"; 10; null;
	      picked("app"; "hash"; 1)),
	  row("the one before leaves"; 2; 3; in_group("leave"; "app")),
	  row("and closes with three in its queue: reset"; 2;
	      event("listener_close"; { unaccepted: 3, reset: 3, migrated: 0 })),
	  row("the last one closes"; 0; 1;
	      event("listener_close"; { unaccepted: 0 })),
	  endings ];

def answers:
	(of("listener_close") | map(select(.unaccepted > 0))) as $closed
	| { event: ($closed[0].type // ""),
	    reset: ($closed | map(.reset) | add),
	    moved: ($closed | map(.migrated) | add),
	    accepted: (($closed | length) as $times
		       | (connections | length) / $times - $closed[0].unaccepted),
	    setting: ["tcp_migrate_req", "net.ipv4.tcp_migrate_req"] };
