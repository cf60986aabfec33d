/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kernel's rules for sharing a local port, as a pure function over plain
 * values. Compiled into the module and, unchanged, into the unit tests, so it
 * includes nothing of the kernel's but integer types.
 *
 * The rules are those of inet_csk_bind_conflict() and its helpers in
 * net/ipv4/inet_connection_sock.c and of udp_lib_lport_inuse() in
 * net/ipv4/udp.c, for a bind to a port that was asked for (relax and
 * reuseport_ok true).
 */
#ifndef REUSETRACE_BIND_RULES_H
#define REUSETRACE_BIND_RULES_H

#include <linux/types.h>
#ifdef __KERNEL__
#include <linux/string.h>
#else
#include <stdbool.h>
#include <string.h>
#endif

/* What a socket on the port is, as far as the rules and the reader care. */
enum bind_kind {
	BIND_KIND_BOUND,	/* TCP, bound, neither listening nor connected */
	BIND_KIND_LISTENER,	/* TCP in LISTEN */
	BIND_KIND_CONNECTION,	/* TCP in any state with a peer, orphans too */
	BIND_KIND_TIME_WAIT,	/* TCP in TIME_WAIT, either substate */
	BIND_KIND_UDP,		/* UDP: the rules know no states */
};

/* One side of the comparison: the socket that asks, or one that has. */
struct bind_party {
	__u8 addr6[16];		/* sk_v6_rcv_saddr; ::ffff:a.b.c.d for AF_INET */
	__be32 addr4;		/* sk_rcv_saddr; never used to print */
	__u32 uid;		/* the user the kernel's rule compares */
	__s32 ifindex;		/* sk_bound_dev_if; 0 = any device */
	bool inet6;		/* AF_INET6; an owner's with the hole: its bucket is */
	bool v6only;		/* sk_ipv6only as the kernel has it at that time */
	bool reuseaddr;		/* sk_reuse */
	bool reuseport;		/* sk_reuseport */
	bool in_group;		/* requester only: its reuseport group forbids reuse */
	enum bind_kind kind;
};

/* Where this kernel differs from the others. */
struct bind_kernel {
	bool bhash2;		/* 6.1+: specific TCP addresses compared by bucket */
	bool mapped_any_hole;	/* 6.1: ::ffff:x does not see ::ffff:0.0.0.0 */
};

enum bind_overlap {
	BIND_OVERLAP_NONE,
	BIND_OVERLAP_SAME_ADDRESS,
	BIND_OVERLAP_HOLDER_WILDCARD,
	BIND_OVERLAP_REQUESTER_WILDCARD,
	BIND_OVERLAP_BOTH_WILDCARD,
};

enum bind_rule {
	BIND_RULE_NONE,
	BIND_RULE_REUSEPORT_OTHER_USER,
	BIND_RULE_LISTENER,
	BIND_RULE_TIME_WAIT,
	BIND_RULE_CONNECTION,
	BIND_RULE_BOUND,
	BIND_RULE_UDP,
	BIND_RULE_NO_FREE_PORT,
};

/* Everything that keeps SO_REUSEADDR from letting the bind pass. */
enum bind_reuseaddr_block {
	BIND_REUSEADDR_REQUESTER_UNSET	= 1 << 0,
	BIND_REUSEADDR_HOLDER_UNSET	= 1 << 1,
	BIND_REUSEADDR_HOLDER_LISTENING	= 1 << 2,
};

/* Everything that keeps SO_REUSEPORT from letting the bind pass. */
enum bind_reuseport_block {
	BIND_REUSEPORT_REQUESTER_UNSET	= 1 << 0,
	BIND_REUSEPORT_HOLDER_UNSET	= 1 << 1,
	BIND_REUSEPORT_OTHER_USER	= 1 << 2,
	BIND_REUSEPORT_IN_GROUP		= 1 << 3,
};

/* Why a bind was allowed, from its verdicts against all owners of the port. */
enum bind_why {
	BIND_WHY_UNKNOWN,
	BIND_WHY_PORT_FREE,
	BIND_WHY_NO_OVERLAP,
	BIND_WHY_REUSEADDR,
	BIND_WHY_REUSEPORT,
	BIND_WHY_REUSEADDR_REUSEPORT,
	BIND_WHY_CACHE,
	BIND_WHY_FORCED,
};

struct bind_verdict {
	enum bind_overlap overlap;
	enum bind_rule rule;	/* BIND_RULE_NONE: these two may share */
	__u8 reuseaddr_blocked;	/* enum bind_reuseaddr_block, or-ed */
	__u8 reuseport_blocked;	/* enum bind_reuseport_block, or-ed */
};

/* All owners of one port, seen one by one. */
struct bind_tally {
	__u32 owners;		/* sockets on the port, the requester not counted */
	__u32 time_wait;	/* of them in TIME_WAIT */
	bool overlapping;	/* at least one overlaps the requester */
	bool by_reuseaddr;	/* one was tolerated by SO_REUSEADDR */
	bool by_reuseport;	/* one was tolerated by SO_REUSEPORT */
	bool refused;		/* one would be refused by the full check */
};

/**
 * bind_rules_apart - can these two surely not meet, by their addresses?
 * @req: the socket that asks for the port
 * @addr4: of one that has it, see struct bind_party
 * @addr6: the same; NULL for an AF_INET socket
 *
 * A glance, for walks past many: where it says yes bind_rules_examine() finds no
 * overlap. A no means nothing.
 */
static inline bool bind_rules_apart(const struct bind_party *req, __be32 addr4,
				    const __u8 *addr6)
{
	if (!req->addr4 || !addr4)
		return false;
	if (req->addr4 != addr4)
		return true;
	/* All of IPv6's own addresses have the same addr4. */
	return addr6 && req->inet6 &&
	       memcmp(addr6, req->addr6, sizeof(req->addr6));
}

/**
 * bind_rules_by_reuseaddr - do these two surely share, by SO_REUSEADDR?
 * @req: the socket that asks for the port
 * @reuseaddr: of one that has it
 * @listening: is that one a listener?
 *
 * A glance like bind_rules_apart(): where it says yes nothing is refused.
 */
static inline bool bind_rules_by_reuseaddr(const struct bind_party *req,
					   bool reuseaddr, bool listening)
{
	return req->reuseaddr && reuseaddr && !listening;
}

/**
 * bind_rules_by_reuseport - do these two surely share, by SO_REUSEPORT?
 * @req: the socket that asks for the port
 * @reuseport: of one that has it
 * @time_wait: is that one a TIME_WAIT? Others have users to compare.
 *
 * Another glance.
 */
static inline bool bind_rules_by_reuseport(const struct bind_party *req,
					   bool reuseport, bool time_wait)
{
	return req->reuseport && reuseport && time_wait && !req->in_group;
}

/**
 * bind_rules_examine - may @req share a port with @holder?
 * @kernel: what is special about this kernel
 * @req: the socket that asks for the port
 * @holder: a socket that has it
 *
 * Return: the verdict; its blocked sets are complete when @overlap is not
 * BIND_OVERLAP_NONE, and zero otherwise.
 */
struct bind_verdict bind_rules_examine(const struct bind_kernel *kernel,
				       const struct bind_party *req,
				       const struct bind_party *holder);

/**
 * bind_rules_tally - add one owner's verdict to what is known of the port
 * @tally: the account, zeroed before the first owner
 * @holder: the owner
 * @verdict: what bind_rules_examine() said of it
 */
void bind_rules_tally(struct bind_tally *tally, const struct bind_party *holder,
		      const struct bind_verdict *verdict);

/**
 * bind_rules_why - why the kernel allowed a bind over these owners
 * @tally: all owners of the port
 * @forced: sk_reuse was SK_FORCE_REUSE (TCP_REPAIR)
 */
enum bind_why bind_rules_why(const struct bind_tally *tally, bool forced);

#endif
