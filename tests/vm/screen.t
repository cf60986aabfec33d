#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The viewer on a real terminal, which tmux plays: `top` and `--split`, keys,
# sizes, and how each ends.
set -u
here=$(dirname "$(readlink -f "$0")")
. "$here/../lib.sh"
load="python3 $here/screen_load.py"

if ! type -P tmux >/dev/null; then
	skip "the viewer on a terminal" "tmux is not installed"
	done_testing
	exit
fi
export TERM=xterm-256color LC_ALL=C.UTF-8

tm()
{
	tmux -L screen -f /dev/null "$@"
}

picture()
{
	tm capture-pane -p
}

# on_screen PATTERN: it comes, sooner or later
on_screen()
{
	local i

	for ((i = 0; i < 600; i++)); do
		picture | grep -qE -- "$1" && return
		sleep 0.1
	done
	picture | sed 's/^/# /'
	return 1
}

# comes COMMAND...: it succeeds, sooner or later
comes()
{
	local i

	for ((i = 0; i < 600; i++)); do
		"$@" && return
		sleep 0.1
	done
	return 1
}

in_places()
{
	[ "$(picture | grep -oE '^ +[1-5]  (worker|second)' | tr -dc '1-5')" = 12345 ]
}

keys()
{
	tm send-keys "$@"
}

# show SIZE COMMAND: on a terminal of that size
show()
{
	tm kill-server 2>/dev/null
	tm new-session -d -x "${1%x*}" -y "${1#*x}" "$2; echo \"status \$?\"; sleep 1000"
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
check "top: begins with nothing" on_screen 'GROUPS'
$load 600 >/dev/null &
loader=$!
check "top: a group and its picks" on_screen 'tcp port 9527, 5 members, [1-9][0-9]* picks'
check "top: a member by name, with its share as a bar" on_screen 'second\[[0-9]+\] .*[0-9] % #+'
check "top: what waits to be accepted, of how many" on_screen '(worker|second)\[[0-9]+\] .* [0-9]+/64 [.#]'
check "top: TIME_WAIT on the port" on_screen '^ +9527 +[1-9][0-9]* .* s'
check "top: who was refused, and why" on_screen 'nginx\[[0-9]+\] bind tcp 127.0.0.1:9527: a listener holds'
check "top: nothing is lost" on_screen 'lost 0  missed [0-9]'
keys s
check "top: s sorts by port" on_screen 'by port'
check "top: then members stand by their place" comes in_places
keys / 8 0 Enter
check "top: / hides other ports" on_screen 'port 80 '
check "top: none is left of them" comes not_on_screen 9527
keys / Enter
check "top: an empty port shows all" on_screen 'tcp port 9527'
keys Down Down Down Down Down Down Down Down Down Down Down Enter
check "top: Enter explains a refusal" on_screen 'What to do: Close the old listener'
check "top: and names the holder" on_screen 'held by (worker|second)\['
keys x
check "top: any key goes back" on_screen 'GROUPS'
keys p
check "top: p stops the picture" on_screen PAUSED
before=$(picture | grep 'tcp port')
sleep 1
same "top: which stands still" "$before" "$(picture | grep 'tcp port')"
keys p
tm resize-window -x 30 -y 4
check "top: says that a terminal is too small" on_screen 'too small'
tm resize-window -x 120 -y 40
check "top: takes a larger one" on_screen 'REFUSED'
keys q
# Under emulation a probe may be missed now and then: then it is 3.
check "top: q ends it with status 0" on_screen 'status [03]'
check "top: and the sums stay behind" on_screen '(complete:|missed)'
kill -KILL -- -$loader
wait

show 80x24 "reusetrace-view --split -- $load 20"
check "split: two panes" on_screen 'the program says +seconds \| the kernel decides'
check "split: the kernel's decision on the right" on_screen '\| nginx\[[0-9]+\] bind'
check "split: the program's line on the left" on_screen '^Address already in use +[0-9.]* \|'
same "split: no line is longer than the terminal" yes \
	"$([ "$(widest)" -le 80 ] && echo yes)"
tm resize-window -x 60 -y 24
check "split: drawn anew for another size" on_screen '^the program says {1,6}seconds \| the'
check "split: the sums come at the end" on_screen '(complete:|missed)'
check "split: COMMAND's status" on_screen 'status [03]'

show 80x24 "reusetrace-view --split --timestamp=none -- $load 2"
check "split: without times there is no column for them" \
	on_screen '^the program says +\| the kernel decides'
check "split: it ends" on_screen 'status [03]'

out=$(reusetrace-view --split -q -- sh -c 'echo plain')
contains "split: no terminal, no panes" "plain" "$out"
same "split: in one line" 1 "$(printf '%s\n' "$out" | wc -l)"

reusetrace-view top </dev/null >/tmp/out 2>&1
same "top: no terminal, status 1" 1 $?
contains "top: and it says so" "terminal" "$(cat /tmp/out)"
show 80x24 "TERM=nosuch reusetrace-view top"
check "top: an unknown terminal is named" on_screen 'nosuch'
tm kill-server
rmmod reusetrace
done_testing
