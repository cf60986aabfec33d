#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Usage: lab.sh VERB [OPTION...] [LAB]
#
#   list             the labs
#   predict LAB      ask what will happen, and keep your answers
#   run LAB          play it, the viewer beside it, and grade your answers
#   show LAB         show what was recorded, once more
#   grade LAB        grade them again, against what the kernel did
#   reset LAB        forget your answers and your run
#   grade --class DIR [LAB...]    a whole class: DIR/STUDENT/01-.../predict.txt
#
#   --replay         run, show, grade: from the recording the lab comes with; no
#                    root, no virtual machine
#   --here           run: on the running kernel, as root, not in a virtual machine
#   --kernel SERIES  run: that kernel in the virtual machine (default 6.1)
#   --anyway         run: without answers
#   --json           grade: one JSON object a line, for programs
#   -h, --help       this text
#
# Answers and recordings are kept in $LABS_DIR (default ~/reusetrace-labs).
# Exit status: 0 all right, 1 something was wrong or went wrong, 2 wrong usage.

set -euo pipefail
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=lab-lib.sh
. "$RT_SCRIPTS/lab-lib.sh"

PATH=$RT_ROOT/userspace:$PATH
verb='' how=vm series=6.1 json='' anyway='' class=''
labs=()

parse()
{
	while [[ $# -gt 0 ]]; do
		case $1 in
		--kernel | --class) [[ $# -ge 2 ]] || die_usage "$1 wants a value" ;;&
		--kernel) series=$2 && shift ;;
		--class) class=$2 && shift ;;
		--replay) how=replay ;;
		--here) how=here ;;
		--json) json=yes ;;
		--anyway) anyway=yes ;;
		-h | --help) help_text && exit ;;
		-*) die_usage "unknown option $1; see lab.sh --help" ;;
		*) if [[ $verb ]]; then labs+=("$1"); else verb=$1; fi ;;
		esac
		shift
	done
}

# form: the lab's questions; a mystery's are answered after the run.
form()
{
	echo "$LAB_DIR/predict.txt"
}

list()
{
	local dir mark

	for dir in $(lab_folders); do
		find_lab "${dir##*/}"
		mark=' '
		[[ ! -e $LAB_WORK/predict.txt ]] || mark='+'
		printf '%s %-4s%s\n' "$mark" "$LAB" "$LAB_TITLE"
	done
	echo "make lab LAB=01 plays the first, make lab LAB=01 REPLAY=1 its recording. A + is" \
		"before those"
	echo "you have begun. Each has a page below Documentation/labs/."
}

# answered: every question has something behind its colon.
answered()
{
	[[ -e $LAB_WORK/predict.txt ]] &&
		! grep -qE '^[a-z][a-z0-9-]*:[[:space:]]*$' "$LAB_WORK/predict.txt"
}

# ask LINE: a question of the form, answered at the terminal.
ask()
{
	local key=${1%%:*} answer=''

	read -r -u 3 -p "$key: " answer
	printf '%s: %s\n' "$key" "$answer" >&4
	echo
}

# At a terminal line by line; elsewhere the form, for an editor.
predict()
{
	local line

	mkdir -p "$LAB_WORK"
	if [[ ! -t 0 || ! -t 1 ]]; then
		[[ -e $LAB_WORK/predict.txt ]] || cp "$(form)" "$LAB_WORK/predict.txt"
		say "write your answers behind the colons in $LAB_WORK/predict.txt, and run it again"
		return
	fi
	exec 3<&0 4>"$LAB_WORK/predict.new"
	while IFS= read -r line; do
		case $line in
		\#*)
			printf '%s\n' "$line" >&4
			printf '%s\n' "${line#\#}"
			;;
		*:*) ask "$line" ;;
		*) printf '%s\n' "$line" >&4 ;;
		esac
	done <"$(form)"
	exec 4>&-
	mv "$LAB_WORK/predict.new" "$LAB_WORK/predict.txt"
	say "kept in $LAB_WORK/predict.txt"
}

# A prediction comes before; the cause of a mystery can only come after.
predict_first()
{
	[[ ! $anyway && $LAB_KIND == lab ]] || return 0
	answered || predict
	answered || die "lab $LAB: answer first, every question (or scripts/lab.sh run --anyway)"
}

# What was thought before the run stays what was thought before the run.
keep_prediction()
{
	mkdir -p "$LAB_WORK"
	[[ $LAB_KIND == lab && ! -e $LAB_WORK/before.txt && -e $LAB_WORK/predict.txt ]] ||
		return 0
	cp "$LAB_WORK/predict.txt" "$LAB_WORK/before.txt"
}

run_in_vm()
{
	local terminal=()

	[[ ! -t 0 || ! -t 1 ]] || terminal=(--interactive)
	make -s -C "$RT_ROOT" userspace
	fetch_needs
	say "lab $LAB: booting Linux $series in a virtual machine, about 15 s"
	"$RT_SCRIPTS/vm.sh" --kernel "$series" --timeout 300 --out "$LAB_WORK" "${terminal[@]}" -- \
		sh -c 'exec "$0" "$VM_OUT" "$1"' "$RT_SCRIPTS/lab-run.sh" "$LAB" || return 1
}

run_here()
{
	local as=()

	[[ $EUID == 0 ]] || as=(sudo)
	[[ $EUID == 0 ]] || command -v sudo >/dev/null ||
		die "a lab on the running kernel needs root; become root, or take REPLAY=1"
	"${as[@]}" "$RT_SCRIPTS/lab-run.sh" "$LAB_WORK" "$LAB" || return 1
}

# recording: the folder with the trace.dat and the run.txt to grade by.
recording()
{
	if [[ $how == replay ]]; then
		echo "$LAB_DIR"
	else
		echo "$LAB_WORK"
	fi
}

need_report()
{
	need jq
	command -v reusetrace-view >/dev/null ||
		die "reusetrace-view is not built; run make userspace"
	[[ -e $1/trace.dat && -e $1/run.txt ]] ||
		die "there is no recording in $1; run the lab first, or grade --replay"
	[[ $(fact "$1/run.txt" lab) == "$LAB" ]] ||
		die "the recording in $1 is of lab $(fact "$1/run.txt" lab), not of $LAB"
}

show()
{
	local from view=(-v)

	from=$(recording)
	need_report "$from"
	[[ ! -t 1 ]] || view+=(--split)
	reusetrace-view report "$from/trace.dat" -N "$(fact "$from/run.txt" netns)" "${view[@]}" ||
		return 1
}

# how_to_grade: the verb with what it was run with.
how_to_grade()
{
	if [[ $how == replay ]]; then
		echo "grade --replay $LAB"
	else
		echo "grade $LAB"
	fi
}

run()
{
	predict_first
	keep_prediction
	if [[ $how == replay ]]; then
		show
	else
		rm -f "$LAB_WORK"/{trace.dat,run.txt}
		"run_${how//vm/in_vm}"
	fi
	[[ $LAB_KIND != mystery ]] || answered || predict
	if answered; then
		# It has been played, whatever the answers are worth.
		grade_one || [[ $? == 1 && ${grade:-} ]]
	else
		say "no answers yet: scripts/lab.sh predict $LAB, then $(how_to_grade)"
	fi
}

# grade_json FOLDER PREDICTIONS BEFORE SOURCE: the grade, as one line.
grade_json()
{
	local reveal=true

	need_report "$1"
	[[ $LAB_KIND != mystery ]] || reveal=false
	reusetrace-view report "$1/trace.dat" --json -N "$(fact "$1/run.txt" netns)" |
		LAB_KERNEL=$(fact "$1/run.txt" kernel) jq -sc -L "$RT_SCRIPTS" -L "$LAB_DIR" \
			--arg lab "$LAB" --arg title "$LAB_TITLE" --arg source "$4" \
			--arg kernel "$(fact "$1/run.txt" kernel)" --argjson reveal "$reveal" \
			--arg predictions "$(contents "$2")" --arg before "$(contents "$3")" \
			'include "lab-grade"; grade($ARGS.named)'
}

# show_grade GRADE: 0 when it is a pass.
show_grade()
{
	if [[ $json ]]; then
		printf '%s\n' "$1"
	else
		jq -r -f "$RT_SCRIPTS/lab-text.jq" <<<"$1"
	fi
	[[ $(jq .pass <<<"$1") == true ]] || {
		[[ $json ]] || echo "Read ${LAB_DIR#"$PWD"/}/README.md; scripts/lab.sh predict" \
			"$LAB asks again, $(how_to_grade) tells."
		return 1
	}
}

grade_one()
{
	local source="your run"

	[[ $how != replay ]] || source=replay
	grade=$(grade_json "$(recording)" "$LAB_WORK/predict.txt" "$LAB_WORK/before.txt" "$source")
	show_grade "$grade"
}

# grade_class [LAB...]: what each student handed in, all of it or those labs.
grade_class()
{
	local work wanted=' ' status=0 graded=0 lab

	[[ -d $class ]] || die_usage "there is no folder $class"
	for lab; do
		find_lab "$lab"
		wanted+="$LAB "
	done
	for work in "$class"/*/*/predict.txt; do
		work=${work%/*}
		is_lab "${work##*/}" || continue
		find_lab "${work##*/}"
		[[ $wanted == ' ' || $wanted == *" $LAB "* ]] || continue
		graded=1
		grade_student "$work" || status=1
	done
	((graded)) || die "nothing to grade: no $class/STUDENT/01-.../predict.txt"
	return "$status"
}

# is_lab NAME: whatever else is in a student's folder is passed over.
is_lab()
{
	[[ -e $LAB_ROOT/$1/lab.txt ]] || {
		say "passed over: $1 is no lab"
		return 1
	}
}

# grade_student FOLDER: by the student's own run, or else by the lab's recording.
grade_student()
{
	local student from=$1 source="own run"

	student=$(basename "$(dirname "$1")")
	if [[ $how == replay || ! -e $from/trace.dat ]]; then
		from=$LAB_DIR source=replay
	fi
	grade=$(grade_json "$from" "$1/predict.txt" "$1/before.txt" "$source" 2>/dev/null) ||
		grade=$(ungraded)
	grade=$(jq -c --arg student "$student" '{ student: $student } + .' <<<"$grade")
	if [[ $json ]]; then
		printf '%s\n' "$grade"
	else
		jq -r '"\(.student)\t\(.lab)\t\(if .pass then "pass" else "FAIL" end)\t" +
			(.error // "\(.right) of \(.of)\t\(.missing) missing, " +
			 "\(.unexpected) unexpected\t\(.source)")' <<<"$grade"
	fi
	[[ $(jq .pass <<<"$grade") == true ]]
}

# ungraded: the grade of what cannot be read.
ungraded()
{
	jq -nc --arg lab "$LAB" \
		'{ v: 1, lab: $lab, pass: false, error: "the recording cannot be read, or is of another lab" }'
}

reset()
{
	rm -f "$LAB_WORK"/{predict.txt,predict.new,before.txt,trace.dat,run.txt}
	[[ ! -d $LAB_WORK ]] || rmdir --ignore-fail-on-non-empty "$LAB_WORK"
}

parse "$@"
case $verb in
list) list && exit ;;
predict | run | show | grade | reset) ;;
'') help_text >&2 && exit 2 ;;
*) die_usage "\"$verb\" is no verb; there are: list predict run show grade reset" ;;
esac
if [[ $class ]]; then
	[[ $verb == grade ]] || die_usage "--class belongs to grade"
	grade_class "${labs[@]}"
	exit
fi
[[ ${#labs[@]} == 1 ]] || die_usage "which lab? One of those that lab.sh list names"
find_lab "${labs[0]}"
[[ $verb != grade ]] || verb=grade_one
"$verb"
