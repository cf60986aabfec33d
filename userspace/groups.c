// SPDX-License-Identifier: GPL-2.0-only
#include "groups.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lru.h"

#define ENDED_KEY	(1ull << 63)	/* keys of groups that are gone */

struct groups {
	struct lru *by_key;	/* the groups, by namespace, number, protocol */
	struct groups_group group[GROUPS_MAX];
	uint64_t live[GROUPS_MAX / 64];	/* bits: those that have not ended */
	struct lru *by_cookie;	/* the members, by group and cookie */
	struct groups_member *member;
	struct lru *clients;	/* by group and hash */
	uint32_t serial;
	uint64_t forgotten;
};

struct groups *groups_new(void)
{
	struct groups *g = calloc(1, sizeof(*g));

	if (!g)
		return NULL;
	g->by_key = lru_new(GROUPS_MAX);
	g->by_cookie = lru_new(GROUPS_MEMBERS);
	g->clients = lru_new(GROUPS_CLIENTS);
	g->member = calloc(GROUPS_MEMBERS, sizeof(*g->member));
	if (g->by_key && g->by_cookie && g->clients && g->member)
		return g;
	groups_free(g);
	return NULL;
}

void groups_free(struct groups *g)
{
	if (!g)
		return;
	lru_free(g->by_key);
	lru_free(g->by_cookie);
	lru_free(g->clients);
	free(g->member);
	free(g);
}

/* Namespaces are inodes below 2^32, and the kernel counts groups from 0. */
static uint64_t group_key(uint32_t netns, int32_t id, const char *proto)
{
	uint64_t low = (uint32_t)(2 * id + !strcmp(proto, "udp"));

	return (((uint64_t)netns << 32) | low) & ~ENDED_KEY;
}

/* Cookies count up from 1: 54 bits last. */
static uint64_t member_key(uint32_t group, uint64_t cookie)
{
	return (uint64_t)group << 54 ^ cookie;
}

static void set_live(struct groups *g, uint32_t at, bool live)
{
	uint64_t bit = 1ull << at % 64, *bits = &g->live[at / 64];

	*bits = live ? *bits | bit : *bits & ~bit;
}

static void unlink_member(struct groups *g, uint32_t at)
{
	uint32_t *link = &g->group[g->member[at].group].first;

	while (*link != at + 1)
		link = &g->member[*link - 1].next;
	*link = g->member[at].next;
}

static void forget_member(struct groups *g, uint32_t at)
{
	const struct groups_member *m = &g->member[at];

	g->group[m->group].forgotten += m->picks + m->others;
	unlink_member(g, at);
	lru_remove(g->by_cookie, at);
}

static void forget_group(struct groups *g, uint32_t at)
{
	struct groups_group *group = &g->group[at];

	while (group->first)
		forget_member(g, group->first - 1);
	g->forgotten += group->forgotten;
	set_live(g, at, false);
	lru_remove(g->by_key, at);
}

static uint32_t add_group(struct groups *g, uint32_t netns, int32_t id,
			  const char *proto)
{
	uint32_t at = lru_victim(g->by_key);

	if (at != LRU_NONE)
		forget_group(g, at);
	at = lru_add(g->by_key, group_key(netns, id, proto));
	set_live(g, at, true);
	g->group[at] = (struct groups_group){
		.netns = netns,
		.id = id,
		.serial = ++g->serial,
		.least = UINT32_MAX,
	};
	snprintf(g->group[at].proto, MODEL_NAME_LEN, "%s", proto);
	return at;
}

static void end_group(struct groups *g, uint32_t at)
{
	g->group[at].ended = true;
	set_live(g, at, false);
	lru_rekey(g->by_key, at, ENDED_KEY | g->group[at].serial);
}

/*
 * Freed numbers come again: another port is another group. @port 0 says nothing:
 * a socket with a program has a group before it has a port, and a redirected
 * packet was for another one.
 */
static uint32_t find_group(struct groups *g, const struct model_head *head,
			   int32_t id, uint16_t port)
{
	uint32_t at = lru_find(g->by_key,
			       group_key(head->netns, id, head->proto));
	uint16_t *known = at == LRU_NONE ? &port : &g->group[at].addr.port;

	if (port && *known && *known != port) {
		end_group(g, at);
		at = LRU_NONE;
	}
	if (at == LRU_NONE)
		at = add_group(g, head->netns, id, head->proto);
	else
		lru_touch(g->by_key, at);
	if (port)
		g->group[at].addr.port = port;
	return at;
}

static uint32_t add_member(struct groups *g, uint32_t group, uint64_t cookie)
{
	uint32_t at = lru_victim(g->by_cookie);

	if (at != LRU_NONE)
		forget_member(g, at);
	at = lru_add(g->by_cookie, member_key(group, cookie));
	g->member[at] = (struct groups_member){
		.cookie = cookie,
		.group = group,
		.index = -1,
		.next = g->group[group].first,
	};
	g->group[group].first = at + 1;
	return at;
}

static struct groups_member *member_of(struct groups *g, uint32_t group,
				       uint64_t cookie)
{
	uint32_t at = lru_find(g->by_cookie, member_key(group, cookie));

	if (at == LRU_NONE)
		at = add_member(g, group, cookie);
	else
		lru_touch(g->by_cookie, at);
	return &g->member[at];
}

static void set_size(struct groups_group *group, uint32_t size)
{
	group->size = size;
	if (size && size < group->least)
		group->least = size;
	if (size > group->most)
		group->most = size;
}

/* The last one takes the place of one that goes. */
static void close_gap(struct groups *g, const struct groups_group *group,
		      int32_t gap)
{
	uint32_t i;

	if (gap < 0)
		return;
	for (i = group->first; i; i = g->member[i - 1].next)
		if (g->member[i - 1].index == (int32_t)group->size &&
		    g->member[i - 1].state == GROUPS_PRESENT)
			g->member[i - 1].index = gap;
}

static void joins(struct groups_group *group, struct groups_member *m,
		  uint64_t ts)
{
	m->state = GROUPS_PRESENT;
	m->joined = ts;
	m->index = group->size - 1;
	m->share_at_join += group->share - m->share_at_end;
}

static void goes(struct groups *g, struct groups_group *group,
		 struct groups_member *m, enum groups_state state)
{
	int32_t gap = m->index;

	if (m->state == GROUPS_PRESENT)
		m->share_at_end = group->share;
	else
		gap = -1;
	m->state = state;
	m->index = -1;
	close_gap(g, group, gap);
}

static void apply_action(struct groups *g, struct groups_group *group,
			 struct groups_member *m, const struct model_group *ev)
{
	if (!strcmp(ev->action, "create") || !strcmp(ev->action, "join") ||
	    !strcmp(ev->action, "resurrect"))
		joins(group, m, ev->head.ts);
	else if (!strcmp(ev->action, "leave"))
		goes(g, group, m, GROUPS_LEFT);
	else if (!strcmp(ev->action, "close"))
		goes(g, group, m, GROUPS_CLOSED);
}

/* What is not known now may have been before. */
static void set_owner(struct groups_member *m, const struct model_task *owner,
		      uint32_t owners)
{
	if (owner->pid)
		m->owner = *owner;
	if (owners)
		m->owners = owners;
}

void groups_change(struct groups *g, const struct model_group *ev)
{
	uint32_t at = lru_find(g->by_key, group_key(ev->head.netns, ev->group,
						    ev->head.proto));
	struct groups_group *group;
	struct groups_member *m;

	if (at != LRU_NONE && !strcmp(ev->action, "create"))
		end_group(g, at);
	at = find_group(g, &ev->head, ev->group, ev->addr.port);
	group = &g->group[at];
	group->addr = ev->addr;
	group->closed = ev->closed;
	set_size(group, ev->size);
	m = member_of(g, at, ev->cookie);
	set_owner(m, &ev->owner, ev->owners);
	apply_action(g, group, m, ev);
	if (!ev->size && !ev->closed)
		end_group(g, at);
}

/* A TCP packet without SYN belongs to a connection picked for before. */
static bool opens(const struct model_steer *ev)
{
	size_t i;

	for (i = 0; i < ev->tcp_flags.n; i++)
		if (!strcmp(ev->tcp_flags.name[i], "syn"))
			return true;
	return !ev->tcp_flags.n;
}

/* The hash sends a client always to the same member: it counts once. */
static void count_client(struct groups *g, struct groups_group *group,
			 struct groups_member *m, uint32_t hash)
{
	uint64_t key = (uint64_t)group->serial << 32 | hash;
	uint32_t at = lru_find(g->clients, key);

	if (at != LRU_NONE) {
		lru_touch(g->clients, at);
		return;
	}
	lru_add(g->clients, key);
	group->clients++;
	m->clients++;
	group->share += 1.0 / group->size;
}

static void count_pick(struct groups *g, struct groups_group *group,
		       struct groups_member *m, const struct model_steer *ev)
{
	if (!opens(ev)) {
		group->others++;
		m->others++;
		return;
	}
	group->picks++;
	m->picks++;
	if (strcmp(ev->via, "hash"))
		group->unhashed++;
	else if (ev->cookie && ev->size)
		count_client(g, group, m, ev->hash);
}

void groups_pick(struct groups *g, const struct model_steer *ev)
{
	uint32_t at = find_group(g, &ev->head, ev->group,
				 ev->redirected ? 0 : ev->dst.port);
	struct groups_group *group = &g->group[at];
	struct groups_member *m = member_of(g, at, ev->cookie);

	if (!group->addr.family && !ev->redirected)
		group->addr = ev->dst;
	set_size(group, ev->size);
	set_owner(m, &ev->owner, ev->owners);
	if (ev->index >= 0)
		m->index = ev->index;
	count_pick(g, group, m, ev);
}

void groups_add(struct groups *g, const struct model_picks *picks)
{
	uint32_t at = find_group(g, &picks->head, picks->group,
				 picks->head.port);
	struct groups_group *group = &g->group[at];
	struct groups_member *m = member_of(g, at, picks->cookie);

	if (!group->addr.family)
		group->addr = picks->addr;
	group->counted = true;
	set_size(group, picks->size);
	set_owner(m, &picks->owner, picks->owners);
	group->picks += picks->opened;
	m->picks += picks->opened;
	group->others += picks->others;
	m->others += picks->others;
}

void groups_name(struct groups *g, uint64_t cookie,
		 const struct model_task *owner)
{
	uint32_t i, at;
	uint64_t left;

	if (!cookie || !owner->pid)
		return;
	/* Who binds is in no group that is gone. */
	for (i = 0; i < GROUPS_MAX; i += 64)
		for (left = g->live[i / 64]; left; left &= left - 1) {
			at = lru_find(g->by_cookie,
				      member_key(i + __builtin_ctzll(left),
						 cookie));
			if (at != LRU_NONE)
				g->member[at].owner = *owner;
		}
}

void groups_show(struct groups *g, uint32_t netns, int32_t id,
		 const char *proto)
{
	uint32_t at = lru_find(g->by_key, group_key(netns, id, proto));

	/* A leave that ends the group is shown after it has ended. */
	if (at == LRU_NONE)
		at = lru_newest(g->by_key);
	if (at != LRU_NONE && g->group[at].id == id &&
	    g->group[at].netns == netns)
		g->group[at].shown = true;
}

const struct groups_group *groups_find(const struct groups *g, uint32_t netns,
				       int32_t id, const char *proto)
{
	uint32_t at = lru_find(g->by_key, group_key(netns, id, proto));

	return at == LRU_NONE ? NULL : &g->group[at];
}

/* Another name; or the same one in another container or unit. */
static bool is_stranger(const struct model_task *a, const struct model_task *b)
{
	return strcmp(a->comm, b->comm) ||
	       (a->cgroup && b->cgroup && strcmp(a->cgroup, b->cgroup));
}

static void add_peer(struct groups_peers *peers, const struct model_task *peer,
		     const struct model_task *owner)
{
	if (peer->pid && peer->pid == owner->pid) {
		peers->own++;
		return;
	}
	peers->others++;
	peers->stranger |= peer->pid && owner->pid && is_stranger(peer, owner);
	if (!peers->first.pid)
		peers->first = *peer;
	else if (!peers->second.pid && peer->pid != peers->first.pid)
		peers->second = *peer;
}

void groups_peers(const struct groups *g, const struct groups_group *group,
		  uint64_t cookie, const struct model_task *owner,
		  struct groups_peers *peers)
{
	const struct groups_member *m;
	uint32_t i;

	*peers = (struct groups_peers){ 0 };
	for (i = group->first; i; i = m->next) {
		m = &g->member[i - 1];
		if (m->state == GROUPS_PRESENT && m->cookie &&
		    m->cookie != cookie)
			add_peer(peers, &m->owner, owner);
	}
}

#define COMPARE(a, b) (((a) > (b)) - ((a) < (b)))

static int compare_groups(const void *pa, const void *pb)
{
	const struct groups_group *a = *(const struct groups_group *const *)pa;
	const struct groups_group *b = *(const struct groups_group *const *)pb;
	int c = COMPARE(a->netns, b->netns);

	if (!c)
		c = COMPARE(a->addr.port, b->addr.port);
	if (!c)
		c = strcmp(a->proto, b->proto);
	return c ? c : COMPARE(a->serial, b->serial);
}

size_t groups_list(const struct groups *g, const struct groups_group ***list)
{
	size_t n = 0;
	uint32_t at;

	*list = calloc(GROUPS_MAX, sizeof(**list));
	if (!*list)
		return 0;
	for (at = lru_newest(g->by_key); at != LRU_NONE;
	     at = lru_older(g->by_key, at))
		(*list)[n++] = &g->group[at];
	qsort(*list, n, sizeof(**list), compare_groups);
	return n;
}

static int compare_members(const void *pa, const void *pb)
{
	const struct groups_member *a = *(const struct groups_member *const *)pa;
	const struct groups_member *b = *(const struct groups_member *const *)pb;
	int c = COMPARE((uint32_t)a->index, (uint32_t)b->index);

	if (!c)
		c = COMPARE(a->joined, b->joined);
	return c ? c : COMPARE(a->cookie, b->cookie);
}

size_t groups_members(const struct groups *g, const struct groups_group *group,
		      const struct groups_member ***list)
{
	size_t n = 0;
	uint32_t i;

	for (i = group->first; i; i = g->member[i - 1].next)
		n++;
	*list = calloc(n + 1, sizeof(**list));
	if (!*list)
		return 0;
	n = 0;
	for (i = group->first; i; i = g->member[i - 1].next)
		(*list)[n++] = &g->member[i - 1];
	qsort(*list, n, sizeof(**list), compare_members);
	return n;
}

uint64_t groups_forgotten(const struct groups *g)
{
	return g->forgotten;
}
