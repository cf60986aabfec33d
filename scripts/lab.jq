# SPDX-License-Identifier: GPL-2.0-only
#
# What every lab's expect.jq is written with. Input of all of these, unless
# they say otherwise: the list of the kernel's events in the lab's namespace.

# like($want), of one event: it has these values, in these fields.
def like($want):
	if type == "object" and ($want | type) == "object" then
		. as $event
		| all($want | to_entries[]; .value as $value
		      | .key as $key | $event[$key] | like($value))
	else
		. == $want
	end;

# event($type; $want), of one event.
def event($type; $want): .type == $type and like($want);

# row($what; $min; $max; match): so many events are what `match` says; $max
# null: or more.
def row($what; $min; $max; match):
	{ what: $what, min: $min, max: $max, seen: map(select(match) | .n) };
def row($what; $count; match): row($what; $count; $count; match);

def of($type): map(select(.type == $type));
def one($type; $want): map(select(event($type; $want))) | .[0];

# bound($comm; $result), of one event: a bind or listen of that process.
def bound($comm; $result):
	.type == "bind" and .comm == $comm and .result == $result;

# refused($comm; $rule), of one event: and who was in the way.
def refused($comm; $rule): event("bind_conflict"; { comm: $comm, rule: $rule });

# Connections that end by themselves, where that is not what the lab is about.
def endings:
	row("connections end"; 0; null; .type | startswith("tw_"));

# A group of workers with names that begin so: they come, are picked, and go.
def in_group($action; $name):
	.type == "group" and .action == $action
	and (.owner.comm // "" | startswith($name));
def picked($name; $via; $size):
	.type == "steer" and .via == $via and .size == $size
	and (.owner.comm // "" | startswith($name));

# The TIME_WAITs on the port at the moment of that event.
def time_waits($moment):
	def before($type): of($type)
		| map(select(.port == $moment.port and .ts_ns < $moment.ts_ns))
		| length;
	before("tw_enter") - before("tw_exit");

# How many different listeners were picked, how often each.
def shares: group_by(.cookie) | map(length);

# The first bind's or listen's result, of that process.
def result($op; $comm): one("bind"; {op: $op, comm: $comm}) | .result;

# TCP connections among the picks: a SYN can be sent twice.
def connections:
	of("steer") | map(select(.proto == "tcp"
				 and (.tcp_flags // [] | index("syn"))))
	| unique_by([.sport, .dport, .cookie]);
def datagrams: of("steer") | map(select(.proto == "udp"));

# The place that the hash alone gives in a group of this size.
def by_hash: .index == (.hash * .size / 4294967296 | floor);

# The kernel of this run, whatever its release is called after two numbers.
def kernel_at_least($major; $minor):
	($ENV.LAB_KERNEL // "" | [scan("[0-9]+") | tonumber][:2]) >=
	[$major, $minor];
