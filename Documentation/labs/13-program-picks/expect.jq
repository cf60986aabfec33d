# SPDX-License-Identifier: GPL-2.0-only
include "lab";

# Each step's clients come from ports of their own thousand.
def step($thousand): connections
	| map(select((.sport / 1000 | floor) == $thousand));
def from($thousand): .type == "steer" and (.sport / 1000 | floor) == $thousand;
def has_answer: .sport % 5 < 4;
def as_told($via): .via == $via and .index == .sport % 5;

def expected:
	[ row("each step has four listeners"; 40; bound("w1", "w2", "w3", "w4"; "ok")),
	  row("and 10 clients with a port of their own"; 50; bound("c"; "ok")),
	  row("groups of four"; 20; in_group("create", "join"; "w")),
	  row("four of them get a program"; 4; in_group("prog-attach"; "w")),
	  row("classic BPF: the listener it says"; 8; null;
	      from(20) and has_answer and as_told("cbpf")),
	  row("classic BPF, by CPU"; 10; null; from(21) and .via == "cbpf"),
	  row("eBPF filter: the listener it says"; 8; null;
	      from(22) and has_answer and as_told("bpf")),
	  row("eBPF and a map: the listener it says"; 8; null;
	      from(23) and has_answer and as_told("bpf")),
	  row("no such listener: the hash picks"; 6; null;
	      (from(20), from(22), from(23)) and (has_answer | not) and by_hash),
	  row("SO_INCOMING_CPU"; 10; null; from(24)
	      and .via == (if kernel_at_least(6; 1) then "incoming-cpu"
			   else "hash" end)),
	  row("they leave"; 20; in_group("leave"; "w")),
	  row("programs go"; 0; null; in_group("prog-detach"; "w")),
	  row("all close"; 20; event("listener_close"; { reset: 0 })),
	  endings ];

def answers:
	{ place: (step(20) | map(select(.sport == 20003)) | .[0].index),
	  "no-such": (step(23) | map(select(has_answer | not))
		      | if length > 0 and all(by_hash) then "hash"
			else "program" end),
	  lost: (50 - (connections | length)),
	  cpu: (step(21) | shares | length),
	  incoming: (step(24) | map(.via) | unique | join(" ")) };
