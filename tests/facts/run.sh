#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# make fact-check: plays all claims on the kernels in $KERNELS, in the VM, keeps
# what is found in outcome/SERIES and writes Documentation/fact-check.md. E15,
# which make check leaves out, is played and compared with its trace as well.

set -euo pipefail
cd "$(dirname "$0")/../.."
kernels=${KERNELS:-all}
[[ $kernels != all ]] || kernels=$(awk '!/^#/ && NF { print $1 }' scripts/kernels)
scripts/servers.sh >/dev/null
make -s userspace
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

# shellcheck disable=SC2016 # for the shell inside
job='set -e
	insmod "$REUSETRACE_KO"
	tests/facts/play.py >"$VM_OUT/found"
	rmmod reusetrace
	for run in 1 2 3; do
		WORKERS=$(nproc) userspace/demo/e10.sh
	done >"$VM_OUT/e10"
	RT_DEMOS=e15 tests/vm/run.sh tests/vm/demos.t | tee "$VM_OUT/e15.tap"'

for series in $kernels; do
	echo "fact-check: $series"
	scripts/vm.sh --kernel "$series" --out "$out" -- sh -c "$job"
	tests/facts/page.py --keep "$series" "$out"
	if grep '^not ok' "$out/e15.tap"; then
		echo "fact-check: E15 goes another way on $series" >&2
		exit 1
	fi
done
echo "fact-check: Documentation/fact-check.md is written"
