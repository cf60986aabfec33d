#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# make labs-check: every lab played live on the kernels in $KERNELS (all), one
# virtual machine each, and judged here: the right answers pass, a wrong one fails, the
# run tells what the recording tells.
#
#     live.t [LAB...]
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/lib.sh
. scripts/lib.sh
. scripts/lab-lib.sh
. tests/labs/live.sh

[[ $# -gt 0 ]] || for folder in $(lab_folders); do set -- "$@" "${folder##*/}"; done

# Inside the virtual machine: played, not judged, for that is quicker outside.
if [[ ${VM_KERNEL:-} ]]; then
	LABS_DIR=$VM_OUT
	for lab; do
		find_lab "$lab"
		play_lab
		echo "$(cut -d. -f1 /proc/uptime) s: $LAB_NAME"
	done
	exit
fi

export PATH=$PWD/userspace:$PATH LABS_DIR
scripts/servers.sh >/dev/null
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
kernels=${KERNELS:-all}
[[ $kernels != all ]] || kernels=$(series_list)
for series in $kernels; do
	LABS_DIR=$out/$series
	scripts/vm.sh --kernel "$series" --timeout 3000 --out "$LABS_DIR" -- "$0" "$@" |
		sed "s/^/# $series /"
	for lab; do
		find_lab "$lab"
		judge_lab "$series"
	done
done
done_testing
