# SPDX-License-Identifier: GPL-2.0-only
include "lab";

def expected:
	[ row("blue and green bind, and blue listens"; 3;
	      bound("blue", "green"; "ok")),
	  row("green meets the listener"; 1;
	      refused("green"; "listener-holds-port") and .op == "listen"),
	  row("and fails"; 1; bound("green"; "EADDRINUSE")),
	  row("blue closes"; 0; 1; event("listener_close"; { reset: 0 })) ];

def answers:
	of("bind_conflict")[0] as $conflict
	| { call: $conflict.op,
	    rule: $conflict.rule,
	    holder: $conflict.holder.comm,
	    bound: one("bind"; { comm: "green", op: "bind" }).result,
	    allowed: one("bind"; { comm: "green", op: "bind" }).why };
