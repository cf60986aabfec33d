#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# make check: every test, on the kernels in $KERNELS; ends with one line
# "N passed, N failed, N skipped". Each suite's TAP is kept in $out.
set -u
cd "$(dirname "$0")/.." || exit 1

# --debug-kernel: the VM tests alone, on a kernel that catches mistakes.
vm_options=()
if [ "${1:-}" = --debug-kernel ]; then
	vm_options=(--debug-kernel)
	KERNELS=${DEBUG_KERNELS:-6.12}
fi
kernels=${KERNELS:-6.1}
[ "$kernels" != all ] || kernels=$(awk '!/^#/ && NF { print $1 }' scripts/kernels)
out=${RT_TEST_OUT:-$(mktemp -d /tmp/reusetrace-check.XXXXXX)}
started=$SECONDS

say()
{
	printf '== %4d s  %s\n' $((SECONDS - started)) "$*"
}

# suite NAME COMMAND...: its TAP into a file; no TAP at all is a failure
suite()
{
	local name=$1 status

	shift
	say "$name"
	"$@" >"$out/$name.tap" 2>"$out/$name.err"
	status=$?
	grep -E '^not ok|^#' "$out/$name.tap" | grep -B 12 '^not ok'
	if ! grep -q '^1\.\.' "$out/$name.tap"; then
		tail -20 "$out/$name.err"
		printf 'not ok 1 - %s ended with status %d and no plan\n1..1\n' \
			"$name" "$status" | tee "$out/$name.tap"
	fi
	grep -hE '# SKIP' "$out/$name.tap"
}

say "build"
make -s userspace || { echo "the userspace does not build"; exit 1; }
make -s -C tests/matrix || { echo "the matrix does not build"; exit 1; }
if [ ${#vm_options[@]} -eq 0 ]; then
	suite lint tests/lint.sh
	suite runner tests/runner.t
	suite unit make -s -C userspace check-unit
	suite labs tests/labs/replay.t
	suite unit-asan make -s -C userspace check-unit SAN=1
fi
for series in $kernels; do
	suite "vm-$series" scripts/vm.sh --kernel "$series" "${vm_options[@]}" \
		--timeout 3000 \
		--mem 2048 -- tests/vm/run.sh
done

say "done; logs are in $out"
awk -f tests/tap-summary.awk "$out"/*.tap
