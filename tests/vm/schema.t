#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Every type of event of --json, made by the real module, against the schema.
set -u
here=$(dirname "$(readlink -f "$0")")
. "$here/../lib.sh"
tmp=$(mktemp -d)

insmod "$REUSETRACE_KO"
reusetrace-view --json -- "$here/../golden/lives.py" >"$tmp/lives.json" 2>"$tmp/err"
status=$?
[ $status -eq 0 ] || sed 's/^/# /' "$tmp/err"
same "the scenario runs to its end" 0 $status
types=$("$here/../golden/check_schema.py" "$tmp/lives.json")
status=$?
if [ $status -eq 77 ]; then
	skip "every line is as the schema says" "python3-jsonschema is missing"
else
	[ $status -eq 0 ] || printf '%s\n' "$types" | sed 's/^/# /'
	same "every line is as the schema says" 0 $status
fi
want="bind bind_conflict group listener_close output steer summary tw_enter tw_exit tw_state"
# Connections do not move on kernels that cannot.
[ "$VM_KERNEL" = 5.10 ] || want="$want migrate"
for type in $want; do
	check "$type: there is one" grep -q "\"type\":\"$type\"" "$tmp/lives.json"
done
same "jq reads every line" "$(wc -l <"$tmp/lives.json")" \
	"$(jq -c . "$tmp/lives.json" | wc -l)"
rmmod reusetrace
done_testing
