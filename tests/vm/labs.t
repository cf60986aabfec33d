#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Labs played on this kernel: the right answers pass, a live run tells what the
# recording tells, nothing stays behind. A few of them; LABS=all, or a list of
# them, for others.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/lib.sh
. scripts/lib.sh
. scripts/lab-lib.sh

LABS_DIR=$(mktemp -d)
export LABS_DIR
trap 'rm -rf "$LABS_DIR"' EXIT
work=$LABS_DIR/grades
mkdir "$work"

# What is each run's own; and what old kernels do otherwise.
declare -A own=([m3]=worker [m5]=port) old=()
if [[ $(uname -r) == 5.10.* ]]; then
	old=([13]="incoming" [14]="setting-reset moved-whole moved-half")
fi

# grade FILE [OPTION...]: with the right answers in place
grade()
{
	local into=$1

	shift
	cp "Documentation/labs/teacher/$LAB_NAME.txt" "$LAB_WORK/predict.txt"
	scripts/lab.sh grade --json "$@" "$LAB" >"$into"
	[ -s "$into" ]
}

# differing LIVE: the keys whose right answer is another one here
differing()
{
	jq -r '[.predictions[] | select(.right | not).key] | join(" ")' "$1"
}

# The answers are those of the recording, but for what was said above.
answers_agree()
{
	local key

	for key in $(differing "$work/live"); do
		[[ " ${own[$LAB]:-} ${old[$LAB]:-} " == *" $key "* ]] || {
			note "$key: $(jq -c --arg key "$key" \
				'.predictions[] | select(.key == $key)' "$work/live")"
			return 1
		}
	done
	for key in ${old[$LAB]:-}; do
		[[ " $(differing "$work/live") " == *" $key "* ]] || {
			note "$key was to be another on this kernel"
			return 1
		}
	done
}

# Each row that says exactly how often, as often as in the recording.
rows_agree()
{
	[[ ! ${old[$LAB]:-} ]] || return 0
	jq -r '.rows[] | select(.min == .max) | "\(.count) \(.what)"' "$work/live" >"$work/live.rows"
	jq -r '.rows[] | select(.min == .max) | "\(.count) \(.what)"' "$work/replay" >"$work/replay.rows"
	diff "$work/live.rows" "$work/replay.rows" | sed 's/^/# /'
	cmp -s "$work/live.rows" "$work/replay.rows"
}

trace_is_as_expected()
{
	jq -c 'if .missing + .unexpected == 0 then empty
	       else [.rows[] | select(.missing + .excess > 0)], .stray end' \
		"$work/live" | sed 's/^/# /'
	[ "$(jq '.missing + .unexpected' "$work/live")" = 0 ]
}

# tidy: no module, no instance, no process of its namespace
tidy()
{
	local netns

	[ ! -d /sys/module/reusetrace ] || return 1
	[ -z "$(ls /sys/kernel/tracing/instances)" ] || return 1
	netns=$(fact "$LAB_WORK/run.txt" netns)
	! find /proc/[0-9]*/ns/net -lname "net:\[$netns\]" 2>/dev/null | grep .
}

play()
{
	local unseen started=$SECONDS

	find_lab "$1"
	if [[ $LAB_NEEDS == servers && -z ${SERVERS_ROOT:-} ]]; then
		skip "$LAB_NAME" "scripts/servers.sh has not made the servers' folder"
		return
	fi
	mkdir -p "$LAB_WORK"
	scripts/lab-run.sh "$LAB_WORK" "$LAB" >"$work/shown" 2>"$work/said" || {
		tail -5 "$work/said" "$work/shown" | sed 's/^/# /'
		check "$LAB_NAME: is played to its end" false
		return
	}
	note "$LAB_NAME took $((SECONDS - started)) s"
	check "$LAB_NAME: leaves nothing behind" tidy
	grade "$work/live"
	grade "$work/replay" --replay
	unseen=$(jq .unseen "$work/live")
	if [ "$unseen" != 0 ]; then
		skip "$LAB_NAME: its trace" "$unseen calls were missed"
		return
	fi
	check "$LAB_NAME: the trace is as expected" trace_is_as_expected
	check "$LAB_NAME: its answers are those of the recording" answers_agree
	check "$LAB_NAME: and so are the events" rows_agree
}

labs=${LABS:-01 05 m2}
if [ "$labs" = all ]; then
	labs=$(lab_folders | sed 's,.*/,,')
fi
for lab in $labs; do
	play "$lab"
done
done_testing
