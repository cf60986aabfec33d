// SPDX-License-Identifier: GPL-2.0-only
#include "model.h"

#include <string.h>

static const struct model_kernel kernels[] = {
	{
		.series = "5.10",
		.cache_from_first = true,
		.orphan_is_root = true,
	},
	{
		.series = "6.1",
		.rules = { .bhash2 = true, .mapped_any_hole = true },
		.cache_from_first = true,
		.orphan_is_root = true,
	},
	{
		.series = "6.12",
		.rules = { .bhash2 = true },
		.orphan_is_root = true,
	},
	{
		.series = "7.2",
		.rules = { .bhash2 = true },
	},
};

#define N_KERNELS	(sizeof(kernels) / sizeof(kernels[0]))

const struct model_kernel *model_kernel_find(const char *series)
{
	unsigned int i;

	for (i = 0; i < N_KERNELS; i++)
		if (!strcmp(series, kernels[i].series))
			return &kernels[i];
	return NULL;
}

static bool is_mapped(const struct bind_party *p)
{
	static const __u8 prefix[12] = { [10] = 0xff, [11] = 0xff };

	return !memcmp(p->addr6, prefix, sizeof(prefix));
}

static bool is_any6(const struct bind_party *p)
{
	static const __u8 any[16];

	return !memcmp(p->addr6, any, sizeof(any));
}

/* The end of sk_reuseport_match(): only the cached address may be a wildcard. */
static bool cached_address_covers(const struct bind_party *cached,
				  const struct bind_party *req)
{
	bool both_v4 = is_mapped(cached) && is_mapped(req);

	if (!cached->inet6 || both_v4)
		return !req->v6only &&
		       (cached->addr4 == req->addr4 || !cached->addr4);
	if (is_any6(cached))
		return is_any6(req) || !cached->v6only || !is_mapped(req);
	return req->inet6 && !memcmp(cached->addr6, req->addr6, 16);
}

static bool reuseport_cached(const struct model_cache *cache,
			     const struct bind_party *req)
{
	if (cache->reuseport == MODEL_NEVER || !req->reuseport ||
	    req->in_group || cache->by.uid != req->uid)
		return false;
	return cache->reuseport == MODEL_ANY ||
	       cached_address_covers(&cache->by, req);
}

/* inet_csk_get_port(): what passes without a look at the owners. */
static bool passes_by_cache(const struct model_port *port,
			    const struct bind_party *req, bool listening)
{
	if (port->udp || !port->n)
		return false;
	return (port->cache.reuse && req->reuseaddr && !listening) ||
	       reuseport_cached(&port->cache, req);
}

/* inet_csk_update_fastreuse() */
static void update_cache(struct model_port *port, const struct bind_party *req,
			 bool listening)
{
	struct model_cache *cache = &port->cache;
	bool first = port->kernel->cache_from_first && !port->n;
	bool reuse = req->reuseaddr && !listening;

	if (first)
		cache->reuse = reuse;
	else if (!reuse)
		cache->reuse = false;
	if (!req->reuseport) {
		cache->reuseport = MODEL_NEVER;
	} else if (first || !reuseport_cached(cache, req)) {
		cache->reuseport = first ? MODEL_ANY : MODEL_STRICT;
		cache->by = *req;
	}
}

/*
 * Where a bucket's family matters, in the hole of 6.1, it is that of the socket
 * which made the bucket; the others in there are treated alike. The rules do not
 * look at a v4-mapped holder's family elsewhere.
 */
struct bind_verdict model_examine(const struct model_port *port, unsigned int i,
				  const struct bind_party *req)
{
	struct bind_party owner = *port->owners[i].party;

	if (port->kernel->rules.mapped_any_hole && is_mapped(&owner))
		owner.inet6 = port->owners[i].bucket6;
	return bind_rules_examine(&port->kernel->rules, req, &owner);
}

/* udp_lib_lport_inuse(): the first that shares no SO_REUSEADDR decides. */
static bool udp_refuses(const struct model_port *port,
			const struct bind_party *req)
{
	struct bind_verdict v;
	unsigned int i;

	for (i = port->n; i--;) {
		v = model_examine(port, i, req);
		if (v.overlap != BIND_OVERLAP_NONE && v.reuseaddr_blocked)
			return v.rule != BIND_RULE_NONE;
	}
	return false;
}

static void examine_owners(const struct model_port *port,
			   const struct bind_party *req,
			   struct model_answer *answer)
{
	struct bind_tally tally = { 0 };
	struct bind_verdict v;
	unsigned int i;

	for (i = 0; i < port->n; i++) {
		if (port->owners[i].party == req)
			continue;
		v = model_examine(port, i, req);
		bind_rules_tally(&tally, port->owners[i].party, &v);
		if (!answer->against)
			answer->verdict = v;
		if (v.rule != BIND_RULE_NONE)
			answer->against |= 1u << i;
	}
	answer->why = bind_rules_why(&tally, false);
}

struct model_answer model_ask(const struct model_port *port,
			      const struct bind_party *req, bool listening)
{
	struct model_answer answer = { 0 };

	examine_owners(port, req, &answer);
	if (port->udp)
		answer.allowed = !udp_refuses(port, req);
	else
		answer.allowed = !answer.against ||
				 passes_by_cache(port, req, listening);
	return answer;
}

static bool has(const struct model_port *port, const struct bind_party *party)
{
	unsigned int i;

	for (i = 0; i < port->n; i++)
		if (port->owners[i].party == party)
			return true;
	return false;
}

/* An IPv4 address and the same as a mapped one share a bucket. */
static bool bucket_is_inet6(const struct model_port *port,
			    const struct bind_party *party)
{
	unsigned int i;

	for (i = 0; i < port->n; i++)
		if (!memcmp(port->owners[i].party->addr6, party->addr6,
			    sizeof(party->addr6)))
			return port->owners[i].bucket6;
	return party->inet6;
}

/* sk_add_node_rcu(): at the head, but for IPv6 sockets with SO_REUSEPORT. */
static void add_owner(struct model_port *port, const struct bind_party *party)
{
	struct model_owner owner = {
		.party = party,
		.bucket6 = bucket_is_inet6(port, party),
	};
	unsigned int i = port->n;

	if (port->udp && party->inet6 && party->reuseport)
		for (; i; i--)
			port->owners[i] = port->owners[i - 1];
	port->owners[i] = owner;
	port->n++;
}

void model_grant(struct model_port *port, const struct bind_party *req,
		 bool listening)
{
	if (!port->udp)
		update_cache(port, req, listening);
	if (!has(port, req))
		add_owner(port, req);
}

void model_replace(struct model_port *port, const struct bind_party *old,
		   const struct bind_party *new)
{
	unsigned int i;

	for (i = 0; i < port->n; i++)
		if (port->owners[i].party == old)
			port->owners[i].party = new;
}

void model_leave(struct model_port *port, const struct bind_party *party)
{
	unsigned int i, n = 0;

	for (i = 0; i < port->n; i++)
		if (port->owners[i].party != party)
			port->owners[n++] = port->owners[i];
	port->n = n;
	if (!n)
		port->cache = (struct model_cache){ 0 };
}
