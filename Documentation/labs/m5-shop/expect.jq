# SPDX-License-Identifier: GPL-2.0-only
include "lab";

def expected:
	[ row("the mirror starts"; 2; bound("mirror"; "ok")),
	  row("the shop meets a connection"; 1;
	      refused("shop"; "connection-holds-port")
	      and .holder.state == "ESTABLISHED"),
	  row("and fails"; 1; bound("shop"; "EADDRINUSE")),
	  row("the mirror closes"; 1; .type == "listener_close"),
	  endings ];

def answers:
	of("bind_conflict")[0] as $conflict
	| $conflict.holder.peer_port as $peer
	| { rule: $conflict.rule,
	    state: $conflict.holder.state,
	    port: $conflict.port,
	    peer: $peer,
	    end: (if any(.[]; bound("mirror"; "ok") and .op == "listen"
			 and .port == $peer)
		  then "client" else "server" end),
	    lacks: (if $conflict.reuseaddr_blocked_by == ["holder-unset"]
		    then "holder" else "shop" end) };
