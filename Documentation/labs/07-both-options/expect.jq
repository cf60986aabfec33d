# SPDX-License-Identifier: GPL-2.0-only
include "lab";

def expected:
	. as $all
	| def starts_over_all: . as $bind | .over_time_wait == ($all | time_waits($bind));
	[ row("workers a1, a2 and a3 start"; 6; bound("a1", "a2", "a3"; "ok")),
	  row("b1 starts over the TIME_WAITs of their clients"; 2;
	      bound("b1"; "ok") and .why == "reuseaddr" and .over_time_wait > 0
	      and starts_over_all),
	  row("b2 and b3, beside a listener as well"; 4;
	      bound("b2", "b3"; "ok") and .why == "reuseaddr+reuseport"),
	  row("each team is a group"; 2; in_group("create"; "a", "b")),
	  row("of three"; 4; in_group("join"; "a", "b")),
	  row("which all leave"; 6; in_group("leave"; "a", "b")),
	  row("24 clients"; 24; null; picked("a", "b"; "hash"; 3) and by_hash),
	  row("without options: refused by a TIME_WAIT"; 1;
	      refused("plain"; "time-wait-holds-port")),
	  row("SO_REUSEADDR alone starts over them"; 2;
	      bound("s1"; "ok") and .why == "reuseaddr"),
	  row("SO_REUSEPORT alone starts over them, and shares"; 4;
	      bound("s2", "s4"; "ok") and .why == "reuseport"),
	  row("SO_REUSEADDR alone does not share with a listener"; 1;
	      refused("s3"; "listener-holds-port")),
	  row("two binds fail"; 2; bound("plain", "s3"; "EADDRINUSE")),
	  row("s2 and s4 were a group"; 4; in_group("create", "join", "leave"; "s")),
	  row("nine listeners close"; 9; event("listener_close"; { reset: 0 })),
	  endings ];

def answers:
	one("bind"; { comm: "b1" }) as $b1
	| { over: $b1.over_time_wait,
	    b1: $b1.why,
	    b2: one("bind"; { comm: "b2" }).why,
	    plain: result("bind"; "plain"),
	    reuseaddr: result("bind"; "s1"),
	    reuseport: result("bind"; "s2"),
	    beside: result("bind"; "s3") };
