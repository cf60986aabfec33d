# SPDX-License-Identifier: GPL-2.0-only
include "lab";

def expected:
	[ row("two servers with SO_REUSEADDR"; 2; bound("s1", "s2"; "ok")),
	  row("four with SO_REUSEPORT"; 4; bound("w1", "w2", "w3", "w4"; "ok")),
	  row("make a group"; 1; in_group("create"; "w")),
	  row("of four"; 3; in_group("join"; "w")),
	  row("each datagram to them is a pick"; 60;
	      picked("w"; "hash"; 4) and .proto == "udp" and by_hash),
	  row("they leave"; 4; in_group("leave"; "w")),
	  row("the senders' own ports"; 0; null;
	      bound("c1", "c2", "c3", "c4"; "ok")) ];

def answers:
	(of("group") | .[0].n) as $group
	| (datagrams | group_by(.sport)) as $senders
	| { second: result("bind"; "s2"),
	    "early-picks": (datagrams | map(select(.n < $group)) | length),
	    "late-picks": (datagrams | map(select(.n > $group)) | length),
	    members: (datagrams | shares | length),
	    "one-sender": ($senders | max_by(length) | shares | length),
	    joins: (if of("bind") | any(.op == "listen") then "listen" else "bind" end) };
