#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# make check: every test, on the kernels in $KERNELS; ends with one line
# "N passed, N failed, N skipped". Each suite's TAP is kept in $out.
#
#     run.sh                  all suites
#     run.sh --debug-kernel   the VM tests alone, on a kernel that catches mistakes
#
# As many suites as there are CPUs run at once (RT_JOBS), and are reported in
# the order in which they stand here.
set -u
cd "$(dirname "$0")/.." || exit 1
. scripts/lib.sh

VM_MB=2048		# memory of each virtual machine
JOB_MB=3072		# what a job may take, so that the machine does not swap

kernels=${KERNELS:-6.1}
out=${RT_TEST_OUT:-$(mktemp -d /tmp/reusetrace-check.XXXXXX)}
started=$SECONDS
names=()		# the suites, in order
running=()		# process -> its number in names
statuses=()		# number -> how it ended, once it has
reported=0

log()
{
	printf '== %4d s  %s\n' $((SECONDS - started)) "$*"
}

jobs_at_once()
{
	local mb by_memory cpus

	mb=$(awk '/^MemAvailable/ { print int($2 / 1024) }' /proc/meminfo)
	by_memory=$((mb / JOB_MB))
	cpus=$(nproc)
	echo $((by_memory < 1 ? 1 : by_memory < cpus ? by_memory : cpus))
}

# report NUMBER: what failed and what was skipped; no TAP at all is a failure
report()
{
	local name=${names[$1]} tap=$out/${names[$1]}.tap

	if ! grep -q '^1\.\.' "$tap"; then
		tail -20 "$out/$name.err"
		printf 'not ok 1 - %s ended with status %d and no plan\n1..1\n' \
			"$name" "${statuses[$1]}" >>"$tap"
	fi
	log "$name: $(awk -f tests/tap-summary.awk "$tap" 2>/dev/null)"
	grep -E '^not ok|^#' "$tap" | grep -B 12 '^not ok'
	grep -h '# SKIP' "$tap"
}

# wait_for_one: until a suite has ended; then say what is there to say in order
wait_for_one()
{
	local pid status=0

	wait -n -p pid || status=$?
	statuses[${running[$pid]}]=$status
	unset "running[$pid]"
	while [ -n "${statuses[$reported]:-}" ]; do
		report $reported
		reported=$((reported + 1))
	done
}

# suite NAME COMMAND...: start it, as soon as there is room. The shell makes what
# it runs in the background ignore Ctrl-C: undo that.
suite()
{
	local name=$1

	shift
	[ ${#running[@]} -lt "$jobs" ] || wait_for_one
	log "$name ..."
	env --default-signal=INT,QUIT "$@" >"$out/$name.tap" 2>"$out/$name.err" </dev/null &
	running[$!]=${#names[@]}
	names+=("$name")
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

# vm_suites [OPTION...]
vm_suites()
{
	local series

	for series in $kernels; do
		suite "vm-$series" scripts/vm.sh --kernel "$series" "$@" \
			--timeout 3000 --mem $VM_MB -- tests/vm/run.sh
	done
}

interrupted()
{
	trap - INT TERM
	kill "${!running[@]}" 2>/dev/null
	wait
	exit 130
}

[ "$kernels" != all ] || kernels=$(series_list)
jobs=${RT_JOBS:-$(jobs_at_once)}
trap interrupted INT TERM
log "build"
make -s userspace || { echo "the userspace does not build"; exit 1; }
make -s -C tests/matrix || { echo "the matrix does not build"; exit 1; }
make -s -C tests/bench || { echo "the benchmark's programs do not build"; exit 1; }
if [ "${1:-}" = --debug-kernel ]; then
	kernels=${DEBUG_KERNELS:-6.12}
	vm_suites --debug-kernel
else
	host_suites
	libs_suites
	vm_suites
fi
while [ ${#running[@]} -gt 0 ]; do
	wait_for_one
done

log "done; logs are in $out"
awk -f tests/tap-summary.awk "$out"/*.tap
