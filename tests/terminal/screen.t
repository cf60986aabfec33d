#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The viewer on a real terminal, which tmux plays: `top` and `--split`, keys,
# sizes, and how each ends. Nothing here ends by the clock, for in a virtual
# machine on a loaded computer it may race: what is on a terminal stays, and the
# load runs until it is told. What never comes ends the test.
set -u
here=$(dirname "$(readlink -f "$0")")
. "$here/../lib.sh"
tmp=$(mktemp -d)
load="python3 $here/screen_load.py $tmp/stop"

if ! type -P tmux >/dev/null; then
	skip "the viewer on a terminal" "tmux is not installed"
	done_testing
	exit
fi
export TERM=xterm-256color LC_ALL=C.UTF-8

tm()
{
	tmux -S "$tmp/terminal$shown" -f /dev/null "$@"
}

picture()
{
	tm capture-pane -p
}

# comes COMMAND...: it succeeds, sooner or later
comes()
{
	local i

	for ((i = 0; i < 600; i++)); do
		"$@" && return
		picture >/dev/null || break
		sleep 0.1
	done
	picture | sed 's/^/# /'
	return 1
}

has()
{
	picture | grep -qE -- "$1"
}

# on_screen PATTERN: it comes, sooner or later
on_screen()
{
	comes has "$1"
}

# must NAME COMMAND...: a check without which the rest makes no sense
must()
{
	check "$@" && return
	touch "$tmp/stop"
	tm kill-server
	done_testing
	exit
}

in_places()
{
	[ "$(picture | grep -oE '^ +[1-5]  (worker|second)' | tr -dc '1-5')" = 12345 ]
}

keys()
{
	tm send-keys "$@"
}

# show SIZE COMMAND: on a terminal of that size, a new one each time: a server
# that was told to end may still take the next one's orders.
shown=0
show()
{
	[ $shown = 0 ] || tm kill-server
	shown=$((shown + 1))
	tm new-session -d -x "${1%x*}" -y "${1#*x}" \
		"$2; echo \"status \$?\"; sleep infinity"
}

not_on_screen()
{
	! picture | grep -qE -- "$1"
}

widest()
{
	picture | awk '{ if (length > n) n = length } END { print n }'
}

insmod "$REUSETRACE_KO"

show 80x24 "reusetrace-view top"
must "top: begins with nothing" on_screen 'GROUPS'
$load >/dev/null &
must "top: a group and its picks" on_screen 'tcp port 9527, 5 members, [1-9][0-9]* picks'
must "top: a member by name, with its share as a bar" on_screen 'second\[[0-9]+\] .*[0-9] % #+'
must "top: what waits to be accepted, of how many" on_screen '(worker|second)\[[0-9]+\] .* [0-9]+/64 [.#]'
must "top: TIME_WAIT on the port" on_screen '^ +9527 +[1-9][0-9]* .* s'
must "top: who was refused, and why" on_screen 'nginx\[[0-9]+\] bind tcp 127.0.0.1:9527: a listener holds'
must "top: nothing is lost" on_screen 'lost 0  missed [0-9]'
keys s
must "top: s sorts by port" on_screen 'by port'
must "top: then members stand by their place" comes in_places
keys / 8 0 Enter
must "top: / hides other ports" on_screen 'port 80 '
must "top: none is left of them" comes not_on_screen 9527
keys / Enter
must "top: an empty port shows all" on_screen 'tcp port 9527'
keys Down Down Down Down Down Down Down Down Down Down Down Enter
must "top: Enter explains a refusal" on_screen 'What to do: Close the old listener'
must "top: and names the holder" on_screen 'held by (worker|second)\['
keys x
must "top: any key goes back" on_screen 'GROUPS'
keys p
must "top: p stops the picture" on_screen PAUSED
before=$(picture | grep 'tcp port')
for _ in {1..10}; do
	picture >/dev/null
done
same "top: which stands still" "$before" "$(picture | grep 'tcp port')"
keys p
tm resize-window -x 30 -y 4
must "top: says that a terminal is too small" on_screen 'too small'
tm resize-window -x 120 -y 40
must "top: takes a larger one" on_screen 'REFUSED'
keys q
# Under emulation a probe may be missed now and then: then it is 3.
must "top: q ends it with status 0" on_screen 'status [03]'
must "top: and the sums stay behind" on_screen '(complete:|missed)'
touch "$tmp/stop"
wait
rm "$tmp/stop"

show 80x24 "reusetrace-view --split -- $load"
must "split: two panes" on_screen 'the program says +seconds \| the kernel decides'
must "split: the kernel's decision on the right" on_screen '\| nginx\[[0-9]+\] bind'
must "split: the program's line on the left" on_screen '^Address already in use +[0-9.]* \|'
same "split: no line is longer than the terminal" yes \
	"$([ "$(widest)" -le 80 ] && echo yes)"
tm resize-window -x 60 -y 24
must "split: drawn anew for another size" on_screen '^the program says {1,6}seconds \| the'
touch "$tmp/stop"
must "split: the sums come at the end" on_screen '(complete:|missed)'
must "split: COMMAND's status" on_screen 'status [03]'

show 80x24 "reusetrace-view --split --timestamp=none -- $load"
must "split: without times there is no column for them" \
	on_screen '^the program says +\| the kernel decides'
must "split: it ends" on_screen 'status [03]'

out=$(reusetrace-view --split -q -- sh -c 'echo plain')
contains "split: no terminal, no panes" "plain" "$out"
same "split: in one line" 1 "$(printf '%s\n' "$out" | wc -l)"

reusetrace-view top </dev/null >"$tmp/out" 2>&1
same "top: no terminal, status 1" 1 $?
contains "top: and it says so" "terminal" "$(cat "$tmp/out")"
show 80x24 "TERM=nosuch reusetrace-view top"
must "top: an unknown terminal is named" on_screen 'nosuch'
tm kill-server
rmmod reusetrace
rm -r "$tmp"
done_testing
