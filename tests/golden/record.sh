#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Records a golden trace: runs PROGRAM in the VM with the module loaded and
# copies the tracing folder, in small, to DIR.
#
#     tests/golden/record.sh DIR [PROGRAM [ARG...]]
#
# Afterwards: tests/golden/variants.py, then tests/golden/run.sh --update, and
# read what changed.
set -eu
here=$(dirname "$(readlink -f "$0")")

# In the VM.
record()
{
	local out=$1 tracing=/sys/kernel/tracing instance cpu to

	shift
	insmod "$REUSETRACE_KO"
	[ -d $tracing/events ] || mount -t tracefs tracefs $tracing
	"$@"
	instance=$tracing/instances/reusetrace
	for cpu in "$instance"/per_cpu/cpu*; do
		to=$out/instances/reusetrace/per_cpu/$(basename "$cpu")
		mkdir -p "$to"
		dd if="$cpu/trace_pipe_raw" of="$to/trace_pipe_raw" bs=4096 \
			iflag=nonblock 2>/dev/null || true
	done
	mkdir -p "$out/events/reusetrace"
	cat $tracing/events/header_page >"$out/events/header_page"
	for event in "$tracing"/events/reusetrace/*/; do
		to=$out/events/reusetrace/$(basename "$event")
		mkdir -p "$to"
		cat "$event/format" >"$to/format"
	done
	cat /sys/module/reusetrace/parameters/probes >"$out/probes"
}

case ${1:---help} in
--in-vm)
	shift
	record "$@"
	;;
-*)
	sed -n '3,9s/^# \{0,1\}//p' "$0"
	;;
*)
	dir=$1
	shift
	[ $# -gt 0 ] || set -- "$here/scenario.py"
	tmp=$(mktemp -d)
	trap 'rm -rf "$tmp"' EXIT
	# shellcheck disable=SC2016 # VM_OUT is the VM's
	"$here/../../scripts/vm.sh" --timeout 120 --out "$tmp" -- \
		sh -c 'exec "$0" --in-vm "$VM_OUT" "$@"' "$here/record.sh" "$@"
	rm -rf "$dir"
	mkdir -p "$(dirname "$dir")"
	cp -r "$tmp" "$dir"
	chmod -R u=rwX,go=rX "$dir"
	;;
esac
