// SPDX-License-Identifier: GPL-2.0-only
#include "rules.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define CSK	"net/ipv4/inet_connection_sock.c"
#define GROUP	"net/core/sock_reuseport.c"

#define PLACE_BITS	8
#define PLACES	(1 << PLACE_BITS)

static const struct rules_rule rules[] = {
	{
		.id = "listener-holds-port",
		.kind = RULES_REFUSED,
		.line = "a listener holds the port",
		.hint = "SO_REUSEADDR never shares a port with a listener; SO_REUSEPORT does, if both set it before bind(2).",
		.text = "A socket in LISTEN has the port on an address that overlaps yours. SO_REUSEADDR is meant for ports whose owners no longer take new connections, so it stops working as soon as the other socket listens, whatever both sides have set. Only SO_REUSEPORT lets two listeners stand side by side, and only when each of them set it before its own bind(2) and both belong to the same user.",
		.source = CSK ": inet_bind_conflict(), on 5.10 inet_csk_bind_conflict()",
		.change = "Close the old listener (connections it has accepted may stay), or set SO_REUSEPORT on both before bind(2).",
		.lab = "E1, E2, E6",
	},
	{
		.id = "time-wait-holds-port",
		.kind = RULES_REFUSED,
		.line = "a connection in TIME_WAIT holds the port",
		.hint = "TIME_WAIT remembers the options of the socket it was: it shares the port only if that socket had the option too.",
		.text = "The side that closes a connection first keeps its port in TIME_WAIT, for 60 seconds on Linux, so that late packets of the old connection cannot reach a new one. No process has that socket any more, so no tool that lists processes shows it. It carries the SO_REUSEADDR and SO_REUSEPORT of the socket it was. A new bind passes when both the new socket and the old one had SO_REUSEADDR, or both had SO_REUSEPORT; the user does not matter here.",
		.source = CSK ": inet_bind_conflict(), on 5.10 inet_csk_bind_conflict()",
		.change = "Set SO_REUSEADDR before bind(2) in the server, always: then it is set on the next TIME_WAIT as well. For this one, wait.",
		.lab = "E3",
	},
	{
		.id = "connection-holds-port",
		.kind = RULES_REFUSED,
		.line = "a connection holds the port",
		.hint = "A connection keeps its local port; SO_REUSEADDR shares it if the new socket and the connection's both have it.",
		.text = "A socket with a peer has the port: a connection that an earlier server accepted, one that somebody opened from this port, or one that is being closed. An accepted connection has the options its listener had. SO_REUSEADDR shares the port when both sockets have it, because a connection takes no new clients. A connection that its program has already closed can live on in the kernel until the peer has answered; it then belongs to no process.",
		.source = CSK ": inet_bind_conflict(), on 5.10 inet_csk_bind_conflict()",
		.change = "Set SO_REUSEADDR before bind(2) in the server, so that its connections have it too. If the holder is a client's connection, keep listening ports out of net.ipv4.ip_local_port_range.",
		.lab = "E1, E13",
	},
	{
		.id = "bound-socket-holds-port",
		.kind = RULES_REFUSED,
		.line = "a bound socket holds the port",
		.hint = "The holder neither listens nor is connected, so SO_REUSEADDR on both would do.",
		.text = "A socket has bound the port and neither listens nor is connected yet. It owns the port all the same. It can be shared when both sockets have SO_REUSEADDR, though only one of them can then listen, or when both have SO_REUSEPORT and the same user.",
		.source = CSK ": inet_bind_conflict(), on 5.10 inet_csk_bind_conflict()",
		.change = "Set the same option on both sockets before bind(2), or close the one that is not used.",
		.lab = "E4, E6",
	},
	{
		.id = "udp-socket-holds-port",
		.kind = RULES_REFUSED,
		.line = "a UDP socket holds the port",
		.hint = "UDP knows no listeners: the port is shared if both set SO_REUSEADDR, or both SO_REUSEPORT with the same user.",
		.text = "A UDP socket has the port on an address that overlaps yours. UDP has no listening state: with SO_REUSEADDR on both, any number of sockets bind the same address and port, and unicast datagrams all go to one of them. With SO_REUSEPORT on both, and the same user, they are spread over all.",
		.source = "net/ipv4/udp.c: udp_lib_lport_inuse(), udp_lib_lport_inuse2()",
		.change = "Set SO_REUSEPORT on both before bind(2) to share the load; SO_REUSEADDR on both for multicast.",
		.lab = "E8, E9",
	},
	{
		.id = "reuseport-other-user",
		.kind = RULES_REFUSED,
		.line = "another user's SO_REUSEPORT socket holds the port",
		.hint = "Both sides have SO_REUSEPORT, but it shares a port only between sockets of the same user.",
		.text = "Both sockets have SO_REUSEPORT, and their users differ. The kernel compares the user each socket was created by, so that nobody can take part of the traffic of a port somebody else serves. Root is a user like any other here. Before kernel 7 a socket that no process holds any more counts as root's.",
		.source = CSK ": inet_bind_conflict(); net/ipv4/udp.c: udp_lib_lport_inuse()",
		.change = "Create both sockets as the same user, or hand the open socket over.",
		.lab = "E7",
	},
	{
		.id = "no-free-port",
		.kind = RULES_REFUSED,
		.line = "no port of the local range was free",
		.hint = "Port 0 was asked for and each port of net.ipv4.ip_local_port_range had an owner in the way.",
		.text = "With port 0 the kernel looks for a free port itself, in net.ipv4.ip_local_port_range, and found none. No single socket is to blame. Being picky (one address, no SO_REUSEADDR) makes it fail earlier.",
		.source = CSK ": inet_csk_find_open_port()",
		.change = "Widen net.ipv4.ip_local_port_range, let connections end, or for outgoing connections set IP_BIND_ADDRESS_NO_PORT so that the port is chosen at connect(2).",
		.lab = "E13",
	},
	{
		.id = "port-free",
		.kind = RULES_ALLOWED,
		.line = "nobody else had the port",
		.text = "No other socket of this network namespace had the port.",
		.source = CSK ": inet_csk_get_port()",
		.change = "Nothing.",
		.lab = "E1",
	},
	{
		.id = "no-overlap",
		.kind = RULES_ALLOWED,
		.line = "others have the port, on other addresses",
		.text = "Other sockets have the port, but none where yours is: another address, another family (an IPv6 socket with IPV6_V6ONLY), or another device (SO_BINDTODEVICE). No option is needed for that.",
		.source = CSK ": inet_rcv_saddr_equal(), inet_bhash2_addr_any_conflict()",
		.change = "Nothing.",
		.lab = "E4",
	},
	{
		.id = "reuseaddr",
		.kind = RULES_ALLOWED,
		.line = "shared: both have SO_REUSEADDR",
		.text = "Each socket in the way had SO_REUSEADDR, as yours does, and none of them was listening (for TCP).",
		.source = CSK ": inet_bind_conflict(), on 5.10 inet_csk_bind_conflict()",
		.change = "Nothing. For TCP, listen(2) fails if one of the others listens first.",
		.lab = "E1, E3",
	},
	{
		.id = "reuseport",
		.kind = RULES_ALLOWED,
		.line = "shared: both have SO_REUSEPORT",
		.text = "Each socket in the way had SO_REUSEPORT and belongs to the same user, so yours joins their group; new connections or datagrams are spread over the members.",
		.source = CSK ": inet_bind_conflict(); " GROUP ": reuseport_add_sock()",
		.change = "Nothing. If you did not mean to share, leave SO_REUSEPORT out: then this bind fails.",
		.lab = "E2",
	},
	{
		.id = "reuseaddr+reuseport",
		.kind = RULES_ALLOWED,
		.line = "shared: some by SO_REUSEADDR, some by SO_REUSEPORT",
		.text = "Several sockets were in the way: some were tolerated because both sides have SO_REUSEADDR, the others because both have SO_REUSEPORT.",
		.source = CSK ": inet_bind_conflict(), on 5.10 inet_csk_bind_conflict()",
		.change = "Nothing.",
		.lab = "E12",
	},
	{
		.id = "cache",
		.kind = RULES_ALLOWED,
		.line = "let in by a shortcut: the full check would refuse",
		.text = "The kernel remembers per port whether all its owners were sharing, and with which user, to save looking at each. That memory let this bind pass, though one of the owners would have stood in the way. UDP has no such memory, but stops at the first socket that meets yours without SO_REUSEADDR on both: if that one shares by SO_REUSEPORT, others behind it are not asked; and with more than ten sockets in a slot Linux 5.10 lets a wildcard pass unseen by those with one address. It is what the kernel does, not what it promises: the next bind may be refused.",
		.source = CSK ": inet_csk_get_port(), sk_reuseport_match(); net/ipv4/udp.c: udp_lib_lport_inuse(), udp_lib_lport_inuse2()",
		.change = "Do not rely on it.",
		.lab = "Documentation/bind-matrix.md: the half-dead cache",
	},
	{
		.id = "forced",
		.kind = RULES_ALLOWED,
		.line = "forced by TCP_REPAIR",
		.text = "A socket in TCP_REPAIR mode, as used to restore a checkpointed program, is not refused any port.",
		.source = CSK ": inet_csk_get_port() (SK_FORCE_REUSE)",
		.change = "Nothing.",
		.lab = "none; tests/vm/bind_ways.t plays it",
	},
	{
		.id = "hash",
		.kind = RULES_PICKED,
		.line = "by hash",
		.text = "The member is the hash of both addresses and ports, scaled to the number of members. The same client address and port always reach the same member while the group stays as it is; different clients spread like dice, not like cards: evenly only in the long run.",
		.source = GROUP ": reuseport_select_sock()",
		.change = "Nothing. When a member joins or leaves, the picks of everybody change.",
		.lab = "E2, E8",
	},
	{
		.id = "incoming-cpu",
		.kind = RULES_PICKED,
		.line = "by SO_INCOMING_CPU",
		.text = "A member asked with SO_INCOMING_CPU for packets handled on this CPU, and was preferred (Linux 6.1 and later).",
		.source = GROUP ": reuseport_select_sock_by_hash()",
		.change = "Nothing.",
		.lab = "E14",
	},
	{
		.id = "bpf",
		.kind = RULES_PICKED,
		.line = "by an eBPF program",
		.text = "The group has an eBPF program attached, and it picked this member.",
		.source = GROUP ": reuseport_select_sock(); net/core/filter.c: bpf_run_sk_reuseport()",
		.change = "Nothing.",
		.lab = "E14",
	},
	{
		.id = "cbpf",
		.kind = RULES_PICKED,
		.line = "by a classic BPF program",
		.text = "The group has a classic BPF program attached; the number it returned is the member's place in the group.",
		.source = GROUP ": run_bpf_filter()",
		.change = "Nothing.",
		.lab = "E14",
	},
	{
		.id = "bpf-fallback",
		.kind = RULES_PICKED,
		.line = "by hash, the BPF program gave no member",
		.text = "The group has a BPF program, but it picked nobody, or a place that does not exist; the hash decided instead.",
		.source = GROUP ": reuseport_select_sock()",
		.change = "Check the program: a number beyond the group's size is ignored without a word.",
		.lab = "E14",
	},
	{
		.id = "bpf-drop",
		.kind = RULES_PICKED,
		.line = "refused by the BPF program",
		.text = "The group's eBPF program said to drop the packet; a TCP client sees its connection refused.",
		.source = "net/core/filter.c: bpf_run_sk_reuseport()",
		.change = "Nothing, if it was meant.",
		.lab = "E14",
	},
	{
		.id = "none",
		.kind = RULES_PICKED,
		.line = "no choice was made",
		.text = "The group gave no member (it is empty, all its members are connected, the one found has just left, or SO_REUSEPORT was set too late for a group), so the caller keeps the socket it had found by itself.",
		.source = GROUP ": reuseport_select_sock()",
		.change = "Nothing.",
		.lab = "E11",
	},
};

#define N_RULES	(sizeof(rules) / sizeof(rules[0]))

const struct rules_rule *rules_at(size_t i)
{
	if (i < N_RULES)
		return &rules[i];
	return i - N_RULES < rules_words_n ? &rules_words[i - N_RULES] : NULL;
}

/* Every line of a report asks for one: not by going through all of them. */
static const struct rules_rule *places[PLACES];

static size_t place_of(const char *id)
{
	uint32_t hash = 0;

	while (*id)
		hash = (hash + (unsigned char)*id++) * 0x9e3779b1u;
	return hash >> (32 - PLACE_BITS);
}

/* The rule's place, or the free one where it would be. */
static size_t look_up(const char *id)
{
	size_t at = place_of(id);

	while (places[at] && strcmp(places[at]->id, id))
		at = (at + 1) % PLACES;
	return at;
}

static void fill_places(void)
{
	const struct rules_rule *rule;
	size_t i, at;

	for (i = 0; (rule = rules_at(i)) && i < PLACES / 2; i++) {
		at = look_up(rule->id);
		if (!places[at])
			places[at] = rule;
	}
}

const struct rules_rule *rules_find(const char *id)
{
	static bool filled;

	if (!filled)
		fill_places();
	filled = true;
	return places[look_up(id)];
}

const char *rules_line(const char *id)
{
	const struct rules_rule *rule = rules_find(id);

	return rule ? rule->line : id;
}

const char *rules_kind_name(enum rules_kind kind)
{
	static const char *const names[] = {
		[RULES_REFUSED]	= "why a bind or listen was refused",
		[RULES_ALLOWED]	= "why a bind was allowed",
		[RULES_PICKED]	= "how a member of a SO_REUSEPORT group was picked",
		[RULES_ENDED]	= "what ended a TIME_WAIT",
		[RULES_CHANGED]	= "what happened to a SO_REUSEPORT group",
		[RULES_EVENT]	= "the events",
		[RULES_WORD]	= "words in the events",
	};

	return names[kind];
}
