#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Inside the VM, under --icount: the highest steady rate of events that a live
# reader takes without loss, on one CPU that it shares with what makes the events,
# which goes first. A line for each reader: its name, its instructions for an
# event, what the event's maker takes for one, the highest rate without loss, the
# lowest with.
# Usage: rate_vm.sh [READER...]
set -u -o pipefail
here=$(dirname "$(readlink -f "$0")")
instances=/sys/kernel/tracing/instances
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
kb=512			# of buffer; the same for all
seconds=1		# at once: the buffer is a twentieth of what comes
slow=5000		# events a second that every reader takes
per_second=1000000000
int="env --default-signal=INT"	# which the shell has background jobs ignore

die()
{
	echo "rate_vm.sh: $*" >&2
	exit 1
}

# The readers: how each is started, and where its output goes.
reader_text() { exec $int reusetrace-view -v -e steer -b $kb >/dev/null; }
reader_file() { exec $int reusetrace-view -v -e steer -b $kb >"$tmp/out"; }
reader_json() { exec $int reusetrace-view --json -e steer -b $kb >/dev/null; }
reader_record()
{
	exec $int trace-cmd record -B reusetrace -e reusetrace:steer -b $kb -o "$tmp/out" >/dev/null
}
reader_stream()
{
	exec $int trace-cmd stream -B reusetrace -e reusetrace:steer -b $kb >/dev/null
}

# The viewer makes an instance of its own.
instance()
{
	local own=("$instances/reusetrace.$reader"*)

	[ -d "${own[0]}" ] && echo "${own[0]}" || echo $instances/reusetrace
}

is_reading()
{
	find /proc/"$reader"/fd /proc/[0-9]*/fd -lname '*trace_pipe_raw' 2>/dev/null | grep -q .
}

start()
{
	("reader_$1") 2>"$tmp/err" </dev/null &
	reader=$!
	until is_reading; do
		kill -0 $reader || die "$1 ended: $(tail -3 "$tmp/err")"
		sleep 0.1
	done
	sleep 3
}

stop()
{
	kill -INT $reader
	wait $reader
	rm -f "$tmp/out"
}

# What it and its children had of the CPU, in nanoseconds.
ran()
{
	local child

	cat /proc/$reader/schedstat >"$tmp/ran"
	for child in $(pgrep -P $reader); do
		cat "/proc/$child/schedstat" >>"$tmp/ran"
	done
	awk '{ sum += $1 } END { printf "%d\n", sum }' "$tmp/ran"
}

lost()
{
	awk '/overrun|dropped/ { sum += $NF } END { print sum }' "$(instance)"/per_cpu/cpu*/stats
}

# trial RATE: true when nothing was lost. Then the reader catches up.
trial()
{
	local before

	before=$(lost)
	"$here/bin/rate" "$1" $seconds >"$tmp/made" || die "the load failed"
	sleep 3
	[ "$(lost)" = "$before" ]
}

# calibrate: what an event takes the reader and its maker
calibrate()
{
	local before

	before=$(ran)
	trial $slow
	cost=$((($(ran) - before) / (slow * seconds)))
	made=$(awk '{ print int($3 / $1) }' "$tmp/made")
}

# search RATE: up or down from there, by a twentieth
search()
{
	local rate=$1

	most=0 least=0
	if trial "$rate"; then
		until [ $least != 0 ]; do
			most=$rate
			rate=$((rate * 21 / 20))
			trial $rate || least=$rate
		done
	else
		until [ $most != 0 ]; do
			least=$rate
			rate=$((rate * 20 / 21))
			! trial $rate || most=$rate
		done
	fi
}

measure()
{
	start "$1"
	calibrate
	search $((per_second * 19 / (20 * (cost + made))))
	stop
	printf '%s\t%d\t%d\t%d\t%d\n' "$1" "$cost" "$made" "$most" "$least"
}

readers=("$@")
[ $# -gt 0 ] || readers=(text file json record stream)
ip link set lo up
insmod "$REUSETRACE_KO" buffer_kb=$kb
for name in "${readers[@]}"; do
	measure "$name"
done
rmmod reusetrace
