#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Each experiment goes as it says, and the trace of it tells the same story as
# the programs' own lines.
set -u
. "$(dirname "$0")/../lib.sh"

here=$(dirname "$(readlink -f "$0")")
demo=$here/../../userspace/demo
scripts=$here/../../scripts
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
declare -A facts

# Kernels before 5.14 have no migration, and no counter of it.
migrates=false
! grep -q TCPMigrateReqSuccess /proc/net/netstat || migrates=true
# Before 6.1 a group does not look at SO_INCOMING_CPU, and a TIME_WAIT cannot
# be dropped on demand.
modern=true
[[ $(uname -r) != 5.* ]] || modern=false

# A TIME_WAIT lasts a minute also where all else takes ten times as long.
slow=false
[ ! "${VM_DEBUG_KERNEL:-}" ] || slow=true

# What a fact is: a name, what is expected, what the trace says. An event that
# the viewer does not know by its keys yet is read in the kernel's own text.
# shellcheck disable=SC2016 # jq's variables
prelude='include "lab";

def fact($name; $want; $got): "\($name)\t\($want | tojson)\t\($got | tojson)";
def value($key):
	.[$key] // ((.text // "")
		    | capture("(^| )" + $key + "=(?<v>[^ ]*)") | .v);
def sum($key): map(value($key) | tonumber) | add // 0;

# The programs lines for machines, "WORD PID N PID N ...": the last $last.
def pairs($word; $last):
	[of("output")[].line | select(startswith($word + " "))][-$last:]
	| map(split(" ")[1:] as $words | range(0; $words | length; 2)
	      | {($words[.]): $words[. + 1]}) | add // {};
def sorted: to_entries | sort_by(.key) | from_entries;
def accepted($last):
	pairs("cookies"; $last) as $cookies
	| reduce (pairs("accepted"; $last) | to_entries[]) as $row
		({}; .[$cookies[$row.key]] += ($row.value | tonumber))
	| with_entries(select(.value > 0)) | sorted;

def by_cookie: group_by(.cookie)
	| map({(.[0].cookie | tostring): length}) | add // {} | sorted;
def picks_are_accepts($last):
	fact("each member was picked as often as it accepted";
	     accepted($last); connections | by_cookie);

def refusals: of("bind_conflict") | map([.comm, .rule]);
def bound($comm): of("bind") | map(select(.comm == $comm and .op == "bind"));
# What the kernel itself counted, as the demo says.
def counter($name): [of("output")[].line | capture($name + "=(?<n>[0-9]+)").n
		     | tonumber] | add // 0;
'

facts[e1]='
fact("the refusals and their reasons";
     [["s2", "listener-holds-port"], ["plain", "listener-holds-port"],
      ["plain", "connection-holds-port"]]; refusals),
fact("s2 is refused, then allowed by SO_REUSEADDR";
     [["EADDRINUSE", null], ["ok", "reuseaddr"]];
     bound("s2") | map([.result, .why]))'

facts[e2]='
picks_are_accepts(1),
fact("40 connections"; 40; connections | length),
fact("each picked by the hash, of four";
     true; connections | all(by_hash and .via == "hash" and .size == 4))'

# shellcheck disable=SC2016
facts[e3]='
fact("the refusals and their reasons";
     [["s2", "time-wait-holds-port", ["requester-unset", "holder-unset"]],
      ["s3", "time-wait-holds-port", ["holder-unset"]],
      ["s6", "time-wait-holds-port", ["requester-unset"]]];
     of("bind_conflict") | map([.comm, .rule, .reuseaddr_blocked_by])),
fact("s4 finds the port free"; [["ok", "port-free"]];
     bound("s4") | map([.result, .why])),
fact("s7 is allowed over one TIME_WAIT"; [["ok", "reuseaddr", 1]];
     bound("s7") | map([.result, .why, .over_time_wait])),
fact("two connections enter TIME_WAIT"; 2; of("tw_enter") | length),
fact("what ended the first"; if $modern then "destroyed" else "reset" end;
     of("tw_exit")[0] | value("reason")
     | if $slow and . == "expired" then "destroyed" else . end)'

facts[e4]='
fact("the refusals, their reason and which of them is 0.0.0.0";
     [["all", "listener-holds-port", "requester-wildcard"],
      ["one", "listener-holds-port", "holder-wildcard"],
      ["all", "listener-holds-port", "requester-wildcard"]];
     of("bind_conflict") | map([.comm, .rule, .overlap])),
fact("a server that listens is not shared by SO_REUSEADDR";
     ["holder-listening"]; of("bind_conflict")[2].reuseaddr_blocked_by),
fact("another address needs no option"; [["ok", "no-overlap"]];
     bound("s2") | map([.result, .why])),
fact("SO_REUSEPORT allows 0.0.0.0 beside an address"; [["ok", "reuseport"]];
     bound("s6") | map([.result, .why])),
fact("they are no group: each is picked from alone"; [[1], [6, 12]];
     connections | [(map(.size) | unique),
		    (by_cookie | map(.) | sort)])'

facts[e5]='
picks_are_accepts(1),
fact("40 requests"; 40; connections | length)'

# shellcheck disable=SC2016
facts[e6]='
def refused_for($key): of("bind_conflict") | map([.comm, .rule, .[$key]]);
fact("what SO_REUSEPORT lacked";
     [["s2", "listener-holds-port", ["requester-unset"]],
      ["s4", "listener-holds-port", ["holder-unset"]],
      ["s8", "listener-holds-port", ["requester-unset"]]];
     map(select(.proto == "tcp")) | refused_for("reuseport_blocked_by")),
fact("what SO_REUSEADDR lacked";
     [["s2", "udp-socket-holds-port", ["requester-unset"]],
      ["s4", "udp-socket-holds-port", ["holder-unset"]]];
     map(select(.proto == "udp")) | refused_for("reuseaddr_blocked_by")),
fact("both have it: allowed by it";
     [["tcp", "reuseport"], ["udp", "reuseaddr"]];
     bound("s6") | map([.proto, .why])),
fact("the first had it only after bind: allowed by it";
     [["ok", "reuseport"]]; bound("s10") | map([.result, .why])),
fact("and they are one group of two"; [24, [2], 2];
     connections | [length, (map(.size) | unique), (by_cookie | length)])'

facts[e7]='
fact("refused for the user, root as well as others";
     [["s2", 1002, 1001], ["s3", 0, 1001], ["s6", 1001, 0]];
     of("bind_conflict") | map(select(.rule == "reuseport-other-user")
			       | [.comm, .uid, .holder.uid])),
fact("no other refusals"; 3; refusals | length),
fact("the same user joins"; [["ok", "reuseport"]];
     bound("s4") | map([.result, .why])),
fact("and gets a part"; [24, 2];
     connections | [length, (by_cookie | length)]),
fact("UDP with SO_REUSEADDR: another user is allowed";
     [["ok", "reuseaddr", 1002]]; bound("s8") | map([.result, .why, .uid]))'

facts[e8]='
fact("the second UDP server with SO_REUSEADDR is allowed by it";
     [["ok", "reuseaddr"]]; bound("s2") | map([.result, .why])),
fact("each member was picked as often as it received";
     accepted(1); datagrams | by_cookie),
fact("one sender reaches one member"; 1;
     datagrams | group_by(.sport) | max_by(length)
     | map(.cookie) | unique | length),
fact("60 datagrams were steered, none of the first 24"; 60;
     datagrams | length)'

facts[e9]='
fact("the refusals and their reasons";
     [["r2", ["requester-unset", "holder-unset"],
       ["requester-unset", "holder-unset"]],
      ["m2", ["requester-unset"], ["holder-unset"]]];
     of("bind_conflict") | map([.comm, .reuseaddr_blocked_by,
				.reuseport_blocked_by])),
fact("the others are allowed by the option they have";
     ["reuseaddr", "reuseaddr", "reuseport", "reuseport"];
     ["a2", "a3", "p2", "p3"] as $names
     | of("bind") | map(select([.comm] | inside($names)) | .why)),
fact("a pick for unicast only"; [["127.0.0.1", 3]];
     datagrams | map([.dst, .size]))'

facts[e10]='
fact("a choice is made only where each has its own"; 200;
     connections | length),
picks_are_accepts(1)'

# shellcheck disable=SC2016
facts[e11]='
(if $migrates then 12 else 0 end) as $moved
| fact("24 connections, all to the only member"; [24, 1];
       connections | [length, (map(.size) | max)]),
fact("not accepted when their listener left"; 12;
     of("listener_close") | sum("unaccepted")),
fact("and reset"; 12 - $moved / 2; of("listener_close") | sum("reset")),
fact("and moved"; $moved / 2; of("listener_close") | sum("migrated")),
fact("moved, half-open ones among them, as the kernel counts";
     [true, counter("TCPMigrateReqSuccess")];
     of("migrate") | map(select(value("result") == "migrated")) | length
     | [. >= $moved, .])'

facts[e12]='
fact("the refusals and their reasons";
     ["plain", "s3"]; refusals | map(.[0])),
fact("s3 is refused by who listens"; "listener-holds-port";
     refusals[-1][1]),
fact("the workers start over all TIME_WAITs on the port";
     [["ok", time_waits(bound("b1")[0])]];
     bound("b1") | map([.result, .over_time_wait])),
fact("there are some"; true; time_waits(bound("b1")[0]) > 0),
fact("what allows the second of them"; ["reuseaddr+reuseport"];
     bound("b2") | map(.why)),
fact("over TIME_WAIT, SO_REUSEADDR alone is enough"; ["reuseaddr"];
     bound("s1") | map(.why)),
fact("and so is SO_REUSEPORT alone"; ["reuseport"]; bound("s2") | map(.why)),
picks_are_accepts(2)'

facts[e13]='
fact("bind() first finds no port four times"; 4;
     refusals | map(select(.[1] == "no-free-port")) | length),
fact("one port, no SO_REUSEADDR: two are refused by the first"; 2;
     refusals | map(select(.[1] == "connection-holds-port")) | length),
fact("with it, they are allowed by it"; true;
     [bound("c")[] | select(.port == 40000 and .reuseaddr
			    and .why == "reuseaddr")] | length >= 2)'

# shellcheck disable=SC2016
facts[e14]='
def step($thousand): connections
	| map(select((.sport / 1000 | floor) == $thousand));
def has_answer: .sport % 5 < 4;
def counts($thousand; $via): step($thousand)
	| [length,
	   ([.[] | select(has_answer)]
	    | all(.index == .sport % 5 and .via == $via)),
	   ([.[] | select(has_answer | not)] | length > 0 and all(by_hash))];
fact("classic BPF by port: where it says, else by hash";
     [10, true, true]; counts(20; "cbpf")),
fact("classic BPF by CPU: all to one"; [10, 1, ["cbpf"]];
     step(21) | [length, (map(.index) | unique | length),
		 (map(.via) | unique)]),
fact("eBPF socket filter by port: the same";
     [10, true, true]; counts(22; "bpf")),
fact("eBPF SK_REUSEPORT by port: the same";
     [10, true, true]; counts(23; "bpf")),
fact("SO_INCOMING_CPU";
     if $modern then [10, 1, ["incoming-cpu"]] else [10, true, ["hash"]] end;
     step(24) | [length,
		 if $modern then (map(.index) | unique | length)
		 else all(by_hash) end,
		 (map(.via) | unique)]),
picks_are_accepts(5)'

facts[e15]='
def calls($comm; $op): of("bind") | map(select(.comm == $comm and .op == $op
					       and .result == "ok"));
def lost: of("output") | map(.line | capture("clients: .*failed: (?<n>[0-9]+),")
			     | .n | tonumber) | add;
fact("a listener for each worker of nginx, none more for its reloads";
     [4, [true]]; calls("nginx"; "listen")
     | [length, (map(.reuseport) | unique)]),
fact("HAProxy binds again for the first reload, not for the second"; 2;
     calls("haproxy"; "listen") | length),
fact("Node.js has one listener, without the option"; [false];
     calls("node"; "listen") | map(.reuseport)),
fact("gunicorn has one, without the option and with it"; [false, true];
     calls("gunicorn"; "listen") | map(.reuseport)),
fact("a group of one: nothing was spread over the workers"; [true, [1]];
     (calls("gunicorn"; "listen") | last.cookie) as $last
     | connections | map(select(.cookie == $last))
     | [length > 40, (map(.size) | unique)]),
fact("who was lost had waited in a listener that was closed";
     lost; of("listener_close") | sum("reset"))'

# What takes long or is not always there is played only when it is named.
by_name_only=e15

# compare NAME FACT WANT GOT: where calls went unseen, a difference shows only
# that, and is no failure.
compare()
{
	if [ "$3" != "$4" ] && [ "$lost" ]; then
		skip "$1: $2" "the viewer says that it missed calls"
	else
		same "$1: $2" "$3" "$4"
	fi
}

check_facts()
{
	local fact want got status

	jq -rs -L "$scripts" --argjson migrates $migrates --argjson modern $modern \
		--argjson slow $slow \
		"$prelude ${facts[$1]}" "$out/$1.jsonl" >"$out/facts"
	status=$?
	check "$1: the trace could be read" \
		[ $status -eq 0 -a "$(wc -l <"$out/facts")" -gt 1 ]
	while IFS=$'\t' read -r fact want got; do
		compare "$1" "$fact" "$want" "$got"
	done <"$out/facts"
}

play()
{
	local status started=$SECONDS

	timeout 480 reusetrace-view --json -- "$demo/$1.sh" \
		>"$out/$1.jsonl" 2>"$out/$1.err"
	status=$?
	note "$1 took $((SECONDS - started)) s"
	lost=
	[ $status -ne 3 ] || lost=yes
	if [ $status -ne 0 ] && [ ! "$lost" ]; then
		note "ended with status $status; its last lines:"
		tail -n 12 "$out/$1.jsonl" | jq -r '.line // empty' | sed 's/^/# /'
		sed 's/^/# /' "$out/$1.err"
	fi
	check "$1: goes as expected" [ $status -eq 0 -o $status -eq 3 ]
	check_facts "$1"
}

for program in server client workers; do
	[ -x "$demo/demo-$program" ] || {
		check "demo-$program is built; make -C userspace/demo" false
		done_testing
		exit
	}
done
# Read from end to end first, they start faster: the files are the host's.
cat "$demo"/demo-{server,client,workers} "$(type -P jq)" >/dev/null

insmod "$REUSETRACE_KO"
# RT_DEMOS="e4 e9" plays only those.
for name in ${RT_DEMOS:-$(cd "$demo" && printf '%s\n' e[0-9]*.sh | sort -V)}; do
	name=${name%.sh}
	[ "${facts[$name]:-}" ] || {
		check "$name: this test knows what its trace must say" false
		continue
	}
	if [ "$name" = $by_name_only ] && [ ! "${RT_DEMOS:-}" ]; then
		skip "$name: goes as expected" "takes long; make fact-check plays it"
		continue
	fi
	play "$name"
done
rmmod reusetrace
done_testing
