#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Every lab, graded from the recording it comes with: the right answers pass,
# each single wrong one fails, and so does a trace with an event too few or one
# too many. No root, no virtual machine.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/lib.sh
. scripts/lib.sh
. scripts/lab-lib.sh

export LABS_DIR
LABS_DIR=$(mktemp -d)
trap 'rm -rf "$LABS_DIR"' EXIT
export PATH=$PWD/userspace:$PATH

# grade_of FILE PREDICTIONS [FILTER]: the grade when these lines are the trace.
grade_of()
{
	jq -c "${3:-.}" "$1" |
		LAB_KERNEL=$(fact "$LAB_DIR/run.txt" kernel) jq -sc -L scripts -L "$LAB_DIR" \
			--arg lab "$LAB" --arg title "" --arg source test --arg kernel "" \
			--argjson reveal true --arg predictions "$2" --arg before "" \
			-f scripts/lab-grade.jq
}

# keys FILE: what is asked, or answered, in it.
keys()
{
	sed -n 's/^\([a-z][a-z0-9-]*\):.*/\1/p' "$1"
}

# answers_all_questions: the right answers have the form's keys, in its order.
answers_all_questions()
{
	[ "$(keys "$LAB_DIR/predict.txt")" = "$(keys "$right")" ]
}

# each_wrong_answer_fails: one at a time, all others right.
each_wrong_answer_fails()
{
	local key wrong

	while IFS= read -r key; do
		wrong=$(sed "s/^$key:.*/$key: certainly not/" "$right")
		[ "$(grade_of "$lines" "$wrong" | jq -r '[.pass, .of - .right] | @text')" = \
			"[false,1]" ] || {
			note "$key: a wrong answer was not seen"
			return 1
		}
	done < <(keys "$right")
}

# No event that had to be there may go unnoticed, whichever row it is in.
each_missing_event_fails()
{
	jq -s -L scripts -L "$LAB_DIR" 'include "expect";
		map(select(.type as $t | ["output", "summary", "lost"] | index($t) | not))
		| to_entries | map(.value + {n: .key}) | . as $events
		| [expected[] | select(.min > 0 and .min == (.seen | length)) | .seen[0]
		   | $events[.] | .ts_ns]' "$lines" >"$LABS_DIR/needed"
	[ "$(jq length "$LABS_DIR/needed")" -gt 0 ] || return 1
	for ts in $(jq '.[]' "$LABS_DIR/needed"); do
		[ "$(grade_of "$lines" "$(cat "$right")" "select(.ts_ns != $ts)" |
			jq '.pass == false and .missing > 0')" = true ] || {
			note "the event at $ts was not missed"
			return 1
		}
	done
}

stray_event_fails()
{
	[ "$(grade_of "$lines" "$(cat "$right")" \
		'., (select(.type == "summary")
		     | {type: "bind_conflict", comm: "stranger", op: "bind", rule: "no-such-rule"})' |
		jq '.pass == false and .unexpected == 1')" = true ]
}

check_lab()
{
	right=Documentation/labs/teacher/$LAB_NAME.txt
	lines=$LABS_DIR/lines
	mkdir -p "$LAB_WORK"
	cp "$right" "$LAB_WORK/predict.txt"
	if ! scripts/lab.sh grade --replay "$LAB" >"$LABS_DIR/grade"; then
		sed 's/^/# /' "$LABS_DIR/grade"
		check "$LAB_NAME: the right answers pass" false
		return
	fi
	check "$LAB_NAME: the right answers pass" true
	reusetrace-view report "$LAB_DIR/trace.dat" --json \
		-N "$(fact "$LAB_DIR/run.txt" netns)" >"$lines"
	check "$LAB_NAME: the right answers are to the form's questions" answers_all_questions
	check "$LAB_NAME: each wrong answer fails" each_wrong_answer_fails
	check "$LAB_NAME: each missing event fails" each_missing_event_fails
	check "$LAB_NAME: an event too many fails" stray_event_fails
	check "$LAB_NAME: its recording is small" \
		[ "$(stat -c %s "$LAB_DIR/trace.dat")" -lt 100000 ]
}

for folder in $(lab_folders); do
	find_lab "${folder##*/}"
	check_lab
done
done_testing
