# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# What the experiments share. Nothing here sleeps and hopes: a program that
# was started writes each line to the screen and then, by --copy-to, into a
# pipe of ours; we read that pipe until the awaited line comes, the program
# ends, or WAIT seconds have passed. Few other programs are run: in the
# virtual machine each costs more than all the rest.

set -uo pipefail

PORT=${PORT:-9527}
WAIT=${WAIT:-30}

demo=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
declare -A pid_of=()	# name of a running program -> its process id
declare -A out_of=()	# ... -> descriptor its lines are read from
declare -A in_of=()	# ... -> descriptor its standard input is fed by
seen=			# the line that expect found last
signalled=0		# the exit status that a held signal asks for

title() {
	printf '=== %s\n' "$1"
}

say() {
	printf -- '--- %s\n' "$@"
}

fail() {
	printf -- '--- FAILED: %s\n' "$1" >&2
	exit 1
}

# drain NAME SECONDS: pass over its lines until it has ended; 1 if it has not.
drain() {
	local end=$((SECONDS + $2)) status=0

	while ((status == 0)); do
		((SECONDS < end)) || return 1
		read -r -t "$((end - SECONDS))" -u "${out_of[$1]}" _
		status=$?
	done
	((status == 1))		# the end of the pipe, not the end of the time
}

# hold_signals, let_signals: between them a signal waits. Otherwise one could
# come when something was made and not yet noted for cleanup.
hold_signals() {
	trap 'signalled=130' INT
	trap 'signalled=143' TERM
}

let_signals() {
	trap 'exit 130' INT
	trap 'exit 143' TERM
	((signalled == 0)) || exit "$signalled"
}

# However the script ends, nothing of it stays behind.
cleanup() {
	local name

	hold_signals
	for name in "${!pid_of[@]}"; do
		kill -TERM "${pid_of[$name]}" 2>/dev/null
	done
	for name in "${!pid_of[@]}"; do
		drain "$name" 2 || kill -KILL "${pid_of[$name]}" 2>/dev/null
	done
}

trap cleanup EXIT
let_signals

# need PROGRAM...: they must have been built.
need() {
	local program

	for program in "$@"; do
		[[ -x $demo/$program ]] ||
			fail "$program is not built; run make -C $demo"
	done
}

# open_pipe VARIABLE: a pipe open for both, so that no open waits for another.
open_pipe() {
	exec {pipe}<> <(:)
	printf -v "$1" '%d' "$pipe"
}

# own_namespace: start again in a network of our own, where the settings can
# be changed and nothing is left behind. It needs root, or a kernel that lets
# users have namespaces.
own_namespace() {
	local user=()

	if [[ ${DEMO_NETNS:-} ]]; then
		ip link set lo up || fail "ip link set lo up does not work"
		return
	fi
	need_tool unshare util-linux
	need_tool ip iproute2
	((EUID == 0)) || user=(--user --map-root-user)
	export DEMO_NETNS=1
	exec unshare "${user[@]}" --net -- "$0"
}

# need_tool PROGRAM PACKAGE
need_tool() {
	type -P "$1" >/dev/null || fail "$1 is missing; apt install $2"
}

# set_sysctl NAME VALUE: below net.ipv4, in our own namespace.
set_sysctl() {
	say "\$ sysctl net.ipv4.$1=\"$2\""
	printf '%s\n' "$2" >"/proc/sys/net/ipv4/$1" ||
		fail "net.ipv4.$1 cannot be set to '$2'"
}

# kernel_at_least MAJOR MINOR
kernel_at_least() {
	local major minor

	IFS=.- read -r major minor _ </proc/sys/kernel/osrelease
	((major > $1 || major == $1 && minor >= $2))
}

# await COMMAND [ARG...]: try it again until it succeeds, WAIT seconds at most.
await() {
	local end=$((SECONDS + WAIT))

	until "$@"; do
		((SECONDS < end)) || fail "$WAIT s passed without: $*"
		sleep 0.05
	done
}

# port_unused: nothing is bound to it, not even a connection that waits for its last
# acknowledgement. A request for one is not bound.
port_unused() {
	local lines

	lines=$(ss -Htn state all exclude syn-recv "sport = :$PORT") ||
		fail "ss does not work"
	[[ ! $lines ]]
}

# start NAME PROGRAM [ARG...]: run it in the background under that name.
start() {
	local name=$1 in out copy pipe
	local -a command=("$2" --port "$PORT" --name "$1" "${@:3}")

	say "\$ ${command[*]}"
	hold_signals
	open_pipe in
	open_pipe copy
	exec {out}<"/dev/fd/$copy"
	"$demo/${command[0]}" --copy-to "$copy" "${command[@]:1}" <&"$in" &
	pid_of[$name]=$! in_of[$name]=$in out_of[$name]=$out
	exec {copy}>&-	# theirs alone now: it ends when they have ended
	let_signals
}

# expect NAME PATTERN: wait until it prints such a line, and keep it in $seen.
expect() {
	local end=$((SECONDS + WAIT))

	while ((SECONDS < end)) &&
	      IFS= read -r -t "$((end - SECONDS))" -u "${out_of[$1]}" seen; do
		[[ $seen =~ $2 ]] && return
	done
	fail "$1 ended or $WAIT s passed, and it has not said '$2'"
}

# type_line NAME TEXT: one line on its standard input.
type_line() {
	printf '%s\n' "$2" >&"${in_of[$1]}"
}

# refused NAME PROGRAM [OPTION...]: such a server cannot start now.
refused() {
	start "$@"
	expect "$1" 'listening on|failed: '
	[[ $seen =~ (bind|listen)'() on '.*'failed: EADDRINUSE' ]] ||
		fail "$1 was to be refused with EADDRINUSE"
	finish "$1" 1
}

# allowed NAME PROGRAM [OPTION...]: such a server can, and goes on.
allowed() {
	start "$@"
	expect "$1" 'listening on|failed: '
	[[ $seen != *'failed: '* ]] || fail "$1 was to be allowed"
}

# read_shares ARRAY LINE: "WORD PID N PID N ..." as ARRAY[PID]=N, no zeros.
# shellcheck disable=SC2034 # a name for an array of the caller
read_shares() {
	local -n into=$1
	local -a word
	local i

	read -ra word <<<"$2"
	for ((i = 1; i + 1 < ${#word[@]}; i += 2)); do
		((word[i + 1] == 0)) || into[word[i]]=${word[i + 1]}
	done
}

# agree LINE LINE TOTAL: servers and clients counted the same, by server.
agree() {
	local -a ours=() theirs=()
	local count total=0

	read_shares ours "$1"
	read_shares theirs "$2"
	for count in "${ours[@]}"; do
		((total += count))
	done
	((total == $3)) || fail "the servers counted $total clients, not $3"
	# Indices are pids, and bash lists them in order.
	[[ ${!ours[*]} == "${!theirs[*]}" && ${ours[*]} == "${theirs[*]}" ]] ||
		fail "servers and clients disagree about who answered"
}

# finish NAME STATUS: it ends by itself, with that exit status.
finish() {
	local status=0 out=${out_of[$1]} in=${in_of[$1]}

	drain "$1" "$WAIT" || fail "$1 has not ended within $WAIT s"
	hold_signals
	wait "${pid_of[$1]}" || status=$?
	unset "pid_of[$1]" "out_of[$1]" "in_of[$1]"
	exec {out}<&- {in}>&-
	let_signals
	((status == $2)) || fail "$1 ended with status $status, not with $2"
}

# stop NAME: ask it to end.
stop() {
	kill -TERM "${pid_of[$1]}"
	finish "$1" 0
}
