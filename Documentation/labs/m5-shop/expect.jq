# SPDX-License-Identifier: GPL-2.0-only
include "lab";

def expected:
	[ row("the mirror starts"; 2; bound("mirror"; "ok")),
	  row("the shop meets a connection"; 1;
	      refused("shop"; "connection-holds-port")
	      and .holder.comm == "updater"),
	  row("and fails"; 1; bound("shop"; "EADDRINUSE")),
	  row("the mirror closes"; 0; 1; .type == "listener_close"),
	  endings ];

def answers:
	of("bind_conflict")[0] as $conflict
	| { rule: $conflict.rule,
	    holder: $conflict.holder.comm,
	    port: $conflict.port,
	    peer: $conflict.holder.peer_port,
	    lacks: (if $conflict.reuseaddr_blocked_by == ["holder-unset"]
		    then "holder" else "shop" end) };
