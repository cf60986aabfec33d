# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# A lab played on the running kernel, and what must be true of it then: for
# tests/vm/labs.t and tests/labs/live.t. Beside it: tests/lib.sh and
# scripts/lab-lib.sh, find_lab done.

# What is each run's own. How many TIME_WAITs there are to start over: on a busy
# machine a reset can end one at once; the lab's rows hold it against their events.
declare -A own=([07]=over [m3]=worker [m5]=port)

# play_lab: into $LAB_WORK; there is no trace.dat when it did not work.
play_lab()
{
	mkdir -p "$LAB_WORK"
	scripts/lab-run.sh "$LAB_WORK" "$LAB" >"$LAB_WORK/shown" 2>"$LAB_WORK/said" ||
		rm -f "$LAB_WORK/trace.dat"
	tidy >"$LAB_WORK/left" 2>&1
}

# tidy: prints what is left: module, instances, processes of its namespace.
tidy()
{
	local netns

	netns=$(fact "$LAB_WORK/run.txt" netns)
	find /sys/module/reusetrace -maxdepth 0 2>/dev/null
	find /sys/kernel/tracing/instances -mindepth 1 -maxdepth 1
	find /proc/[0-9]*/ns/net -lname "net:\[$netns\]" 2>/dev/null
}

# otherwise: the keys whose answer this kernel gives in another way.
otherwise()
{
	case $(fact "$LAB_WORK/run.txt" kernel) in
	5.10.*)
		case $LAB in
		13) echo incoming ;;
		14) echo setting-reset moved-whole moved-half ;;
		esac
		;;
	esac
}

# report FOLDER
report()
{
	reusetrace-view report "$1/trace.dat" --json -N "$(fact "$1/run.txt" netns)"
}

# grade FILE ANSWERS: its status is the grader's.
grade()
{
	cp "$2" "$LAB_WORK/predict.txt"
	scripts/lab.sh grade --json "$LAB" >"$1"
}

# told: the answers as this run's trace has them.
told()
{
	report "$LAB_WORK" | LAB_KERNEL=$(fact "$LAB_WORK/run.txt" kernel) \
		jq -rs -L scripts -L "$LAB_DIR" -f tests/labs/told.jq
}

# wrong_fails: tests/labs/replay.t has each of the answers wrong, this one.
wrong_fails()
{
	sed '1s/:.*/: certainly not/' "$LAB_WORK/told" >"$LAB_WORK/wrong"
	! grade "$LAB_WORK/graded" "$LAB_WORK/wrong" &&
		[ "$(jq '.of - .right' "$LAB_WORK/graded")" = 1 ]
}

# answers_agree: with the recording's, but for what was said above.
answers_agree()
{
	local key other wrong

	other=$(otherwise)
	wrong=" $(jq -r '[.predictions[] | select(.right | not).key] | join(" ")' \
		"$LAB_WORK/live") "
	for key in $wrong; do
		[[ " ${own[$LAB]:-} $other " == *" $key "* ]] || {
			note "$key: $(grep "^$key:" "$LAB_WORK/told")"
			return 1
		}
	done
	for key in $other; do
		[[ $wrong == *" $key "* ]] || {
			note "$key was to be another on this kernel"
			return 1
		}
	done
}

# story FOLDER: each bind, refusal and closed listener, in a line; how fast
# several processes were is left to them, and who is the last to close.
story()
{
	report "$1" | jq -r 'select([.type] | inside(["bind", "bind_conflict", "listener_close"]))
		| [.type, .op, (if .op then .comm else null end), .proto, .addr, .result, .rule, .why,
		   .overlap, .unaccepted, .reset, .migrated]
		| map(values) | join(" ")' | sort
}

stories_agree()
{
	story "$LAB_WORK" | varying >"$LAB_WORK/live.story"
	story "$LAB_DIR" | varying >"$LAB_WORK/replay.story"
	diff "$LAB_WORK/replay.story" "$LAB_WORK/live.story" | sed 's/^/# /'
	cmp -s "$LAB_WORK/replay.story" "$LAB_WORK/live.story"
}

# varying: without what the experiment does otherwise on 5.10 (E3), and what is
# chance: how many wait in each queue of nginx, and which TIME_WAITs are over.
varying()
{
	case $LAB in
	01) grep -v '^bind bind again' ;;
	15) grep -v '^listener_close' | sed 's/ ok .*/ ok/' ;;
	*) cat ;;
	esac
}

trace_is_as_expected()
{
	jq -c 'if .missing + .unexpected == 0 then empty
	       else [.rows[] | select(.missing + .excess > 0)], .stray end' \
		"$LAB_WORK/live" | sed 's/^/# /'
	[ "$(jq '.missing + .unexpected' "$LAB_WORK/live")" = 0 ]
}

# judge_lab [NAME]: what play_lab has made.
judge_lab()
{
	local name=${1:+$1 }$LAB_NAME unseen

	if [ ! -e "$LAB_WORK/trace.dat" ]; then
		tail -n 5 "$LAB_WORK/said" "$LAB_WORK/shown" | sed 's/^/# /'
		check "$name: is played to its end" false
		return
	fi
	same "$name: leaves nothing behind" "" "$(cat "$LAB_WORK/left")"
	grade "$LAB_WORK/live" "Documentation/labs/teacher/$LAB_NAME.txt"
	unseen=$(jq .unseen "$LAB_WORK/live")
	if [ "$unseen" != 0 ]; then
		skip "$name: its trace" "$unseen calls were missed"
		return
	fi
	told >"$LAB_WORK/told"
	check "$name: the trace is as expected" trace_is_as_expected
	check "$name: its answers are those of the recording" answers_agree
	[ "$(otherwise)" ] ||
		check "$name: and so are binds, refusals and closes" stories_agree
	check "$name: the right answers pass" grade "$LAB_WORK/graded" "$LAB_WORK/told"
	check "$name: a wrong one fails" wrong_fails
}
