#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# doctor tells what works, and its commands mend what does not.
set -u
. "$(dirname "$0")/../lib.sh"

instance=/sys/kernel/tracing/instances/reusetrace
tmp=$(mktemp -d)
cd "$tmp" || exit 1

# state CHECK: its first word, of the run before
state()
{
	awk -v name="$1" '$2 == name { print $1 }' doctor.txt
}

# mend CHECK: run the command that stands under it
mend()
{
	bash -c "$(awk -v name="$1" '
		mine && /to mend:/ { sub(/.*to mend: (sudo )?/, ""); print }
		{ mine = $2 == name }' doctor.txt | sed 's/| sudo/|/')" >stdout 2>&1
}

# doctor STATUS NAME: run it
doctor()
{
	reusetrace-view doctor >doctor.txt 2>stderr
	same "$2: exit status" "$1" $?
	same "$2: nothing on stderr" "" "$(cat stderr)"
}

# The debug kernel is built without.
has_btf=
[ ! -e /sys/kernel/btf/vmlinux ] || has_btf=yes

# The module's file against the running kernel's functions.
compares_functions()
{
	cp "$REUSETRACE_KO" reusetrace.ko
	doctor 0 "with the module's file"
	same "the kernel's functions are what it expects" ok \
		"$(state signatures)"
	sed 's/expects=inet_csk_get_port int(sock\*/expects=inet_csk_get_port int(sofa*/' \
		"$REUSETRACE_KO" >reusetrace.ko
	doctor 1 "with one that expects something else"
	same "it is the signatures" FAIL "$(state signatures)"
	contains "by name, and what it is" \
		"inet_csk_get_port is int(sock*, short unsigned int)" \
		"$(cat doctor.txt)"
	same "--json says it, too" fail "$(reusetrace-view doctor --json |
		jq -r '.checks[] | select(.name == "signatures") | .state')"
	rm reusetrace.ko
}

doctor 1 "without the module"
same "the module is missing" FAIL "$(state module)"
contains "and how to load it" "insmod reusetrace.ko" "$(cat doctor.txt)"
for check in kernel kprobes lockdown secure-boot user trace-cmd libraries; do
	same "$check is fine here" ok "$(state $check)"
done
same "btf is where the kernel has it" "$([ "$has_btf" ] && echo ok || echo warn)" \
	"$(state btf)"
contains "the libraries have versions" "libtracefs 1." "$(cat doctor.txt)"

insmod "$REUSETRACE_KO"
umount -a -t tracefs 2>/dev/null
doctor 0 "without tracefs"
same "tracefs is not mounted" warn "$(state tracefs)"
mend tracefs
doctor 0 "with all in place"
for check in tracefs module instance clock buffer; do
	same "$check is fine" ok "$(state $check)"
done
contains "it ends with what matters" "Tracing works" "$(tail -1 doctor.txt)"

reusetrace-view doctor --json >doctor.json
same "--json is one object" 1 "$(jq -s length doctor.json)"
same "it says the same" "$(awk 'NF && $1 ~ /^(ok|warn|FAIL)$/ { print tolower($1), $2 }' doctor.txt)" \
	"$(jq -r '.checks[] | .state + " " + .name' doctor.json)"
same "it says that it works" '[1,"doctor",true]' \
	"$(jq -c '[.v, .type, .works]' doctor.json)"

same "no module's file: the functions were not compared" warn \
	"$(state signatures)"
if [ "$has_btf" ]; then
	compares_functions
else
	skip "the kernel's functions are what it expects" "no BTF in this kernel"
fi

echo 0 >$instance/events/reusetrace/enable
doctor 1 "events switched off"
same "it is the instance" FAIL "$(state instance)"
mend instance
doctor 0 "mended"
echo local >$instance/trace_clock
doctor 0 "another clock"
same "it is the clock" warn "$(state clock)"
mend clock
doctor 0 "mended"
same "it is mono again" ok "$(state clock)"

echo 8 >$instance/buffer_size_kb
python3 -c '
import socket
for _ in range(2000):
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))'
doctor 0 "events lost"
same "it is the buffer" warn "$(state buffer)"
contains "with their number" "events found no room" "$(cat doctor.txt)"

if [ -w /sys/kernel/debug/kprobes/enabled ] ||
	mount -t debugfs debugfs /sys/kernel/debug 2>/dev/null; then
	echo 0 >/sys/kernel/debug/kprobes/enabled
	doctor 1 "kprobes switched off"
	mend kprobes
	doctor 0 "kprobes mended"
else
	skip "kprobes switched off" "debugfs cannot be mounted"
fi

setpriv --reuid 1000 --regid 1000 --clear-groups \
	reusetrace-view doctor >doctor.txt 2>stderr
same "an ordinary user: exit status" 1 $?
same "an ordinary user: it is the user" FAIL "$(state user)"
rmmod reusetrace

insmod "$REUSETRACE_KO" fail_probe=inet_csk_update_fastreuse
doctor 0 "a probe is missing"
same "it is the probes" warn "$(state probes)"
contains "by name" "unavailable: inet_csk_update_fastreuse" "$(cat doctor.txt)"
rmmod reusetrace

mkdir bin
PATH=$tmp/bin "$(command -v reusetrace-view)" doctor >doctor.txt
same "without trace-cmd" warn "$(state trace-cmd)"
contains "what to install" "apt install trace-cmd" "$(cat doctor.txt)"
done_testing
