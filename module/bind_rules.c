// SPDX-License-Identifier: GPL-2.0-only
#include "bind_rules.h"

static const __u8 mapped_prefix[12] = { [10] = 0xff, [11] = 0xff };

static bool is_mapped(const struct bind_party *p)
{
	return !memcmp(p->addr6, mapped_prefix, sizeof(mapped_prefix));
}

static bool is_any6(const struct bind_party *p)
{
	static const __u8 any[16];

	return !memcmp(p->addr6, any, sizeof(any));
}

/* 0.0.0.0, :: and ::ffff:0.0.0.0 all take every address they can. */
static bool is_wildcard(const struct bind_party *p)
{
	return is_any6(p) || (is_mapped(p) && !p->addr4);
}

static bool same_addr6(const struct bind_party *a, const struct bind_party *b)
{
	return !memcmp(a->addr6, b->addr6, sizeof(a->addr6));
}

static bool devices_overlap(const struct bind_party *a,
			    const struct bind_party *b)
{
	return !a->ifindex || !b->ifindex || a->ifindex == b->ifindex;
}

/* ipv4_rcv_saddr_equal() with both wildcards matching. */
static bool addr4_meets(const struct bind_party *req,
			const struct bind_party *holder)
{
	if (holder->v6only)
		return false;
	return req->addr4 == holder->addr4 || !req->addr4 || !holder->addr4;
}

/* ipv6_rcv_saddr_equal() with both wildcards matching. */
static bool addr6_meets(const struct bind_party *req,
			const struct bind_party *holder)
{
	if (is_mapped(req) && is_mapped(holder))
		return addr4_meets(req, holder);
	if (is_any6(req) && is_any6(holder))
		return true;
	if (is_any6(holder) && !(holder->v6only && is_mapped(req)))
		return true;
	if (is_any6(req) && !(req->v6only && is_mapped(holder)))
		return true;
	return holder->inet6 && same_addr6(req, holder);
}

/* inet_rcv_saddr_equal(): every owner of the port is compared. */
static bool meets_by_address(const struct bind_party *req,
			     const struct bind_party *holder)
{
	return req->inet6 ? addr6_meets(req, holder) : addr4_meets(req, holder);
}

/* inet_bind2_bucket_match_addr_any(): does the holder sit in a wildcard's? */
static bool in_wildcard_bucket(const struct bind_kernel *kernel,
			       const struct bind_party *req,
			       const struct bind_party *holder)
{
	if (is_any6(holder))
		return true;
	if (!is_mapped(holder) || holder->addr4)
		return false;
	if (!is_mapped(req))
		return false;
	return !(kernel->mapped_any_hole && req->inet6 && holder->inet6);
}

/*
 * A bind to one address looks into the wildcards' buckets and into its own
 * address's, and skips IPv6-only owners when it is IPv4 itself.
 */
static bool meets_by_bucket(const struct bind_kernel *kernel,
			    const struct bind_party *req,
			    const struct bind_party *holder)
{
	if (holder->v6only && is_mapped(req))
		return false;
	return in_wildcard_bucket(kernel, req, holder) || same_addr6(req, holder);
}

static bool addresses_meet(const struct bind_kernel *kernel,
			   const struct bind_party *req,
			   const struct bind_party *holder)
{
	bool udp = holder->kind == BIND_KIND_UDP;

	if (kernel->bhash2 && !udp && !is_wildcard(req))
		return meets_by_bucket(kernel, req, holder);
	return meets_by_address(req, holder);
}

static enum bind_overlap overlap_of(const struct bind_kernel *kernel,
				    const struct bind_party *req,
				    const struct bind_party *holder)
{
	if (!devices_overlap(req, holder) || !addresses_meet(kernel, req, holder))
		return BIND_OVERLAP_NONE;
	if (is_wildcard(req))
		return is_wildcard(holder) ? BIND_OVERLAP_BOTH_WILDCARD :
					     BIND_OVERLAP_REQUESTER_WILDCARD;
	return is_wildcard(holder) ? BIND_OVERLAP_HOLDER_WILDCARD :
				     BIND_OVERLAP_SAME_ADDRESS;
}

static __u8 reuseaddr_blocked(const struct bind_party *req,
			      const struct bind_party *holder)
{
	__u8 blocked = 0;

	if (!req->reuseaddr)
		blocked |= BIND_REUSEADDR_REQUESTER_UNSET;
	if (!holder->reuseaddr)
		blocked |= BIND_REUSEADDR_HOLDER_UNSET;
	if (holder->kind == BIND_KIND_LISTENER)
		blocked |= BIND_REUSEADDR_HOLDER_LISTENING;
	return blocked;
}

static __u8 reuseport_blocked(const struct bind_party *req,
			      const struct bind_party *holder)
{
	__u8 blocked = 0;

	if (!req->reuseport)
		blocked |= BIND_REUSEPORT_REQUESTER_UNSET;
	if (!holder->reuseport)
		blocked |= BIND_REUSEPORT_HOLDER_UNSET;
	/* A TIME_WAIT has no user any more. */
	if (holder->kind != BIND_KIND_TIME_WAIT && holder->uid != req->uid)
		blocked |= BIND_REUSEPORT_OTHER_USER;
	if (req->in_group)
		blocked |= BIND_REUSEPORT_IN_GROUP;
	return blocked;
}

static enum bind_rule rule_of(const struct bind_party *holder,
			      __u8 reuseport_blocked)
{
	static const enum bind_rule by_kind[] = {
		[BIND_KIND_BOUND]	= BIND_RULE_BOUND,
		[BIND_KIND_LISTENER]	= BIND_RULE_LISTENER,
		[BIND_KIND_CONNECTION]	= BIND_RULE_CONNECTION,
		[BIND_KIND_TIME_WAIT]	= BIND_RULE_TIME_WAIT,
		[BIND_KIND_UDP]		= BIND_RULE_UDP,
	};
	const __u8 unset = BIND_REUSEPORT_REQUESTER_UNSET |
			   BIND_REUSEPORT_HOLDER_UNSET;

	if ((reuseport_blocked & BIND_REUSEPORT_OTHER_USER) &&
	    !(reuseport_blocked & unset))
		return BIND_RULE_REUSEPORT_OTHER_USER;
	return by_kind[holder->kind];
}

struct bind_verdict bind_rules_examine(const struct bind_kernel *kernel,
				       const struct bind_party *req,
				       const struct bind_party *holder)
{
	struct bind_verdict v = {
		.overlap = overlap_of(kernel, req, holder),
	};

	if (v.overlap == BIND_OVERLAP_NONE)
		return v;
	v.reuseaddr_blocked = reuseaddr_blocked(req, holder);
	v.reuseport_blocked = reuseport_blocked(req, holder);
	if (v.reuseaddr_blocked && v.reuseport_blocked)
		v.rule = rule_of(holder, v.reuseport_blocked);
	return v;
}

void bind_rules_tally(struct bind_tally *tally, const struct bind_party *holder,
		      const struct bind_verdict *verdict)
{
	tally->owners++;
	if (holder->kind == BIND_KIND_TIME_WAIT)
		tally->time_wait++;
	if (verdict->overlap == BIND_OVERLAP_NONE)
		return;
	tally->overlapping = true;
	if (verdict->rule != BIND_RULE_NONE)
		tally->refused = true;
	else if (!verdict->reuseaddr_blocked)
		tally->by_reuseaddr = true;
	else
		tally->by_reuseport = true;
}

enum bind_why bind_rules_why(const struct bind_tally *tally, bool forced)
{
	if (!tally->owners)
		return BIND_WHY_PORT_FREE;
	if (!tally->overlapping)
		return BIND_WHY_NO_OVERLAP;
	if (tally->refused)
		return forced ? BIND_WHY_FORCED : BIND_WHY_CACHE;
	if (tally->by_reuseaddr && tally->by_reuseport)
		return BIND_WHY_REUSEADDR_REUSEPORT;
	return tally->by_reuseaddr ? BIND_WHY_REUSEADDR : BIND_WHY_REUSEPORT;
}
