#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The viewer on a real terminal, which tmux plays: `top` and `--split`, keys,
# sizes, and how each ends. Nothing here ends by the clock, for in a virtual
# machine on a loaded computer it may race: the load runs until it is told, what
# scrolled away counts as well, and waiting means looking so many times. What
# never comes ends the test, with what was on the screen instead.
# RT_SCREENS=all plays the rarer scenes as well.
set -u
here=$(dirname "$(readlink -f "$0")")
. "$here/../lib.sh"
tmp=$(mktemp -d)
load="python3 $here/screen_load.py $tmp/stop"
LOOKS=100
pid=		# of the load beside `top`

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

# With what scrolled away: --split's first lines, when its last are there.
shot=		# the last picture, unless something was done since
picture()
{
	shot=$(tm capture-pane -p -S -)
}

# comes COMMAND...: it succeeds, sooner or later, of a picture
comes()
{
	local i

	for ((i = 0; i < LOOKS; i++)); do
		[ "$shot" ] && "$@" && return
		sleep 0.1
		picture || break
	done
	note "after $i looks there is still no: $*"
	printf '# | %s\n' "${shot//$'\n'/$'\n# | '}"
	return 1
}

has()
{
	grep -qE -- "$1" <<<"$shot"
}

# on_screen PATTERN: it comes, sooner or later
on_screen()
{
	comes has "$1"
}

rarer()
{
	[ "${RT_SCREENS:-}" = all ]
}

# must NAME COMMAND...: a check without which the rest makes no sense
must()
{
	check "$@" && return
	stop_load
	tm kill-server
	done_testing
	exit
}

# It looks for the file after each of its clients, and may hang in one of them.
stop_load()
{
	local i

	touch "$tmp/stop"
	[ "$pid" ] || return
	for ((i = 0; i < LOOKS; i++)); do
		kill -0 "$pid" 2>/dev/null || break
		sleep 0.1
	done
	[ "$i" -lt "$LOOKS" ] || note "the load does not end"
	kill -KILL "-$pid" 2>/dev/null
	pid=
}

in_places()
{
	[ "$(grep -oE '^ +[1-5]  (worker|second)' <<<"$shot" | tr -dc '1-5')" = 12345 ]
}

keys()
{
	tm send-keys "$@"
	shot=
}

size()
{
	tm resize-window -x "${1%x*}" -y "${1#*x}"
	shot=
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
	shot=
}

not_on_screen()
{
	! has "$1"
}

widest()
{
	awk '{ if (length > n) n = length } END { print n }' <<<"$shot"
}

group_line()
{
	grep 'tcp port' <<<"$shot"
}

goes_on()
{
	[ "$(group_line)" ] && [ "$(group_line)" != "$before" ]
}

insmod "$REUSETRACE_KO"

show 80x24 "reusetrace-view top"
must "top: begins with nothing" on_screen 'GROUPS'
keys Enter
must "top: Enter explains the columns" on_screen 'queue: connections that nobody'
keys x
$load >/dev/null &
pid=$!
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
before=$(group_line)
for _ in 1 2 3; do
	sleep 0.5
	picture
done
same "top: which stands still" "$before" "$(group_line)"
keys p
must "top: p again goes on" comes goes_on
size 30x4
must "top: says that a terminal is too small" on_screen 'too small'
size 120x40
must "top: takes a larger one" on_screen 'REFUSED'
keys q
# Under emulation a probe may be missed now and then: then it is 3.
must "top: q ends it with status 0" on_screen 'status [03]'
must "top: and the sums stay behind" on_screen '(complete:|missed)'
if rarer; then
	show 120x40 "reusetrace-view top --count"
	must "top: --count has the shares, too" \
		on_screen 'tcp port 9527, 5 members, [1-9][0-9]* picks, counted'
	keys q
	must "top: and the sums say that they are counted" \
		on_screen 'picks?, counted: of how many clients'
fi
stop_load
rm "$tmp/stop"

show 80x24 "reusetrace-view --split -- $load"
must "split: two panes" on_screen 'the program says +seconds \| the kernel decides'
must "split: the kernel's decision on the right" on_screen '\| nginx\[[0-9]+\] bind'
must "split: and who stood in the way" on_screen '\|     held by '
must "split: the program's line on the left" on_screen '^Address already in use +[0-9.]* \|'
same "split: no line is longer than the terminal" yes \
	"$([ "$(widest)" -le 80 ] && echo yes)"
size 60x24
must "split: drawn anew for another size" on_screen '^the program says {1,6}seconds \| the'
touch "$tmp/stop"
must "split: the sums come at the end" on_screen '(complete:|missed)'
must "split: COMMAND's status" on_screen 'status [03]'

if rarer; then
	show 80x24 "reusetrace-view --split --timestamp=none -- $load"
	must "split: without times there is no column for them" \
		on_screen '^the program says +\| the kernel decides'
	must "split: it ends" on_screen 'status [03]'
fi

out=$(reusetrace-view --split -q -- sh -c 'echo plain')
contains "split: no terminal, no panes" "plain" "$out"
same "split: in one line" 1 "$(printf '%s\n' "$out" | wc -l)"

reusetrace-view top </dev/null >"$tmp/out" 2>&1
same "top: no terminal, status 1" 1 $?
contains "top: and it says so" "terminal" "$(cat "$tmp/out")"
if rarer; then
	show 80x24 "TERM=nosuch reusetrace-view top"
	must "top: an unknown terminal is named" on_screen 'nosuch'
fi
tm kill-server
rmmod reusetrace
rm -r "$tmp"
done_testing
