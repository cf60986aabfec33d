#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# E15, real servers: Debian's nginx, HAProxy, Node.js and gunicorn. Which of
# them give each worker a listener of its own, what happens to clients that wait
# while they are reloaded, and who loses some. In a network namespace of its
# own; needs root and the folder that scripts/servers.sh makes.
# Environment: PORT (9527), WAIT (seconds for each step, 120), SERVERS_ROOT,
# SERVERS (which, and in which order: "nginx haproxy node gunicorn").

WAIT=${WAIT:-120}	# an emulated CPU takes long to start Node.js
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

clients=40
few=12		# of them wait while a server is reloaded
root=${SERVERS_ROOT:-}

# config FILE: standard input becomes /tmp/FILE for the servers.
config() {
	cat >"$root/tmp/$1" || fail "cannot write $root/tmp/$1"
}

# begin NAME COMMAND [ARG...]: a server. Its pipe ends when all of its processes
# have ended, so that finish waits for them all.
begin() {
	local name=$1 in out copy pipe

	say "\$ ${*:2}"
	hold_signals
	open_pipe in
	open_pipe copy
	exec {out}<"/dev/fd/$copy"
	chroot "$root" "${@:2}" <&"$in" >>"$root/tmp/log" 2>&1 &
	pid_of[$name]=$! in_of[$name]=$in out_of[$name]=$out
	exec {copy}>&-
	let_signals
}

# killed NAME: SIGTERM ends it without ceremony, which its status tells.
killed() {
	kill -TERM "${pid_of[$1]}"
	finish "$1" 143
}

# has_listeners N: so many sockets listen on the port.
has_listeners() {
	local lines

	lines=$(ss -Htln "sport = :$PORT") || fail "ss does not work"
	[[ $lines ]] && (($(wc -l <<<"$lines") == $1))
}

# workers_of NAME: its child processes, into the array workers.
workers_of() {
	read -ra workers <"/proc/${pid_of[$1]}/task/${pid_of[$1]}/children"
}

# renewed NAME N: it has N workers, and none of those in the array old.
renewed() {
	local pid

	workers_of "$1"
	((${#workers[@]} == $2)) || return
	for pid in "${old[@]}"; do
		[[ " ${workers[*]} " != *" $pid "* ]] || return
	done
}

# ask NAME N: so many clients at once, one request each.
ask() {
	start "$1" demo-client --http --clients "$2" --quiet \
		--timeout $((WAIT * 1000))
}

# told NAME N: who answered how many of them; how many were lost, into $lost.
told() {
	local -a shares=()
	local status=0

	expect "$1" 'clients: .*, failed: ([0-9]+),'
	lost=${BASH_REMATCH[1]}
	((lost == 0)) || status=1
	expect "$1" '^answered ?'
	read_shares shares "$seen"
	finish "$1" $status
	say "Answered per process: ${shares[*]}. Lost: $lost of $2."
}

# all_answered NAME: none may be lost.
all_answered() {
	ask "$1" $clients
	told "$1" $clients
	((lost == 0)) || fail "all $clients clients were to be answered"
}

# waiting N: so many connections wait, over all listeners of the port.
waiting() {
	local queued count=0

	while read -r _ queued _; do
		((count += queued))
	done < <(ss -Htln "sport = :$PORT")
	((count == $1))
}

# freeze PID...: they stop accepting; clients come and wait.
freeze() {
	kill -STOP "$@"
	ask waits $few
	await waiting $few
}

nginx_config() {
	config nginx.conf <<-EOF
	daemon off;
	pid /tmp/nginx.pid;
	error_log /tmp/nginx.log;
	worker_processes $1;
	events {}
	http {
		access_log off;
		server {
			listen $PORT reuseport;
			location / { return 200 "pid \$pid (nginx) answers\n"; }
		}
	}
	EOF
}

play_nginx() {
	title "nginx, four workers, listen $PORT reuseport"
	say "The master binds and listens four times, once for each worker."
	nginx_config 4
	begin nginx nginx -c /tmp/nginx.conf
	await has_listeners 4
	all_answered c1
	nginx_reload_same
	nginx_reload_fewer
	stop nginx
}

nginx_reload_same() {
	say "A reload (SIGHUP), and to see the worst, while its workers are" \
	    "stopped and $few clients wait in the four queues."
	old=()
	await renewed nginx 4
	old=("${workers[@]}")
	freeze "${old[@]}"
	kill -HUP "${pid_of[nginx]}"
	told waits $few
	((lost == 0)) || fail "nginx was to lose none: the listeners stay"
	kill -CONT "${old[@]}"
	await renewed nginx 4
	say "The master keeps the four listeners open, the new workers take" \
	    "them over: nothing joins, nothing leaves, nobody is lost."
}

nginx_reload_fewer() {
	say "The same reload, but to two workers: two listeners are not needed" \
	    "any more. What about those who wait in them?"
	nginx_config 2
	old=("${workers[@]}")
	freeze "${old[@]}"
	kill -HUP "${pid_of[nginx]}"
	await has_told_old_ones
	kill -CONT "${old[@]}"
	told waits $few
	say "Those whose worker closed its listener before it took them from" \
	    "the queue are reset."
	await renewed nginx 2
	await has_listeners 2
	all_answered c2
}

# The master tells the old workers a moment after it has started the new ones,
# and then waits for signals again (130 is rt_sigsuspend() on x86-64).
has_told_old_ones() {
	local call

	workers_of nginx
	((${#workers[@]} == ${#old[@]} + 2)) || return
	read -r call _ <"/proc/${pid_of[nginx]}/syscall" && [[ $call == 130 ]]
}

haproxy_config() {
	config haproxy.cfg <<-EOF
	global
		nbthread 1
		stats socket /tmp/haproxy.sock mode 600 level admin expose-fd listeners
	defaults
		mode http
		timeout client 20s
		timeout connect 20s
		timeout server 20s
	frontend web
		bind :$PORT
		http-request return status 200 content-type text/plain lf-string "pid %pid (haproxy) answers\n"
	EOF
}

play_haproxy() {
	title "HAProxy, one process; a reload is a new process"
	haproxy_config
	begin h1 haproxy -db -f /tmp/haproxy.cfg
	await has_listeners 1
	all_answered c3
	haproxy_bind_again
	haproxy_pass_sockets
	killed h3
}

haproxy_bind_again() {
	say "The new process binds a listener of its own: HAProxy always sets" \
	    "SO_REUSEPORT, so it joins. Then it asks the old one to leave." \
	    "$few clients wait in the old one's queue at that moment."
	freeze "${pid_of[h1]}"
	begin h2 haproxy -db -f /tmp/haproxy.cfg -sf "${pid_of[h1]}"
	await has_listeners 2
	kill -CONT "${pid_of[h1]}"
	told waits $few
	finish h1 0
	say "The old one closed its listener; those it had not accepted by then" \
	    "were reset, though the new one listened."
	all_answered c4
}

haproxy_pass_sockets() {
	say "With -x the new process asks the old one for its listeners: they" \
	    "are passed as open files (expose-fd listeners)."
	begin h3 haproxy -db -f /tmp/haproxy.cfg -x /tmp/haproxy.sock \
		-sf "${pid_of[h2]}"
	finish h2 0
	say "No bind(), no listener closed: the queue is the same one, and" \
	    "nobody in it is lost."
	has_listeners 1 || fail "the one listener was to stay"
	all_answered c5
}

# Node.js is large, and the virtual machine reads the host's files faster in one
# go than page by page.
read_ahead() {
	cat "$root"/usr/lib/*/lib{node,icu,uv}*.so.* >/dev/null
}

play_node() {
	title "Node.js, a cluster of two workers"
	read_ahead
	config cluster.js <<-EOF
	const cluster = require("cluster"), http = require("http");
	if (cluster.isPrimary)
		for (let i = 0; i < 2; i++) cluster.fork();
	else
		http.createServer((request, answer) => answer.end(
			"pid " + process.pid + " (node) answers\n")).listen($PORT, "0.0.0.0");
	EOF
	begin node env NODE_NO_WARNINGS=1 node /tmp/cluster.js
	await has_listeners 1
	old=()
	await renewed node 2
	say "One listener, bound by the primary process, without SO_REUSEPORT." \
	    "The primary accepts and hands each connection to a worker; the" \
	    "kernel picks nothing."
	all_answered c6
	killed node
}

play_gunicorn() {
	title "gunicorn, four workers, with and without --reuse-port"
	config app.py <<-EOF
	import os
	def app(environ, start_response):
	    start_response("200 OK", [("Content-Type", "text/plain")])
	    return [b"pid %d (gunicorn) answers\n" % os.getpid()]
	EOF
	say "The master binds one listener, and all workers inherit it: whoever" \
	    "is awake first accepts."
	gunicorn_serves g1 c7
	say "With --reuse-port the option is set, and it is still one listener," \
	    "inherited by all: a group of one, so nothing is spread."
	gunicorn_serves g2 c8 --reuse-port
}

# gunicorn_serves NAME CLIENT [OPTION...]
gunicorn_serves() {
	begin "$1" gunicorn --workers 4 --chdir /tmp --bind "0.0.0.0:$PORT" \
		"${@:3}" app:app
	await has_listeners 1
	old=()
	await renewed "$1" 4
	all_answered "$2"
	say "A reload (SIGHUP) starts new workers on the same listener."
	workers_of "$1"
	old=("${workers[@]}")
	kill -HUP "${pid_of[$1]}"
	await renewed "$1" 4
	all_answered "$2b"
	stop "$1"
}

[[ $root && -x $root/usr/sbin/nginx ]] ||
	fail "the servers are not here; use make demo DEMO=e15"
((EUID == 0)) || fail "chroot needs root; use make demo DEMO=e15"
own_namespace
need demo-client
need_tool ss iproute2
: >"$root/tmp/log"
for server in ${SERVERS:-nginx haproxy node gunicorn}; do
	"play_$server"
done
title "E15 went as expected"
say "nginx: a listener each, which the master keeps over a reload; fewer" \
    "workers lose clients. HAProxy: a new listener beside the old, which loses" \
    "those in the old queue, unless the sockets are passed. Node.js and" \
    "gunicorn: one listener for all, with --reuse-port as well."
