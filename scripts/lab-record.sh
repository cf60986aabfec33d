#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Usage: lab-record.sh [LAB...]        (default all)
#
# Makes the recordings that the labs ship with, in the virtual machine on 6.1:
# Documentation/labs/*/trace.dat and run.txt. Look at `lab.sh grade --replay`
# before committing them.

set -euo pipefail
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=lab-lib.sh
. "$RT_SCRIPTS/lab-lib.sh"

case ${1:-} in
-h | --help)
	help_text
	exit
	;;
esac

# Inside the virtual machine: one that fails is no reason to lose the others.
record_all()
{
	local lab status=0

	insmod "$REUSETRACE_KO"
	for lab; do
		find_lab "$lab"
		mkdir "$VM_OUT/$LAB_NAME"
		LAB_QUIET=1 "$RT_SCRIPTS/lab-run.sh" "$VM_OUT/$LAB_NAME" "$LAB" || {
			status=1
			rm -r "${VM_OUT:?}/$LAB_NAME"
		}
	done
	return "$status"
}

if [[ ${VM_KERNEL:-} ]]; then
	record_all "$@"
	exit
fi

[[ $# -gt 0 ]] || for dir in $(lab_folders); do set -- "$@" "${dir##*/}"; done
make -s -C "$RT_ROOT" userspace
for lab; do
	find_lab "$lab"
	fetch_needs
done
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
status=0
"$RT_SCRIPTS/vm.sh" --timeout 1500 --out "$out" -- "$0" "$@" || status=$?
cp -r "$out"/. "$LAB_ROOT"
exit "$status"
