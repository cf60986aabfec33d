#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Inside the VM, under --icount: each operation beside each tracer, a line for
# each figure: COLUMN, READER (idle or live), OPERATION, INSTRUCTIONS.
# Usage: columns.sh COLUMN...
# Environment: FLOOR_KO, BENCH_TIMES, BENCH_OPS, BENCH_BIG.
set -u -o pipefail
here=$(dirname "$(readlink -f "$0")")
# shellcheck source=lib.sh
. "$here/lib.sh"
tracing=/sys/kernel/tracing
ours=$tracing/instances/reusetrace
debug=/sys/kernel/debug
times=${BENCH_TIMES:-60}
ready=
ops=${BENCH_OPS:-bind bind6 bind-owners bind-fail pick-tcp pick-udp tw-enter ordinary}

die()
{
	echo "columns.sh: $*" >&2
	exit 1
}

# figures COLUMN READER [OPTION...]
figures()
{
	local column=$1 reader=$2

	shift 2
	# shellcheck disable=SC2086 # a list
	ops_apart "$@" -n "$times" $ops |
		sed "s/^/$column\t$reader\t/" || die "$column: bench-ops failed"
	[ -z "${BENCH_BIG:-}" ] || ops_apart "$@" -n 20 -c "$BENCH_BIG" bind-time-wait |
		sed "s/^/$column\t$reader\t/" || die "$column: bench-ops failed"
}

# ops_apart OPTION...: and then time for the kernel to throw the TIME_WAITs away
ops_apart()
{
	apart "$here/bench-ops" "$@" || return
	sleep 3
}

instance_on()
{
	mkdir -p "$tracing/instances/$1"
	echo mono >"$tracing/instances/$1/trace_clock"
	echo 1 >"$tracing/instances/$1/events/$2/enable"
}

instance_off()
{
	echo 0 >"$tracing/instances/$1/events/$2/enable"
	rmdir "$tracing/instances/$1"
}

column_nothing()
{
	figures nothing idle
}

# floor MODE
floor()
{
	insmod "$FLOOR_KO" mode="$1" || die "the floor module does not load"
	instance_on floor floor
	figures "floor-$1" idle
	instance_off floor floor
	rmmod floor
}

column_floor() { floor event; }
column_empty() { floor empty; }
column_skip() { floor skip; }

# What else could hook a function, for Documentation/performance.md; 6.1 has no fprobes.
column_hooks()
{
	floor regs-empty
	floor regs-event
	floor args-empty
	floor args-event
	! grep -qw register_fprobe /proc/kallsyms || {
		floor fprobe-empty
		floor fprobe-event
	}
}

# live COMMAND...: a reader; it is there when $ready of its output or files is. The
# shell has what it starts in the background ignore SIGINT, cat for good. Those of
# the peers are woken, inside some operations and not others: so -d with them.
live()
{
	env --default-signal=INT "$@" >"$reader_out" 2>&1 </dev/null &
	reader=$!
	until is_ready; do
		kill -0 "$reader" 2>/dev/null || die "$1 ended: $(tail -3 "$reader_out")"
		sleep 0.1
	done
	# What it still has to do before it comes to rest.
	sleep 2
}

is_ready()
{
	grep -qs "$ready" "$reader_out" || {
		find "/proc/$reader/fd" -lname "*$ready*" 2>/dev/null | grep -q .
	}
}

unlive()
{
	kill -INT "$reader"
	wait "$reader"
	: >"$reader_out"
}

column_reusetrace()
{
	insmod "$REUSETRACE_KO"
	figures reusetrace idle
	ready=trace_pipe_raw live reusetrace-view --json
	figures reusetrace live
	unlive
	rmmod reusetrace
}

# Without the second write: a viewer, and the module's own instance switched off.
column_alone()
{
	insmod "$REUSETRACE_KO"
	ready=trace_pipe_raw live reusetrace-view --json
	echo 0 >"$ours/events/reusetrace/enable"
	figures alone live
	unlive
	rmmod reusetrace
}

column_excluded()
{
	insmod "$REUSETRACE_KO" ports=1
	figures excluded idle
	rmmod reusetrace
}

column_off()
{
	insmod "$REUSETRACE_KO"
	echo 0 >"$ours/events/reusetrace/enable"
	figures off idle
	rmmod reusetrace
}

# Picks by member and no event of them; then with the viewer that shows them.
column_counting()
{
	insmod "$REUSETRACE_KO"
	exec 9<"$debug/reusetrace/picks_silent"
	figures counting idle
	exec 9<&-
	ready=picks_silent live reusetrace-view --count --json
	figures counting live
	unlive
	rmmod reusetrace
}

# ftrace's own probes, with the arguments that they can read.
column_kprobe_events()
{
	local enter=inet_twsk_hashdance

	grep -qw "t $enter\|T $enter" /proc/kallsyms || enter=inet_twsk_hashdance_schedule
	cat >"$tracing/kprobe_events" <<-EOF
	p:rt/bind inet_csk_get_port sk=\$arg1:x64 port=\$arg2:u16 reuse=+19(\$arg1):u8 family=+16(\$arg1):u16 addr=+4(\$arg1):x32
	r64:rt/bound inet_csk_get_port result=\$retval:s32
	p:rt/pick reuseport_select_sock sk=\$arg1:x64 hash=\$arg2:u32 skb=\$arg3:x64
	r64:rt/picked reuseport_select_sock sk=\$retval:x64
	p:rt/enter $enter tw=\$arg1:x64 port=+14(\$arg1):u16 addr=+4(\$arg1):x32 peer=+0(\$arg1):x32
	p:rt/exit inet_twsk_kill tw=\$arg1:x64 port=+14(\$arg1):u16 addr=+4(\$arg1):x32 peer=+0(\$arg1):x32
	EOF
	instance_on kprobes rt
	figures kprobe-events idle
	ready=trace_pipe live cat "$tracing/instances/kprobes/trace_pipe"
	figures kprobe-events live -d
	unlive
	instance_off kprobes rt
	echo >"$tracing/kprobe_events"
}

# bpftrace_column NAME SCRIPT
bpftrace_column()
{
	ready='is ready' live bpftrace -e "BEGIN { printf(\"is ready\\n\"); } $2"
	figures "$1" live -d
	unlive
}

column_bpftrace_print()
{
	# shellcheck disable=SC2016 # bpftrace's own
	bpftrace_column bpftrace-print '
kretfunc:inet_csk_get_port {
	printf("%d %s port=%d result=%d family=%d reuse=%d addr=%x cookie=%d\n", pid, comm,
		args->snum, retval, args->sk->__sk_common.skc_family,
		args->sk->sk_protocol, args->sk->__sk_common.skc_rcv_saddr,
		args->sk->__sk_common.skc_cookie.counter); }
kretfunc:reuseport_select_sock { printf("pick hash=%x sk=%d size=%d from=%d\n",
	args->hash, retval->__sk_common.skc_cookie.counter,
	args->sk->sk_reuseport_cb->num_socks, args->sk->__sk_common.skc_num); }
kfunc:inet_twsk_kill { printf("exit port=%d peer=%x substate=%d\n",
	args->tw->__tw_common.skc_num, args->tw->__tw_common.skc_daddr,
	args->tw->tw_substate); }'
}

column_bpftrace_errno()
{
	bpftrace_column bpftrace-errno \
		'kretfunc:inet_csk_get_port { printf("%d %s %d\n", pid, comm, retval); }'
}

column_bpftrace_count()
{
	bpftrace_column bpftrace-count '
kretfunc:inet_csk_get_port { @bind[retval] = count(); }
kretfunc:reuseport_select_sock { @pick[retval->__sk_common.skc_cookie.counter] = count(); }
kfunc:inet_twsk_kill { @exit = count(); }'
}

# expert NAME OBJECT: once while its reader only has it loaded
expert()
{
	ready='^ready' live "$here/obj/expert" "$here/obj/$2.bpf.o" -i
	figures "$1" idle
	kill_reader
	ready='^ready' live "$here/obj/expert" "$here/obj/$2.bpf.o"
	figures "$1" live -d
	kill_reader
}

kill_reader()
{
	kill -KILL "$reader"
	wait "$reader" 2>/dev/null
	: >"$reader_out"
}

column_libbpf() { expert libbpf expert; }
column_libbpf_same() { expert libbpf-same same; }

# It looks at inet_bind(), which newer kernels do not call.
column_bindsnoop()
{
	local counted

	ready='bpf' live /usr/sbin/bindsnoop
	counted=$(ops='bind bind6 bind-owners bind-fail' figures bindsnoop live -d)
	kill -INT "$reader"
	wait "$reader"
	if grep -q bench-ops "$reader_out"; then
		echo "$counted"
	else
		printf 'bindsnoop\tabsent\tit tells of no bind on this kernel\n'
	fi
	: >"$reader_out"
}

reader_out=$(mktemp)
mountpoint -q "$tracing" 2>/dev/null || mount -t tracefs tracefs "$tracing"
mountpoint -q "$debug" || mount -t debugfs debugfs "$debug"
ip link set lo up
for column; do
	"column_$column"
done
