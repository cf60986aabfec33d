#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Each line of `cases` is a test: NAME TRACE [OPTION...]. What the viewer prints
# over that trace must be what expected/NAME says, byte for byte, notices and
# exit status included; NAME=OTHER expects what OTHER does. No root, no module.
#
#     run.sh            TAP
#     run.sh --update   write what it prints now; read the difference
set -u
here=$(dirname "$(readlink -f "$0")")
. "$here/../lib.sh"
view=${VIEW:-$here/../../userspace/reusetrace-view}
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

unset NO_COLOR
export TERM=xterm TZ=UTC0

# In one folder and by relative names: messages must not tell of places.
cp -r "$here"/traces/. "$tmp"
"$here/variants.py" "$here/traces/first-light" "$tmp" || exit 1
"$here/trace_dat.py" "$here/traces/first-light" "$tmp" || exit 1
cd "$tmp" || exit 1

# output TRACE [OPTION...]
output()
{
	"$view" report "$@" 2>stderr
	printf -- '-- status %d\n' $?
	sed 's/^/-- /' stderr
}

each_case()
{
	local line

	while read -ra line; do
		case ${line[0]:-} in
		'' | '#'*) ;;
		*) "$1" "${line[@]}" ;;
		esac
	done <"$here/cases"
}

update()
{
	local name=$1

	shift
	[[ $name == *=* ]] || output "$@" >"$here/expected/$name"
}

matches()
{
	local expected=$here/expected/${1#*=}

	diff -u "$expected" "$tmp/got" | sed 's/^/# /'
	cmp -s "$expected" "$tmp/got"
}

run()
{
	local name=$1

	shift
	output "$@" >"$tmp/got"
	check "golden: ${name%=*}" matches "$name"
}

json_lines_parse()
{
	local file

	for file in "$here"/expected/*; do
		grep '^{' "$file" | python3 -c '
import json, sys
for line in sys.stdin:
    json.loads(line)' || return 1
	done
}

# check_schema: 77 says that the checker itself is missing.
check_schema()
{
	local said status=0

	said=$("$here/check_schema.py" "$here"/expected/*) || status=$?
	if [ $status -eq 77 ]; then
		skip "golden: JSON agrees with the schema" "$said"
		return
	fi
	note "$said"
	check "golden: JSON agrees with the schema" [ $status -eq 0 ]
}

if [ "${1:-}" = --update ]; then
	mkdir -p "$here/expected"
	each_case update
	exit 0
fi
each_case run
check "golden: every JSON line parses" json_lines_parse
check_schema
done_testing
