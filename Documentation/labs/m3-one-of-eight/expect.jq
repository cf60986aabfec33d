# SPDX-License-Identifier: GPL-2.0-only
include "lab";

def expected:
	[ row("eight workers bind"; 8; .type == "bind" and .result == "ok"
	      and (.comm | test("^w[1-8]$"))),
	  row("they make a group"; 1; in_group("create"; "w")),
	  row("of eight"; 7; in_group("join"; "w")),
	  row("each message is a pick, of eight, by the hash"; 80;
	      picked("w"; "hash"; 8) and by_hash),
	  row("the sender's own port"; 0; 1; bound("gateway"; "ok")),
	  row("they leave"; 0; 8; in_group("leave"; "w")) ];

def answers:
	datagrams as $all
	| { members: ($all | map(.size) | max),
	    by: ($all | map(.via) | unique | join(" ")),
	    worker: $all[0].owner.comm,
	    hashes: ($all | map(.hash) | unique | length),
	    sources: ($all | map([.src, .sport]) | unique | length) };
