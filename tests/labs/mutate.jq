# SPDX-License-Identifier: GPL-2.0-only
#
# Grades a lab with one thing wrong at a time, and prints a line for each that
# was not noticed: "answer KEY", "missing WHAT", "stray". Input: all lines of
# the report; named arguments as for grade(), the predictions being right.

include "lab-grade";
include "expect";

def kernel_events:
	map(select(.type as $type
		   | ["output", "summary", "lost"] | index($type) | not));

def wrong_answers($about):
	. as $lines
	| ($about.predictions | split("\n")) as $right
	| ($right[] | select(. != "") | split(":")[0]) as $key
	| ($right | map(if startswith($key + ":") then $key + ": certainly not"
			else . end) | join("\n")) as $wrong
	| $lines | grade($about + { predictions: $wrong })
	| select(.pass or .of - .right != 1)
	| "answer \($key)";

# Of each row that has no more events than it needs, the first is taken away.
def missing_events($about):
	. as $lines
	| (kernel_events | to_entries | map(.value + { n: .key })) as $events
	| ($events | expected[]
	   | select(.min > 0 and .min == (.seen | length))) as $row
	| $events[$row.seen[0]].ts_ns as $ts
	| $lines | map(select(.ts_ns != $ts)) | grade($about)
	| select(.pass or .missing == 0)
	| "missing \($row.what)";

def stray_event($about):
	. + [{ type: "bind_conflict", ts_ns: 1, comm: "stranger", op: "bind",
	       rule: "no-such-rule" }]
	| grade($about)
	| select(.pass or .unexpected != 1)
	| "stray";

$ARGS.named as $about
| wrong_answers($about), missing_events($about), stray_event($about)
