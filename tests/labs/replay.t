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

# unnoticed: what is wrong and does not fail.
unnoticed()
{
	reusetrace-view report "$LAB_DIR/trace.dat" --json \
		-N "$(fact "$LAB_DIR/run.txt" netns)" |
		LAB_KERNEL=$(fact "$LAB_DIR/run.txt" kernel) jq -rs -L scripts -L "$LAB_DIR" \
			--arg lab "$LAB" --arg title "" --arg source test --arg kernel "" \
			--argjson reveal true --arg predictions "$(cat "$right")" --arg before "" \
			-f tests/labs/mutate.jq || echo "jq failed"
}

check_lab()
{
	right=Documentation/labs/teacher/$LAB_NAME.txt
	mkdir -p "$LAB_WORK"
	cp "$right" "$LAB_WORK/predict.txt"
	if ! scripts/lab.sh grade --replay "$LAB" >"$LABS_DIR/grade"; then
		sed 's/^/# /' "$LABS_DIR/grade"
		check "$LAB_NAME: the right answers pass" false
		return
	fi
	check "$LAB_NAME: the right answers pass" true
	check "$LAB_NAME: the right answers are to the form's questions" answers_all_questions
	same "$LAB_NAME: a wrong answer, a missing or a stray event fails" "" "$(unnoticed)"
	check "$LAB_NAME: its recording is small" \
		[ "$(stat -c %s "$LAB_DIR/trace.dat")" -lt 100000 ]
}

for folder in $(lab_folders); do
	find_lab "${folder##*/}"
	check_lab
done
done_testing
