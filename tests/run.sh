#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# make check: every test, on the kernels in $KERNELS; ends with one line
# "N passed, N failed, N skipped". Each suite's TAP is kept in $out.
#
#     run.sh                  all suites
#     run.sh --debug-kernel   the VM tests alone, on kernels that catch mistakes,
#                             $DEBUG_KERNELS (6.12)
#     run.sh --stress         stress.t alone with $RT_CYCLES (200) cycles, on
#                             $KERNELS and on the debug kernels in $DEBUG_KERNELS
#     run.sh --steer          10,000 picks by TCP and by UDP, a flood of 100,000,
#                             1,000 members, 50 network namespaces, 4,200 counted
#     run.sh --timewait       5,000 TIME_WAITs, and 100,000 alive at once
#
# Two suites for each CPU run at once (RT_JOBS), with all suites three: the virtual
# machines take longest and are the first, and what they leave of the CPUs while
# they wait is for the others. Each is reported when it has ended.
set -u
cd "$(dirname "$0")/.." || exit 1
. scripts/lib.sh

VM_MB=2048		# memory of each virtual machine
JOB_MB=3072		# what a job may take, so that the machine does not swap
SLICE=30		# milliseconds of a job's turn on a CPU, see tests/slice.py
LIMIT=3000		# seconds for each virtual machine,
LONG_LIMIT=10000	# and for debug kernels, which are slow, and long stress

kernels=${KERNELS-6.1}
out=${RT_TEST_OUT:-$(mktemp -d /tmp/reusetrace-check.XXXXXX)}
started=$SECONDS
running=()		# process -> the suite's name

log()
{
	printf '== %4d s  %s\n' $((SECONDS - started)) "$*"
}

# jobs_at_once FOR_EACH_CPU
jobs_at_once()
{
	local mb by_memory by_cpus

	mb=$(awk '/^MemAvailable/ { print int($2 / 1024) }' /proc/meminfo)
	by_memory=$((mb / JOB_MB))
	by_cpus=$(($1 * $(nproc)))
	echo $((by_memory < 1 ? 1 : by_memory < by_cpus ? by_memory : by_cpus))
}

# report NAME STATUS: what failed and what was skipped; no TAP at all is a failure
report()
{
	local name=$1 tap=$out/$1.tap

	if ! grep -q '^1\.\.' "$tap"; then
		tail -20 "$out/$name.err"
		printf 'not ok 1 - %s ended with status %d and no plan\n1..1\n' \
			"$name" "$2" >>"$tap"
	fi
	log "$name: $(awk -f tests/tap-summary.awk "$tap" 2>/dev/null)"
	grep -E '^not ok|^#' "$tap" | grep -B 12 '^not ok'
	grep -h '# SKIP' "$tap"
}

# wait_for_one: until a suite has ended
wait_for_one()
{
	local pid status=0

	wait -n -p pid || status=$?
	report "${running[$pid]}" $status
	unset "running[$pid]"
}

# suite NAME COMMAND...: start it, as soon as there is room. The shell makes what
# it runs in the background ignore Ctrl-C: undo that.
suite()
{
	local name=$1

	shift
	[ ${#running[@]} -lt "$jobs" ] || wait_for_one
	log "$name ..."
	env --default-signal=INT,QUIT tests/slice.py $SLICE "$@" \
		>"$out/$name.tap" 2>"$out/$name.err" </dev/null &
	running[$!]=$name
}

host_suites()
{
	suite lint tests/lint.sh
	suite headers tests/headers.t
	suite cache tests/cache.t
	suite runner tests/runner.t
	suite unit make -s -C userspace check-unit
	suite labs tests/labs/replay.t
	suite labs-tool tests/labs/tool.t
	suite unit-asan make -s -C userspace check-unit SAN=1
	# Counted on the series that the budgets are for.
	[[ " $kernels " != *" 6.1 "* ]] || suite bench tests/bench/guard.t
}

# The libraries of each other Debian suite; "unit" had this machine's own.
libs_suites()
{
	local series

	for series in $kernels; do
		series_row "$series"
		[ "$ROW_SUITES" = "$(host_suite)" ] ||
			suite "libs-${ROW_SUITES%%,*}" scripts/in-root.sh "$series" tests/libs.t
	done
}

# vm_suite NAME SERIES [OPTION...] -- COMMAND...
vm_suite()
{
	suite "$1" scripts/vm.sh --kernel "$2" --timeout $LIMIT --mem $VM_MB "${@:3}"
}

vm_suites()
{
	local series

	for series in $kernels; do
		vm_suite "vm-$series" "$series" -- tests/vm/run.sh
	done
}

debug_suites()
{
	local series

	for series in ${DEBUG_KERNELS:-6.12}; do
		vm_suite "debug-$series" "$series" --debug-kernel --timeout $LONG_LIMIT \
			-- tests/vm/run.sh
	done
}

stress_suites()
{
	local command series

	command=(env RT_CYCLES="${RT_CYCLES:-200}" RT_TEST_LIMIT=$((LONG_LIMIT - 500))
		tests/vm/run.sh tests/vm/stress.t)
	for series in $kernels; do
		vm_suite "stress-$series" "$series" --timeout $LONG_LIMIT -- "${command[@]}"
	done
	for series in ${DEBUG_KERNELS:-}; do
		vm_suite "stress-debug-$series" "$series" --debug-kernel \
			--timeout $LONG_LIMIT -- "${command[@]}"
	done
}

steer_suites()
{
	local series

	for series in $kernels; do
		vm_suite "steer-$series" "$series" -- env RT_TEST_LIMIT=$LIMIT \
			RT_STEER_COUNT=1250 RT_FLOOD=100000 RT_BPF_CLIENTS=500 \
			RT_MIGRATE_CLIENTS=200 RT_MEMBERS=1000 RT_NAMESPACES=50 \
			RT_COUNT_CROWD=4200 \
			tests/vm/run.sh tests/vm/steer.t tests/vm/steer_bpf.t \
			tests/vm/steer_bad.t tests/vm/migrate.t tests/vm/count.t
	done
}

# The crowd is on a clock that counts instructions, or the first are gone before
# the last begin.
timewait_suites()
{
	local series

	for series in $kernels; do
		vm_suite "timewait-$series" "$series" -- env RT_TEST_LIMIT=$LIMIT \
			RT_TW_COUNT=5000 \
			tests/vm/run.sh tests/vm/timewait.t tests/vm/timewait_exits.t
		vm_suite "timewait-crowd-$series" "$series" --icount \
			--timeout $LONG_LIMIT -- env RT_TEST_LIMIT=$LONG_LIMIT \
			RT_TW_CROWD=100000 tests/vm/run.sh tests/vm/timewait_crowd.t
	done
}

interrupted()
{
	trap - INT TERM
	kill "${!running[@]}" 2>/dev/null
	wait
	exit 130
}

[ "$kernels" != all ] || kernels=$(series_list | xargs)
jobs=${RT_JOBS:-$(jobs_at_once $((${#} ? 2 : 3)))}
trap interrupted INT TERM
log "build"
make -s userspace || { echo "the userspace does not build"; exit 1; }
for programs in tests/matrix tests/steer tests/stress tests/bench; do
	make -s -C $programs || { echo "$programs does not build"; exit 1; }
done
case ${1:-} in
--debug-kernel) debug_suites ;;
--stress) stress_suites ;;
--steer) steer_suites ;;
--timewait) timewait_suites ;;
*)
	vm_suites
	host_suites
	libs_suites
	;;
esac
while [ ${#running[@]} -gt 0 ]; do
	wait_for_one
done

log "done; logs are in $out"
awk -f tests/tap-summary.awk "$out"/*.tap
