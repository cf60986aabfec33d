# SPDX-License-Identifier: GPL-2.0-only
#
# grade($about): one lab's grade, as an object. Input: all lines of the report,
# as a list. $about has lab, title, source, kernel, reveal and, as they were
# written, the predictions and those made before the run ("": there are none).

include "lab";
include "expect";

# "key: value" lines as an object.
def written:
	split("\n")
	| map(capture("^(?<key>[a-z][a-z0-9-]*)[ \t]*:[ \t]*(?<value>.*?)[ \t\r]*$")
	      // empty)
	| from_entries;

# Yes, TRUE, ok and 60.0 are how people write yes, true, ok and 60.
def plain:
	if type == "boolean" then (if . then "yes" else "no" end)
	else tostring end
	| ascii_downcase | gsub("[ \t]+"; " ")
	| if . == "true" then "yes" elif . == "false" then "no" else . end
	| (tonumber? // .);

# The right answer may be a list: any of them is right.
def is_right($said):
	($said | plain) as $plain
	| $said != "" and any(if type == "array" then .[] else . end;
			      plain == $plain);

def graded($said; $before; $reveal):
	to_entries
	| map(.key as $key | .value as $truth | ($said[$key] // "") as $words
	      | { key: $key, said: $words, right: ($truth | is_right($words)) }
	      + (if $reveal then
			{ truth: ($truth | if type == "array" then .[0] else . end) }
		 else {} end)
	      + (if $before and $before[$key] != $words then
			{ changed: true }
		 else {} end));

def rows_graded:
	map(. + { count: (.seen | length) }
	    | . + { missing: ([.min - .count, 0] | max),
		    excess: (if .max == null then 0
			     else [.count - .max, 0] | max end) }
	    | del(.seen));

def stray($rows):
	($rows | map(.seen[]) | map({ (tostring): true }) | add // {}) as $known
	| map(select($known[.n | tostring] | not));

def total(value): map(value) | add // 0;

def grade($about):
	(map(select(.type == "summary")) | last) as $summary
	| (map(select(.type as $type
		      | ["output", "summary", "lost"] | index($type) | not))
	   | to_entries | map(.value + { n: .key })) as $events
	| ($events | expected) as $rows
	| ($events | stray($rows)) as $stray
	| ($rows | rows_graded) as $graded
	| (($summary.lost // 0) + ($summary.missed // 0)) as $unseen
	| ($about.before | if . == "" then null else written end) as $first
	# Where the trace lacks what an answer is found by, it has none.
	| ($about.predictions | written) as $said
	| ($events | (try answers catch {})
	   | graded($said; $first; $about.reveal)) as $answers
	| ($graded | total(.missing)) as $missing
	| (($graded | total(.excess)) + ($stray | length)) as $unexpected
	| {
		v: 1,
		lab: $about.lab, title: $about.title,
		source: $about.source, kernel: $about.kernel,
		predictions: $answers,
		right: ($answers | map(select(.right)) | length),
		of: ($answers | length),
		events: ($events | length),
		rows: $graded,
		missing: $missing,
		unexpected: $unexpected,
		stray: ($stray | map(del(.n))[:10]),
		unseen: $unseen,
		whole: ($summary != null),
	  }
	# What a probe missed may be what is missing here; it cannot add anything.
	| .pass = (.right == .of and .missing <= .unseen and .unexpected == 0
		   and .whole and .of > 0);
