#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A lab on this kernel, as tests/labs/live.sh says: one by chance, for each
# takes its time in a guest. LABS="05 m2" has others; make labs-check has all.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/lib.sh
. scripts/lib.sh
. scripts/lab-lib.sh
. tests/labs/live.sh

LABS_DIR=$(mktemp -d)
export LABS_DIR
trap 'rm -rf "$LABS_DIR"' EXIT

# by_chance: a lab that needs no more than the demos.
by_chance()
{
	local labs

	mapfile -t labs < <(lab_folders | grep -v '/15-' | sed 's,.*/,,')
	RANDOM=${RT_SEED:-$((EPOCHSECONDS % 32768))}	# no seed to note: the lab has a name
	echo "${labs[RANDOM % ${#labs[@]}]}"
}

for lab in ${LABS:-$(by_chance)}; do
	started=$SECONDS
	find_lab "$lab"
	play_lab
	judge_lab "${VM_KERNEL:-}"
	note "$LAB_NAME took $((SECONDS - started)) s"
done
done_testing
