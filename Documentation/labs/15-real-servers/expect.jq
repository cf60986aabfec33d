# SPDX-License-Identifier: GPL-2.0-only
include "lab";

def listens($comm): of("bind")
	| map(select(.comm == $comm and .op == "listen" and .result == "ok"));
def closes($comm): of("listener_close") | map(select(.comm == $comm));

def expected:
	[ row("nginx: four listeners"; 8; null; bound("nginx"; "ok")),
	  row("HAProxy: one, and one beside it"; 4;
	      bound("haproxy"; "ok") and .proto == "tcp"),
	  row("which tries a UDP socket at each start"; 0; null;
	      bound("haproxy"; "ok") and .proto == "udp"),
	  row("gunicorn: one, twice"; 4; null; bound("gunicorn"; "ok")),
	  row("groups"; 1; null; .type == "group"),
	  row("picks"; 100; null; .type == "steer"),
	  row("listeners close"; 6; null; .type == "listener_close"),
	  row("half-open connections cannot move"; 0; null;
	      event("migrate"; { result: "failed" })),
	  endings ];

# The last two listeners of nginx close when it ends, the others before.
def answers:
	(listens("gunicorn") | .[-1].cookie) as $last
	| (listens("haproxy") | .[0].n) as $next
	| (closes("nginx") | map(select(.n < $next)) | length) as $nginx
	| { nginx: (listens("nginx") | length),
	    fewer: ($nginx - 2),
	    haproxy: ((listens("haproxy") | .[1].cookie) as $second
		      | one("bind"; { op: "bind", cookie: $second }).why
		      | if endswith("reuseport") then ["reuseport", .]
			else . end),
	    "haproxy-reset": (closes("haproxy") | any(.reset > 0)),
	    "haproxy-listens": (listens("haproxy") | length),
	    gunicorn: (connections | map(select(.cookie == $last).size) | max) };
