#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# scripts/vm.sh, from the outside: what it passes through, and how it ends when
# something goes wrong. No module is needed.
set -u
cd "$(dirname "$0")/.." || exit 1
. tests/lib.sh

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

vm()
{
	scripts/vm.sh --no-module "$@" >"$work/out" 2>"$work/err"
}

# ends NAME STATUS WORDS ARG...: that status, and one clear line
ends()
{
	local name=$1 want=$2 words=$3 status

	shift 3
	vm "$@"
	status=$?
	same "$name: exit status" "$want" "$status"
	contains "$name: says so" "$words" "$(cat "$work/err")"
}

# The first may announce what is made, or fetched, once.
vm -- sh -c 'kill -TERM $$'
same "128+N for a signal" 143 $?
head -c 300000 /dev/urandom >"$work/random"
vm -- sh -c 'cat "$1"; echo err >&2; exit 7' sh "$work/random"
same "the exit status is COMMAND's" 7 $?
check "standard output is COMMAND's, byte for byte" cmp -s "$work/random" "$work/out"
same "standard error is COMMAND's" err "$(cat "$work/err")"
vm --out "$work/copy" -- \
	sh -c 'pwd; id -u; touch made-in-the-vm && echo kept >$VM_OUT/file'
same "COMMAND runs in our folder" "$PWD" "$(sed -n 1p "$work/out")"
same "as root" 0 "$(sed -n 2p "$work/out")"
same "what it leaves in VM_OUT comes out" kept "$(cat "$work/copy/file")"
check "nothing else comes out" [ ! -e made-in-the-vm ]

ends "a command that hangs" 124 "did not end within" --timeout 15 -- sleep 1000
ends "a kernel that panics" 125 "panic" -- \
	sh -c 'echo 1 >/proc/sys/kernel/sysrq; echo c >/proc/sysrq-trigger'
ends "a full VM_OUT" 1 "full" --mem 512 --out "$work/full" -- \
	sh -c 'dd if=/dev/zero of=$VM_OUT/big bs=1M 2>/dev/null; true'
ends "an unknown kernel" 2 "4.19" --kernel 4.19 -- true
ends "an unknown option" 2 "--nosuch" --nosuch -- true
ends "no command" 2 "command" --

# A shell ignores SIGINT for what it starts in the background: undo that.
env --default-signal=INT scripts/vm.sh --no-module --timeout 60 -- \
	sh -c 'echo started; sleep 1000' \
	>"$work/out" 2>"$work/err" &
victim=$!
until grep -q started "$work/out" || ! kill -0 $victim 2>/dev/null; do
	sleep 0.2
done
kill -INT $victim
wait $victim
same "interrupted: exit status" 130 $?
contains "interrupted: says so" "reusetrace: " "$(cat "$work/err")"
for _ in $(seq 50); do
	pgrep -f "/run/$victim/" >"$work/left" || break
	sleep 0.1
done
same "nothing of it is left running" "" "$(cat "$work/left")"
done_testing
