# SPDX-License-Identifier: GPL-2.0-only
#
# A trace's own answers to its lab's questions, as a form that is filled in.
# Input: all lines of the report.

include "lab";
include "expect";

def word:
	if type == "array" then .[0] else . end
	| if type == "boolean" then (if . then "yes" else "no" end) else . end;

map(select(.type as $type
	   | ["output", "summary", "lost"] | index($type) | not))
| to_entries | map(.value + { n: .key })
| answers | to_entries[] | "\(.key): \(.value | word)"
