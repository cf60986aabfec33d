#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Wrong use of the module and the viewer: one clear sentence, the contract's
# exit status, nothing left behind.
set -u
. "$(dirname "$0")/../lib.sh"

instance=/sys/kernel/tracing/instances/reusetrace
params=/sys/module/reusetrace/parameters

# refused NAME STATUS WORDS COMMAND...: that status, one line on stderr with
# these words, nothing on stdout
refused()
{
	local name=$1 want=$2 words=$3 out err status

	shift 3
	out=$("$@" 2>/tmp/stderr </dev/null)
	status=$?
	err=$(cat /tmp/stderr)
	same "$name: exit status" "$want" "$status"
	contains "$name: says what is wrong" "$words" "$err"
	same "$name: in one line" 1 "$(printf '%s\n' "$err" | wc -l)"
	same "$name: prints nothing else" "" "$out"
}

as_user()
{
	setpriv --reuid 1000 --regid 1000 --clear-groups "$@"
}

fails()
{
	! "$@" 2>/tmp/stderr
}

# The viewer without the module.
refused "viewer without module" 1 "insmod" reusetrace-view
refused "unknown option" 2 "--nosuch" reusetrace-view --nosuch
refused "unknown event" 2 "nosuch" reusetrace-view -e nosuch
refused "port too large" 2 "70000" reusetrace-view -P 70000
refused "port not a number" 2 "http" reusetrace-view -P http
refused "unknown rule" 2 "nosuch" reusetrace-view explain nosuch
refused "report of nothing" 1 "/nonexistent" reusetrace-view report /nonexistent

# The module, loaded wrongly.
for ports in 70000 0 80,,81 http 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17; do
	check "ports=$ports is refused" \
		fails insmod "$REUSETRACE_KO" "ports=$ports"
	check "ports=$ports: the log says why" \
		bash -c 'dmesg | tail -3 | grep -q "reusetrace: ports="'
	check "ports=$ports: no instance is left" [ ! -e "$instance" ]
done

check "buffer_kb=0 is refused" fails insmod "$REUSETRACE_KO" buffer_kb=0
check "buffer_kb=0: no instance is left" [ ! -e "$instance" ]

insmod "$REUSETRACE_KO" ports=80,443
same "ports can be read" "80,443" "$(cat $params/ports)"
check "a bad list is refused while loaded" \
	fails bash -c "echo 80,x >$params/ports"
same "and the old one stays" "80,443" "$(cat $params/ports)"
echo "" >$params/ports
same "an empty list means all" "" "$(cat $params/ports)"
check "insmod twice fails" fails insmod "$REUSETRACE_KO"
contains "insmod twice: says so" "File exists" "$(cat /tmp/stderr)"
check "and the first stays" [ -d "$instance" ]
same "the clock is mono" "[mono]" \
	"$(grep -o '\[[a-z_]*\]' $instance/trace_clock)"
same "events are on in the instance" 1 \
	"$(cat $instance/events/reusetrace/enable)"
same "and nowhere else" 0 \
	"$(cat /sys/kernel/tracing/events/reusetrace/enable)"
check "users do not see the instance" fails as_user ls "$instance"
check "users do not see the probes" fails as_user cat "$params/probes"

refused "viewer without root" 1 "root" as_user reusetrace-view
refused "COMMAND not found" 127 "/nonexistent" \
	reusetrace-view -- /nonexistent
refused "COMMAND not executable" 126 "/etc/passwd" \
	reusetrace-view -- /etc/passwd
reusetrace-view -q -- sh -c 'exit 7'
same "COMMAND's status is passed on" 7 $?
reusetrace-view -q -- sh -c 'kill -TERM $$'
same "128+N for a signal" 143 $?
check "stdout closed is quiet" bash -c '
	reusetrace-view --json -- sh -c "for i in \$(seq 1000); do echo line; done" \
		2>/tmp/stderr | head -1 >/dev/null
	[ ! -s /tmp/stderr ]'
reusetrace-view --json -- true >/dev/full 2>/tmp/stderr
same "a full disk: exit status" 1 $?
contains "a full disk: says so" "No space left" "$(cat /tmp/stderr)"
same "a full disk: no instance is left" reusetrace \
	"$(ls /sys/kernel/tracing/instances)"
out=$(reusetrace-view -q --timestamp=none -- \
	sh -c 'sleep 1000 & echo "$!"' 2>/tmp/stderr)
same "COMMAND leaves something running: exit status" 0 $?
check "it still runs, and nobody waited for it" kill "${out##* }"
same "COMMAND floods its output" 20000 "$(reusetrace-view --json -- \
	seq 20000 | grep -c '"output"')"
unshare --net sleep 1000 &
gone=$!
until netns=$(readlink /proc/$gone/ns/net | tr -dc 0-9) &&
	[ "$netns" != "$(readlink /proc/$$/ns/net | tr -dc 0-9)" ]; do
	sleep 0.1
done
check "a namespace that vanishes" bash -c '
	reusetrace-view -q -N "$1" -- sh -c "kill $2; sleep 1"' - "$netns" $gone
wait $gone 2>/dev/null
refused "a namespace that has vanished" 2 "no network namespace there" \
	reusetrace-view -N $gone
mountpoint -q /sys/fs/cgroup || mount -t cgroup2 none /sys/fs/cgroup
refused "a control group that is not there" 2 "no control group there" \
	reusetrace-view -c /nosuch.slice -- echo
check "rmmod works" rmmod reusetrace
check "rmmod leaves no instance" [ ! -e "$instance" ]

# Without tracefs mounted anywhere.
umount -a -t tracefs 2>/dev/null
check "insmod needs no tracefs mounted" insmod "$REUSETRACE_KO"
check "rmmod neither" rmmod reusetrace
mount -t tracefs nodev /sys/kernel/tracing 2>/dev/null
check "and leaves no instance" [ ! -e "$instance" ]

# A reader keeps the instance, not the module.
insmod "$REUSETRACE_KO"
exec 9<"$instance/trace_pipe"
check "rmmod works under a reader" rmmod reusetrace
exec 9<&-
check "the instance stays" [ -e "$instance" ]
check "the next insmod takes it up" insmod "$REUSETRACE_KO"
rmmod reusetrace
check "and its rmmod removes it" [ ! -e "$instance" ]

# A kernel without one of the functions.
insmod "$REUSETRACE_KO" fail_probe=inet_csk_update_fastreuse
contains "a missing probe is in the log" \
	"cannot probe inet_csk_update_fastreuse" "$(dmesg)"
check "and in the list of probes" \
	grep -qP '^inet_csk_update_fastreuse\tkprobe\tunavailable' "$params/probes"
summary=$(reusetrace-view --json -- python3 -c '
import socket
socket.socket().bind(("127.0.0.1", 0))' 2>/tmp/stderr | tail -1)
contains "the viewer says what will not be seen" \
	"why a TCP bind was allowed" "$(cat /tmp/stderr)"
same "the summary names it" '["inet_csk_update_fastreuse"]' \
	"$(jq -c .unavailable <<<"$summary")"
same "the rest works" 1 "$(jq .events.bind <<<"$summary")"
rmmod reusetrace

same "nothing but notices of ours is in the log" "" \
	"$(dmesg --level=emerg,alert,crit | grep -v reusetrace)"
done_testing
