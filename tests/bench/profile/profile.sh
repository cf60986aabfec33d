#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Usage: profile.sh OPERATION    (KERNELS=6.1)
# Which kernel functions the instructions are in that reusetrace adds to an
# operation of bench-ops: QEMU counts them, by address, with and without the
# module, and more and fewer calls, so that only what a call takes is left.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
root=$here/../../..
series=${KERNELS:-6.1}
few=100
many=1100
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

# run NAME TIMES MODULE OPERATION: counts and symbols to $out/NAME*
run()
{
	mkdir -p "$out/bin" "$out/$1.d"
	cat >"$out/bin/qemu-system-x86_64" <<-EOF
	#!/bin/sh
	exec $(command -v qemu-system-x86_64) -plugin $out/count_pc.so,out=$out/$1 "\$@"
	EOF
	chmod +x "$out/bin/qemu-system-x86_64"
	# shellcheck disable=SC2016 # for the guest
	PATH=$out/bin:$PATH "$root/scripts/vm.sh" --kernel "$series" --icount \
		--out "$out/$1.d" -- unshare --net sh -c 'ip link set lo up
		[ ! "$3" ] || insmod "$REUSETRACE_KO"
		"$1" -n "$2" "$4" && cat /proc/kallsyms >"$VM_OUT/kallsyms"' \
		sh "$here/../bench-ops" "$2" "$3" "$4" >/dev/null
}

[ $# -eq 1 ] || { echo "usage: profile.sh OPERATION" >&2; exit 2; }
make -s -C "$here/.."
gcc -O2 -Wall -Wextra -shared -fPIC -o "$out/count_pc.so" "$here/count_pc.c"
path=$PATH
for module in '' yes; do
	for times in $few $many; do
		PATH=$path run "times$times$module" "$times" "$module" "$1"
	done
done
"$here/profile.py" $((many - few)) "$out/times$many"yes "$out/times$few"yes \
	"$out/times$many" "$out/times$few"
