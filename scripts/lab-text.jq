# SPDX-License-Identifier: GPL-2.0-only
# A grade, from lab-grade.jq, in words.

def wide($n): . + " " * ([$n - length, 0] | max);
def number_of($n; $what): "\($n) \($what)" + (if $n == 1 then "" else "s" end);

def prediction:
	(if .right then "right" else "wrong" end | wide(7))
	+ (.key | wide(18))
	+ (if .said == "" then "(no answer)" else .said end)
	+ (if .right or .said == "" or (has("truth") | not) then ""
	   else "; the trace says " + (.truth | tostring) end)
	+ (if .changed then "  (changed after the run)" else "" end);

def row:
	if .missing > 0 then "missing    \(.what): \(.count) seen, at least \(.min) expected"
	elif .excess > 0 then "unexpected \(.what): \(.count) seen, at most \(.max) expected"
	else empty end;

def stray:
	"unexpected \(.type)"
	+ (if .comm then " of \(.comm)[\(.pid)]" else "" end)
	+ ([.op, .result, .rule, .action, .reason | values | " " + .] | add // "");

def trace:
	(.rows[] | row), (.stray[] | stray),
	(if .unseen > 0 then
		"\(.unseen) calls or events were not seen; run it again for a whole trace"
	 else empty end),
	(if .whole then empty else "the recording is cut short" end),
	(if .missing + .unexpected == 0 then
		"as expected: \(number_of(.events; "event")), \(number_of(.rows | length; "rule"))"
	 else empty end);

"Lab \(.lab), \(.title) (\(.source), Linux \(.kernel))",
(if .of > 0 then "  predictions", (.predictions[] | "    " + prediction)
 else empty end),
"  trace", "    " + trace,
"\(.right) of \(number_of(.of; "prediction")) right, \(.missing) missing, \(.unexpected) unexpected: "
+ (if .pass then "pass" else "FAIL" end)
