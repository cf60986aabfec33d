# SPDX-License-Identifier: GPL-2.0-only
include "lab";

# blocked($comm; $proto; $option; $by): whose option was not there in time.
def blocked($comm; $proto; $option; $by):
	event("bind_conflict"; { comm: $comm, proto: $proto })
	and .["\($option)_blocked_by"] == [$by];

def expected:
	[ row("TCP, only the first has SO_REUSEPORT"; 1;
	      blocked("s2"; "tcp"; "reuseport"; "requester-unset")),
	  row("TCP, only the second has it"; 1;
	      blocked("s4"; "tcp"; "reuseport"; "holder-unset")),
	  row("UDP, only the first has SO_REUSEADDR"; 1;
	      blocked("s2"; "udp"; "reuseaddr"; "requester-unset")),
	  row("UDP, only the second has it"; 1;
	      blocked("s4"; "udp"; "reuseaddr"; "holder-unset")),
	  row("TCP, the second has it after its bind()"; 1;
	      blocked("s8"; "tcp"; "reuseport"; "requester-unset")),
	  row("these five binds fail"; 5;
	      bound("s2", "s4", "s8"; "EADDRINUSE")),
	  row("both have it"; 3; bound("s6"; "ok")
	      and (.why == "reuseport" or .why == "reuseaddr")),
	  row("the first has it after its bind()"; 2;
	      bound("s10"; "ok") and .why == "reuseport"),
	  row("those that were first start"; 13;
	      bound("s1", "s3", "s5", "s7", "s9"; "ok")),
	  row("groups"; 1; null; .type == "group"),
	  row("clients of the last two"; 24; null; picked("s"; "hash"; 2)),
	  row("listeners close"; 7; event("listener_close"; { reset: 0 })),
	  endings ];

def outcome($comm; $proto): one("bind"; { comm: $comm, proto: $proto }).result;

def answers:
	{ "first-only": outcome("s2"; "tcp"),
	  "second-only": outcome("s4"; "tcp"),
	  both: outcome("s6"; "tcp"),
	  "udp-both": outcome("s6"; "udp"),
	  "second-late": outcome("s8"; "tcp"),
	  "first-late": outcome("s10"; "tcp") };
