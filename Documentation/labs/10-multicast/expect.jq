# SPDX-License-Identifier: GPL-2.0-only
include "lab";

def expected:
	[ row("the second without options is refused"; 1;
	      refused("r2"; "udp-socket-holds-port")),
	  row("so is SO_REUSEPORT beside SO_REUSEADDR"; 1;
	      refused("m2"; "udp-socket-holds-port")),
	  row("these two binds fail"; 2; bound("r2", "m2"; "EADDRINUSE")),
	  row("receivers with SO_REUSEADDR"; 3; bound("a1", "a2", "a3"; "ok")),
	  row("receivers with SO_REUSEPORT"; 3; bound("p1", "p2", "p3"; "ok")),
	  row("those that were first"; 2; bound("r1", "m1"; "ok")),
	  row("SO_REUSEPORT makes a group"; 1; in_group("create"; "p")),
	  row("of three"; 2; in_group("join"; "p")),
	  row("which they leave"; 3; in_group("leave"; "p")),
	  row("one pick, for the datagram to 127.0.0.1"; 1;
	      picked("p"; "hash"; 3) and .dst == "127.0.0.1"),
	  row("the senders' own ports"; 0; null;
	      .type == "bind" and .port == 0 and .result == "ok") ];

def answers:
	{ plain: result("bind"; "r2"),
	  reuseaddr: result("bind"; "a3"),
	  reuseport: result("bind"; "p3"),
	  mixed: result("bind"; "m2"),
	  "multicast-picks": (datagrams | map(select(.dst != "127.0.0.1")) | length),
	  "unicast-picks": (datagrams | map(select(.dst == "127.0.0.1")) | length) };
