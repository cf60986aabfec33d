# SPDX-License-Identifier: GPL-2.0-only
include "lab";

def other_user($comm; $asks; $holds):
	refused($comm; "reuseport-other-user")
	and .uid == $asks and .holder.uid == $holds;

def expected:
	[ row("user 1002 is not let in by user 1001"; 1;
	      other_user("s2"; 1002; 1001)),
	  row("nor is root"; 1; other_user("s3"; 0; 1001)),
	  row("nor is user 1001 let in by root"; 1; other_user("s6"; 1001; 0)),
	  row("these three binds fail"; 3; bound("s2", "s3", "s6"; "EADDRINUSE")),
	  row("user 1001's next program joins"; 2;
	      bound("s4"; "ok") and .why == "reuseport" and .uid == 1001),
	  row("UDP with SO_REUSEADDR: user 1002 binds beside 1001"; 1;
	      bound("s8"; "ok") and .why == "reuseaddr" and .uid == 1002),
	  row("those that were first start"; 5; bound("s1", "s5", "s7"; "ok")),
	  row("groups"; 1; null; .type == "group"),
	  row("clients of s1 and s4"; 24; null; picked("s"; "hash"; 2)),
	  row("the UDP senders' own ports"; 0; null; bound("c"; "ok")),
	  row("three listeners close"; 3; event("listener_close"; { reset: 0 })),
	  endings ];

def answers:
	{ other: result("bind"; "s2"),
	  root: result("bind"; "s3"),
	  same: result("bind"; "s4"),
	  "under-root": result("bind"; "s6"),
	  udp: result("bind"; "s8"),
	  share: (connections | shares | length) };
