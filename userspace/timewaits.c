// SPDX-License-Identifier: GPL-2.0-only
#include "timewaits.h"

#include <stdlib.h>
#include <string.h>

#include "lru.h"

#define NSEC_PER_MSEC	1000000ull
#define PORT_BUCKETS	16384

struct entry {
	uint64_t entered;
	uint64_t expires;
	uint32_t netns;
	uint32_t next;		/* of its port's bucket; place plus one, 0: none */
	uint32_t prev;
	uint16_t port;
	bool server;
	struct model_task owner;
};

struct timewaits {
	struct lru *lru;	/* by cookie */
	struct entry *entry;
	uint32_t bucket[PORT_BUCKETS];	/* place plus one */
};

struct timewaits *timewaits_new(void)
{
	struct timewaits *t = calloc(1, sizeof(*t));

	if (!t)
		return NULL;
	t->lru = lru_new(TIMEWAITS_MAX);
	t->entry = calloc(TIMEWAITS_MAX, sizeof(*t->entry));
	if (t->lru && t->entry)
		return t;
	timewaits_free(t);
	return NULL;
}

void timewaits_free(struct timewaits *t)
{
	if (!t)
		return;
	lru_free(t->lru);
	free(t->entry);
	free(t);
}

static uint32_t bucket_at(uint32_t netns, uint16_t port)
{
	return (port ^ netns * 0x9e3779b9u >> 16) % PORT_BUCKETS;
}

static void link_port(struct timewaits *t, uint32_t at)
{
	struct entry *e = &t->entry[at];
	uint32_t *bucket = &t->bucket[bucket_at(e->netns, e->port)];

	e->prev = 0;
	e->next = *bucket;
	if (*bucket)
		t->entry[*bucket - 1].prev = at + 1;
	*bucket = at + 1;
}

static void unlink_port(struct timewaits *t, uint32_t at)
{
	struct entry *e = &t->entry[at];

	if (e->prev)
		t->entry[e->prev - 1].next = e->next;
	else
		t->bucket[bucket_at(e->netns, e->port)] = e->next;
	if (e->next)
		t->entry[e->next - 1].prev = e->prev;
}

static void forget(struct timewaits *t, uint32_t at)
{
	unlink_port(t, at);
	lru_remove(t->lru, at);
}

static uint64_t expiry(const struct model_tw *ev)
{
	return ev->head.ts + ev->timeout_ms * NSEC_PER_MSEC;
}

void timewaits_enter(struct timewaits *t, struct model_tw *ev)
{
	uint32_t at = lru_find(t->lru, ev->cookie);

	ev->seen_enter = true;
	if (ev->overflow || !ev->cookie)
		return;
	if (at == LRU_NONE)
		at = lru_victim(t->lru);
	if (at != LRU_NONE)
		forget(t, at);
	at = lru_add(t->lru, ev->cookie);
	t->entry[at] = (struct entry){
		.entered = ev->head.ts,
		.expires = expiry(ev),
		.netns = ev->head.netns,
		.port = ev->head.port,
		.server = ev->server,
		.owner = ev->owner,
	};
	link_port(t, at);
}

/* What was noted of it when it was born. */
static struct entry *recall(const struct timewaits *t, struct model_tw *ev)
{
	uint32_t at = ev->cookie ? lru_find(t->lru, ev->cookie) : LRU_NONE;

	ev->seen_enter = at != LRU_NONE;
	if (at == LRU_NONE)
		return NULL;
	if (t->entry[at].owner.pid) {
		ev->owner = t->entry[at].owner;
		ev->server = t->entry[at].server;
	}
	return &t->entry[at];
}

void timewaits_state(struct timewaits *t, struct model_tw *ev)
{
	struct entry *e = recall(t, ev);

	if (!e)
		return;
	e->expires = expiry(ev);
	lru_touch(t->lru, e - t->entry);
}

void timewaits_exit(struct timewaits *t, struct model_tw *ev)
{
	struct entry *e = recall(t, ev);

	ev->lived_ms = -1;
	if (!e)
		return;
	if (ev->head.ts >= e->entered)
		ev->lived_ms = (ev->head.ts - e->entered) / NSEC_PER_MSEC;
	forget(t, e - t->entry);
}

static bool is_alive(const struct entry *e, uint64_t now)
{
	return e->expires + TIMEWAITS_LATE_MS * NSEC_PER_MSEC > now;
}

static int64_t ms_until(uint64_t then, uint64_t now)
{
	return then > now ? (then - now) / NSEC_PER_MSEC : 0;
}

static void add_to(struct model_time_wait *found, const struct entry *e,
		   uint64_t now)
{
	int64_t age = ms_until(now, e->entered);
	int64_t left = ms_until(e->expires, now);

	found->count++;
	if (age > found->oldest_ms)
		found->oldest_ms = age;
	if (left > found->free_ms)
		found->free_ms = left;
}

void timewaits_on(const struct timewaits *t, uint32_t netns, uint16_t port,
		  uint64_t cookie, uint64_t now, struct model_time_wait *found)
{
	uint32_t at = cookie ? lru_find(t->lru, cookie) : LRU_NONE;
	uint32_t i = t->bucket[bucket_at(netns, port)];
	const struct entry *e;

	*found = (struct model_time_wait){ .left_ms = -1, .free_ms = -1 };
	if (at != LRU_NONE)
		found->left_ms = ms_until(t->entry[at].expires, now);
	for (; i; i = e->next) {
		e = &t->entry[i - 1];
		if (e->port == port && e->netns == netns && is_alive(e, now))
			add_to(found, e, now);
	}
}

uint32_t timewaits_alive(const struct timewaits *t, uint64_t now)
{
	uint32_t at, n = 0;

	for (at = lru_newest(t->lru); at != LRU_NONE;
	     at = lru_older(t->lru, at))
		n += is_alive(&t->entry[at], now);
	return n;
}

static void sum_entry(struct timewaits_port *p, const struct entry *e,
		      uint64_t now)
{
	int64_t age = ms_until(now, e->entered);
	int64_t left = ms_until(e->expires, now);

	if (age > p->oldest_ms)
		p->oldest_ms = age;
	if (!p->count || left < p->next_ms)
		p->next_ms = left;
	if (left > p->free_ms)
		p->free_ms = left;
	p->netns = e->netns;
	p->port = e->port;
	p->count++;
}

/* Into a list that stays sorted; what falls off its end is dropped. */
static size_t insert_port(struct timewaits_port *ports, size_t n, size_t max,
			  const struct timewaits_port *p)
{
	size_t at = n;

	while (at && ports[at - 1].count < p->count)
		at--;
	if (at == max)
		return n;
	if (n < max)
		n++;
	memmove(&ports[at + 1], &ports[at], (n - at - 1) * sizeof(*ports));
	ports[at] = *p;
	return n;
}

static int64_t port_key(const struct entry *e)
{
	return (int64_t)e->netns << 16 | e->port;
}

/* A bucket may hold several ports: each is summed at its first entry. */
static bool is_first(const struct timewaits *t, uint32_t head, uint32_t i)
{
	int64_t key = port_key(&t->entry[i - 1]);

	while (head != i && port_key(&t->entry[head - 1]) != key)
		head = t->entry[head - 1].next;
	return head == i;
}

static struct timewaits_port sum_port(const struct timewaits *t, uint32_t i,
				      uint64_t now)
{
	int64_t key = port_key(&t->entry[i - 1]);
	struct timewaits_port p = { 0 };
	const struct entry *e;

	for (; i; i = e->next) {
		e = &t->entry[i - 1];
		if (port_key(e) == key && is_alive(e, now))
			sum_entry(&p, e, now);
	}
	return p;
}

size_t timewaits_ports(const struct timewaits *t, uint64_t now,
		       struct timewaits_port *ports, size_t max)
{
	struct timewaits_port p;
	uint32_t head, i;
	size_t b, n = 0;

	for (b = 0; b < PORT_BUCKETS; b++) {
		head = t->bucket[b];
		for (i = head; i; i = t->entry[i - 1].next) {
			if (!is_first(t, head, i))
				continue;
			p = sum_port(t, i, now);
			if (p.count)
				n = insert_port(ports, n, max, &p);
		}
	}
	return n;
}
