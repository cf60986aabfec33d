#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Pages that are made of something else are what would be made of it now.
set -u
here=$(dirname "$(readlink -f "$0")")
. "$here/../lib.sh"
documents=$here/../../Documentation
: "${VIEW:=$here/../../userspace/reusetrace-view}"
: "${RULES_PAGE:=$here/../../userspace/obj/rules_page}"

rules_of_page()
{
	sed -n 's/^### `\(.*\)`$/\1/p' "$documents/rules.md"
}

rules_explained()
{
	"$VIEW" explain | sed -n 's/^  \([^ ]*\) .*/\1/p'
}

# is_page FILE COMMAND...: it prints what the file holds; the first differences else
is_page()
{
	local file=$1 log

	shift
	log=$("$@" | diff "$file" - 2>&1) && return
	head -20 <<<"$log" | sed 's/^/# /'
	return 1
}

check "rules.md is what the rule table says (make -C userspace rules-page)" \
	is_page "$documents/rules.md" "$RULES_PAGE"
check "explain lists what rules.md has" is_page <(rules_of_page) rules_explained
if [[ $VIEW == *obj-san* ]]; then
	skip "bind-matrix.md is what the matrix gave" "no C in it; the plain run has this test"
else
	check "bind-matrix.md is what the matrix gave (make matrix)" \
		is_page "$documents/bind-matrix.md" "$here/../matrix/generate.py" --print
fi
done_testing
