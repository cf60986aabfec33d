#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# scripts/lab.sh from the outside: its verbs, its exit status, and a class's
# submissions, with a broken one among them. No root, no virtual machine.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/lib.sh

export LABS_DIR
LABS_DIR=$(mktemp -d)
trap 'rm -rf "$LABS_DIR"' EXIT
teacher=Documentation/labs/teacher
mine=$LABS_DIR/01-refused-restart

# lab STATUS ARG...: its exit status is that; its output in $out
lab()
{
	local want=$1 status=0

	shift
	out=$(scripts/lab.sh "$@" 2>&1 </dev/null) || status=$?
	same "lab.sh $*: status $want" "$want" "$status"
}

usage()
{
	lab 2
	lab 2 fly
	lab 2 grade
	lab 2 grade --loudly 01
	lab 2 grade 77
	contains "an unknown lab is answered with those there are" "01 02" "$out"
	lab 2 run --class "$LABS_DIR" 01
	lab 0 --help
	lab 0 list
	contains "list has the titles" "A server that will not restart" "$out"
}

one_student()
{
	lab 1 grade 01
	contains "without a run there is none to grade" "run the lab first" "$out"
	lab 1 run --replay 01
	contains "questions come first" "answer first" "$out"
	same "and the form is there" \
		"$(cat Documentation/labs/01-refused-restart/predict.txt)" "$(cat "$mine/predict.txt")"
	lab 1 grade --replay 01
	contains "no answer is wrong, and is not told" "none              (no answer)" "$out"
	sed 's/^both:.*/Both : OK /; s/^none:.*/none:	eaddrinuse/; s/^seconds:.*/seconds: 60.0/' \
		$teacher/01-refused-restart.txt >"$mine/predict.txt"
	sed -i 's/^Both :/both :/' "$mine/predict.txt"
	lab 0 run --replay 01
	contains "run grades, whatever the spelling" "7 of 7 predictions right" "$out"
	sed -i 's/^both.*/both: EADDRINUSE/' "$mine/predict.txt"
	lab 0 run --replay 01
	contains "a wrong answer is no failure to play" "FAIL" "$out"
	lab 1 grade --replay --json 01
	same "and none to be graded" '{"both":true}' "$(jq -c \
		'.predictions | map(select(.right | not) | {(.key): .changed}) | add' <<<"$out")"
	lab 0 reset 01
	check "reset forgets it" [ ! -e "$mine" ]
}

# submit STUDENT LAB SED-SCRIPT
submit()
{
	mkdir -p "$LABS_DIR/class/$1/$2"
	sed "$3" "$teacher/$2.txt" >"$LABS_DIR/class/$1/$2/predict.txt"
}

whole_class()
{
	submit ann 01-refused-restart ''
	submit ann 05-parallel-listeners ''
	submit bob 01-refused-restart 's/^seconds:.*/seconds: 120/'
	submit bob 05-parallel-listeners ''
	submit eve 05-parallel-listeners ''
	echo junk >"$LABS_DIR/class/eve/05-parallel-listeners/trace.dat"
	submit fay 05-parallel-listeners ''
	cp Documentation/labs/06-web-workers/{trace.dat,run.txt} \
		"$LABS_DIR/class/fay/05-parallel-listeners"
	mkdir "$LABS_DIR/class/eve/holiday"
	touch "$LABS_DIR/class/eve/holiday/predict.txt"
	lab 1 grade --class "$LABS_DIR/class"
	contains "all right" "ann	01	pass	7 of 7" "$out"
	contains "one wrong" "bob	01	FAIL	6 of 7" "$out"
	contains "one broken" "eve	05	FAIL	the recording cannot be read" "$out"
	contains "one of another lab" "fay	05	FAIL	the recording cannot be read, or is of another" "$out"
	contains "what is no lab is passed over" "holiday is no lab" "$out"
	lab 0 grade --replay --class "$LABS_DIR/class" 5
	lab 1 grade --class "$LABS_DIR/class" 9
	lab 2 grade --class "$LABS_DIR/nothing"
	rm -r "$LABS_DIR/class/eve/holiday"
	lab 1 grade --json --class "$LABS_DIR/class"
	same "for programs" '["ann",true] ["ann",true] ["bob",false] ["bob",true] ["eve",false] ["fay",false]' \
		"$(jq -sr 'map([.student, .pass] | tojson) | join(" ")' <<<"$out")"
}

usage
one_student
whole_class
done_testing
