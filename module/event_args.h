/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the hooks hand to the events: plain values only, so that the event
 * header never reads a kernel structure of the network stack.
 */
#ifndef REUSETRACE_EVENT_ARGS_H
#define REUSETRACE_EVENT_ARGS_H

#include <linux/in6.h>
#include <linux/socket.h>
#include <linux/types.h>

#include "bind_rules.h"
#include "closer.h"

enum bind_op {
	BIND_OP_BIND,
	BIND_OP_LISTEN,
};

enum steer_via {
	STEER_VIA_NONE,		/* no choice made; the caller keeps its socket */
	STEER_VIA_HASH,
	STEER_VIA_INCOMING_CPU,
	STEER_VIA_BPF,
	STEER_VIA_CBPF,
	STEER_VIA_BPF_FALLBACK,
	STEER_VIA_BPF_DROP,
};

/* A socket's identity and flags. Zero cookie or inode: it has none. */
struct sock_desc {
	u64 cookie;
	u64 inode;
	struct in6_addr addr;	/* v4 addresses as ::ffff:a.b.c.d */
	struct in6_addr peer;
	u32 netns;
	u32 uid;
	int ifindex;
	u16 family;		/* AF_INET or AF_INET6 */
	u16 port;		/* host order; 0: none yet */
	u16 peer_port;		/* 0: no peer */
	u8 proto;
	u8 state;		/* TCP state; a TIME_WAIT's substate is not told */
	bool reuseaddr;
	bool reuseport;
	bool v6only;
	bool orphan;		/* alive in the kernel, no process holds it */
};

struct bind_args {
	struct sock_desc sock;
	int result;		/* 0 or a negative errno */
	int owners;		/* -1: not seen */
	int over_time_wait;	/* -1: not seen */
	s32 passed_over;	/* ports in use, in a search for any port; -1: not seen */
	u16 port;		/* asked for; 0 = any */
	u16 bound_port;		/* 0: none */
	enum bind_op op;
	enum bind_why why;
	bool truncated;		/* the owners were too many to look at all */
};

struct bind_conflict_args {
	const struct bind_args *bind;	/* the bind that it refuses */
	struct sock_desc holder;	/* family 0: none to be named */
	struct bind_verdict verdict;
	bool inferred;		/* the holder overlaps, but changed meanwhile */
	bool truncated;		/* too many owners to find the one */
};

struct steer_args {
	u64 cookie;
	u64 inode;
	struct in6_addr src;
	struct in6_addr dst;
	u32 netns;
	u32 hash;
	s32 group;		/* sock_reuseport.reuseport_id; -1: no group yet */
	s32 index;		/* in socks[]; -1: none */
	u16 size;		/* members a pick could fall on */
	u16 family;
	u16 sport;
	u16 dport;
	u8 proto;
	u8 tcp_flags;		/* the header's flags byte; 0 for UDP */
	enum steer_via via;
	bool inferred;		/* via, or size and index, only concluded */
	bool redirected;	/* the packet was for another port */
	bool not_final;		/* UDP group with connected members: re-scored */
};

/* What ended a TIME_WAIT. */
enum tw_reason {
	TW_REASON_OTHER,
	TW_REASON_EXPIRED,
	TW_REASON_SYN_REUSE,
	TW_REASON_CONNECT_REUSE,
	TW_REASON_RESET,
	TW_REASON_PURGED,
	TW_REASON_DESTROYED,
};

struct tw_args {
	struct closer closer;	/* of tw_enter */
	u64 cookie;
	u64 inode;		/* of the socket it came from; 0: none had it */
	struct in6_addr addr;
	struct in6_addr peer;
	u32 netns;
	u32 timeout_ms;		/* until the timer ends it, from now */
	u16 family;
	u16 port;
	u16 peer_port;
	u8 from;		/* substate: TCP_FIN_WAIT2 or TCP_TIME_WAIT */
	u8 to;
	enum tw_reason reason;
	s8 tcp_tw_reuse;	/* the sysctl, where connect() asked it; else -1 */
	bool both_closed;	/* at once: the peer has a TIME_WAIT as well */
	bool tproxy;		/* the reason is a transparent proxy */
	bool reuseaddr;		/* what the socket it came from had */
	bool reuseport;
	bool inferred;		/* the reason was not seen */
	bool overflow;		/* over tcp_max_tw_buckets: it never was */
};

enum group_action {
	GROUP_CREATE,
	GROUP_JOIN,
	GROUP_LEAVE,
	GROUP_CLOSE,		/* stays in the group, for its connections' sake */
	GROUP_RESURRECT,	/* a closed one listens again */
	GROUP_PROG_ATTACH,
	GROUP_PROG_DETACH,
};

struct group_args {
	struct sock_desc sock;
	s32 group;
	u16 size;		/* members that can be picked, afterwards */
	u16 closed;		/* closed listeners kept, afterwards */
	enum group_action action;
};

struct listener_args {
	struct sock_desc sock;
	s32 group;		/* -1: in none, or it has left already */
	u32 unaccepted;		/* connections that nobody had accepted */
	u32 reset;		/* of them: thrown away */
	u32 migrated;		/* of them: given to another member */
	bool inferred;		/* reset could not be counted */
};

/* A connection whose listener is gone, handed on or not. */
struct migrate_args {
	u64 from;		/* cookies of listeners; 0: none */
	u64 to;
	u32 netns;
	s32 group;
	u16 port;
	bool syn_recv;		/* still half-open; else established */
	bool failed;
};

/*
 * A struct sockaddr_in or sockaddr_in6 inside an event, wherever it may lie.
 * events.c holds it against them.
 */
struct event_sockaddr {
	u16 family;
	__be16 port;
	__be32 addr4;		/* zero for IPv6: its flow label */
	struct in6_addr addr6;	/* zero for IPv4 */
	u32 scope;
} __packed;

/**
 * event_args_sockaddr - write a socket address into an event
 * @to: sizeof(struct sockaddr_in6) bytes
 * @family: AF_INET, AF_INET6; 0, with all else 0: none
 * @addr: the address, an IPv4 one as ::ffff:a.b.c.d
 * @port: host order
 */
static __always_inline void event_args_sockaddr(u8 *to, u16 family,
						const struct in6_addr *addr,
						u16 port)
{
	struct event_sockaddr *sa = (struct event_sockaddr *)to;

	sa->family = family;
	sa->port = htons(port);
	sa->addr4 = family == AF_INET6 ? 0 : addr->s6_addr32[3];
	if (family == AF_INET6)
		sa->addr6 = *addr;
	else
		sa->addr6 = (struct in6_addr) {};
	sa->scope = 0;
}

#endif
