# SPDX-License-Identifier: GPL-2.0-only
include "lab";

def waits($comm; $by):
	event("bind_conflict"; { comm: $comm, op: "bind",
		rule: "time-wait-holds-port", reuseaddr_blocked_by: $by,
		holder: { state: "TIME_WAIT" } });

def expected:
	[ row("s2 meets a TIME_WAIT, and neither has the option"; 1;
	      waits("s2"; ["requester-unset", "holder-unset"])),
	  row("s3 meets one that had not the option"; 1;
	      waits("s3"; ["holder-unset"])),
	  row("s6 has not the option"; 1; waits("s6"; ["requester-unset"])),
	  row("s2, s3 and s6 are refused"; 3;
	      bound("s2", "s3", "s6"; "EADDRINUSE")),
	  row("s1, s4, s5 and s7 bind and listen"; 8;
	      bound("s1", "s4", "s5", "s7"; "ok")),
	  row("they close"; 4; event("listener_close"; { reset: 0 })),
	  row("s1 and s5 leave a TIME_WAIT each"; 2;
	      event("tw_enter"; { port: 9527 })),
	  row("which may have been waiting for the client's end first"; 0; 2;
	      event("tw_state"; { from: "FIN_WAIT2", to: "TIME_WAIT" })),
	  row("where nobody can drop one, a client comes again for a reset"; 0; 1;
	      bound("again"; "ok")),
	  row("the first is dropped"; 1;
	      .type == "tw_exit"
	      and (.reason == "destroyed" or .reason == "reset")) ];

def answers:
	one("bind_conflict"; { comm: "s2" }) as $conflict
	| one("tw_enter"; { port: 9527 }) as $wait
	| { none: result("bind"; "s2"),
	    "new-only": result("bind"; "s3"),
	    after: result("bind"; "s4"),
	    "old-only": result("bind"; "s6"),
	    both: result("bind"; "s7"),
	    state: [$conflict.holder.state, ($conflict.holder.state | gsub("_"; "-"))],
	    seconds: ($wait.timeout_ms / 1000 | round) };
