// SPDX-License-Identifier: GPL-2.0-only
#include "lru.h"

#include <stdlib.h>
#include <string.h>

#define KEYS_PER_BUCKET	2

struct node {
	uint64_t key;
	uint32_t chain;		/* in its bucket, or of free places */
	uint32_t newer;
	uint32_t older;
};

struct lru {
	uint32_t capacity;
	uint32_t buckets;	/* a power of two: no division to find one */
	uint32_t used;		/* places handed out once */
	uint32_t free;
	uint32_t newest;
	uint32_t oldest;
	struct node *node;
	uint32_t *bucket;	/* places, plus one: 0 is an empty bucket */
};

struct lru *lru_new(uint32_t capacity)
{
	struct lru *l = calloc(1, sizeof(*l));

	if (!l)
		return NULL;
	l->capacity = capacity;
	for (l->buckets = 1; l->buckets < capacity / KEYS_PER_BUCKET;)
		l->buckets *= 2;
	l->free = LRU_NONE;
	l->newest = LRU_NONE;
	l->oldest = LRU_NONE;
	l->node = calloc(capacity, sizeof(*l->node));
	l->bucket = calloc(l->buckets, sizeof(*l->bucket));
	if (l->node && l->bucket)
		return l;
	lru_free(l);
	return NULL;
}

void lru_free(struct lru *l)
{
	if (!l)
		return;
	free(l->node);
	free(l->bucket);
	free(l);
}

/* The golden ratio's bits spread keys that count up as well as any. */
static uint32_t *bucket_of(const struct lru *l, uint64_t key)
{
	return &l->bucket[(key * 0x9e3779b97f4a7c15ull >> 32) & (l->buckets - 1)];
}

uint32_t lru_find(const struct lru *l, uint64_t key)
{
	uint32_t at = *bucket_of(l, key) - 1;

	while (at != LRU_NONE && l->node[at].key != key)
		at = l->node[at].chain;
	return at;
}

static void link_chain(struct lru *l, uint32_t at)
{
	uint32_t *bucket = bucket_of(l, l->node[at].key);

	l->node[at].chain = *bucket - 1;
	*bucket = at + 1;
}

static void unlink_chain(struct lru *l, uint32_t at)
{
	uint32_t *bucket = bucket_of(l, l->node[at].key);
	uint32_t i = *bucket - 1;

	if (i == at) {
		*bucket = l->node[at].chain + 1;
		return;
	}
	while (l->node[i].chain != at)
		i = l->node[i].chain;
	l->node[i].chain = l->node[at].chain;
}

static void link_newest(struct lru *l, uint32_t at)
{
	l->node[at].newer = LRU_NONE;
	l->node[at].older = l->newest;
	if (l->newest == LRU_NONE)
		l->oldest = at;
	else
		l->node[l->newest].newer = at;
	l->newest = at;
}

static void unlink_age(struct lru *l, uint32_t at)
{
	const struct node *n = &l->node[at];

	if (n->newer == LRU_NONE)
		l->newest = n->older;
	else
		l->node[n->newer].older = n->older;
	if (n->older == LRU_NONE)
		l->oldest = n->newer;
	else
		l->node[n->older].newer = n->newer;
}

uint32_t lru_victim(const struct lru *l)
{
	if (l->free != LRU_NONE || l->used < l->capacity)
		return LRU_NONE;
	return l->oldest;
}

static uint32_t take_place(struct lru *l)
{
	uint32_t at = lru_victim(l);

	if (at != LRU_NONE)
		lru_remove(l, at);
	at = l->free;
	if (at == LRU_NONE)
		return l->used++;
	l->free = l->node[at].chain;
	return at;
}

uint32_t lru_add(struct lru *l, uint64_t key)
{
	uint32_t at = take_place(l);

	l->node[at].key = key;
	link_chain(l, at);
	link_newest(l, at);
	return at;
}

void lru_touch(struct lru *l, uint32_t at)
{
	if (l->newest == at)
		return;
	unlink_age(l, at);
	link_newest(l, at);
}

void lru_rekey(struct lru *l, uint32_t at, uint64_t key)
{
	unlink_chain(l, at);
	l->node[at].key = key;
	link_chain(l, at);
}

void lru_remove(struct lru *l, uint32_t at)
{
	unlink_chain(l, at);
	unlink_age(l, at);
	l->node[at].chain = l->free;
	l->free = at;
}

uint32_t lru_newest(const struct lru *l)
{
	return l->newest;
}

uint32_t lru_older(const struct lru *l, uint32_t at)
{
	return l->node[at].older;
}
