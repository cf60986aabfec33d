#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Inside the VM: plays the matrix and the little programs with the module
# loaded, and leaves what came of it in OUT, for compare.py to read.
#
#     play.sh OUT [OPTION...]      the options are matrix's
set -eu
here=$(dirname "$(readlink -f "$0")")
out=$1
trace=$out/trace
tracing=/sys/kernel/tracing
instance=$tracing/instances/reusetrace
shift

# A copy of tracing's folder in which matrix puts the events.
copy_formats()
{
	local event

	mkdir -p "$trace/events/reusetrace" "$trace/instances/reusetrace/per_cpu"
	cat "$tracing/events/header_page" >"$trace/events/header_page"
	for event in "$tracing"/events/reusetrace/*/; do
		event=$(basename "$event")
		mkdir "$trace/events/reusetrace/$event"
		cat "$tracing/events/reusetrace/$event/format" \
			>"$trace/events/reusetrace/$event/format"
	done
}

# The TIME_WAITs of the matrix are told by other tests.
only_binds()
{
	echo 0 >"$instance/events/reusetrace/enable"
	echo 1 >"$instance/events/reusetrace/bind/enable"
	echo 1 >"$instance/events/reusetrace/bind_conflict/enable"
}

# How each little program ends: "ok", or as Python says it. None as root.
show()
{
	local program ending

	# shellcheck disable=SC2016 # $0 is the inner shell's
	for program in "$here"/shows/*.py; do
		ending=$(unshare --net sh -c 'ip link set lo up &&
			exec setpriv --reuid 1000 --clear-groups python3 "$0"' \
			"$program" 2>&1) && ending=ok
		printf 'show\t%s\t%s\n' "$(basename "$program" .py)" \
			"$(tail -n 1 <<<"$ending")"
	done
}

insmod "$REUSETRACE_KO" buffer_kb=32768
copy_formats
only_binds
"$here/bin/matrix" "$@" "$VM_KERNEL" "$trace" >"$out/cells"
cat /sys/module/reusetrace/parameters/probes >"$trace/probes"
rmmod reusetrace
show >"$out/shows"
