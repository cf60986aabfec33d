#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Plays the experiments with the kernel's decisions beside them. Runs as root
# inside the virtual machine, where scripts/vm.sh sets REUSETRACE_KO and has
# reusetrace-view on the PATH; `make demo` does all that.
# Usage: run.sh [eN...|all|every]     all: the two classics, e1 and e2
# Environment: PORT (9527, in e5 8080)

set -uo pipefail
shopt -s extglob nullglob

demo=$(cd "${BASH_SOURCE[0]%/*}" && pwd)
export DEMO_PREFIX=0	# the viewer names each line's writer itself

die() {
	printf 'run.sh: %s\n' "$1" >&2
	exit "${2:-1}"
}

need() {
	local program

	((EUID == 0)) ||
		die "loading a module needs root; use make demo, which boots a VM"
	for program in reusetrace-view jq; do
		type -P "$program" >/dev/null ||
			die "$program is not on the PATH; use make demo"
	done
}

load_module() {
	[[ -d /sys/module/reusetrace ]] && return
	[[ -n ${REUSETRACE_KO:-} ]] ||
		die "REUSETRACE_KO does not name the module; use make demo"
	insmod "$REUSETRACE_KO" ||
		die "insmod $REUSETRACE_KO failed; dmesg says why"
}

# In the virtual machine a file's pages come one by one from the host, while
# its reader waits; read from end to end it comes ten times faster.
read_ahead() {
	cat "$demo"/demo-!(*.*) "$(type -P jq)" >/dev/null &
}

# set_experiments WORD...: what they stand for, into the array experiments.
set_experiments() {
	local word file

	experiments=()
	for word in "$@"; do
		case $word in
		all) experiments+=(e1 e2) ;;
		every)
			for file in $(cd "$demo" &&
				      printf '%s\n' e+([0-9]).sh | sort -V); do
				experiments+=("${file%.sh}")
			done
			;;
		e+([0-9]))
			[[ -e $demo/$word.sh ]] || die "there is no $word.sh" 2
			experiments+=("$word")
			;;
		*) die "'$word' is no experiment; there are eN, all and every" 2 ;;
		esac
	done
}

# port_of EXPERIMENT: the server's, into $port.
port_of() {
	case $1 in
	e5) port=${PORT:-8080} ;;
	*) port=${PORT:-9527} ;;
	esac
}

# set_filter EXPERIMENT: what the viewer is to show. In e13 it is the clients'
# ports that matter, whichever they are.
set_filter() {
	filter=(--port "$port")
	[[ $1 != e13 ]] || filter=()
}

# view_failed STATUS WHAT: what the viewer's exit status means here.
view_failed() {
	case $1 in
	3) die "$2: the viewer says that events were lost" ;;
	*) die "$2: the viewer or the experiment ended with status $1" ;;
	esac
}

play() {
	local -a filter
	local port

	port_of "$1"
	set_filter "$1"
	reusetrace-view -v "${filter[@]}" -- "$demo/$1.sh" || view_failed $? "$1"
}

# Picks in the trace and the workers' own counts, both by the listener's
# cookie, from the JSON Lines of one run of e2.sh. The workers print "cookies
# PID COOKIE ..." and "accepted PID N ...".
# shellcheck disable=SC2016 # jq's variables
compare_members='
	def pairs(word):
		[.[] | select(.type == "output") | .line
		 | select(startswith(word + " "))] | last // ""
		| split(" ")[1:] as $words
		| [range(0; $words | length; 2)
		   | {($words[.]): $words[. + 1]}] | add // {};
	pairs("cookies") as $cookies
	| (map(select(.type == "steer" and .proto == "tcp"
		      and .dport == $port))
	   | group_by(.cookie)
	   | map({ (.[0].cookie | tostring): length }) | add // {}) as $picked
	| (pairs("accepted") | to_entries
	   | map({ ($cookies[.key]): (.value | tonumber) } | select(.[] > 0))
	   | add // {}) as $accepted
	| if any(.[]; .type == "summary") and $picked == $accepted
	     and ($picked | length > 0)
	  then "e2, once more: picks in the trace = clients accepted, " +
	       "per member: \([$picked[]] | join(" ")), \([$picked[]] | add) in all"
	  else "picks in the trace and accepts differ: \($picked) \($accepted)\n"
	       | halt_error
	  end'

# The trace against the servers: the same experiment again, as JSON.
compare_e2() {
	local -a lines
	local port

	port_of e2
	mapfile -t lines < <(reusetrace-view --json --port "$port" -- \
		"$demo/e2.sh"; echo $?)
	((lines[-1] == 0)) || view_failed "${lines[-1]}" "e2 --json"
	unset 'lines[-1]'
	printf '%s\n' "${lines[@]}" |
		jq --slurp --raw-output --argjson port "$port" "$compare_members" ||
		die "e2: the trace does not agree with the servers"
}

set_experiments "${@:-all}"
need
read_ahead
load_module

for experiment in "${experiments[@]}"; do
	play "$experiment"
	[[ $experiment != e2 ]] || compare_e2
done
