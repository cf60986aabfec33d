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

# Did its bind or listen succeed?
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
