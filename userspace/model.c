// SPDX-License-Identifier: GPL-2.0-only
#include "model.h"

#include <stdlib.h>
#include <string.h>

#include "groups.h"
#include "lru.h"
#include "timewaits.h"

/* A socket's last known owner. */
struct known {
	uint64_t inode;
	struct model_task task;
};

struct model {
	struct lru *socks;	/* by cookie */
	struct known known[MODEL_SOCKS];
	struct lru *ports;	/* by namespace and port */
	struct model_task listener[MODEL_PORTS];
	struct groups *groups;
	struct timewaits *timewaits;
	struct model_sums sums;
	uint64_t lost;
	uint64_t missed;
	bool lossy;
};

struct model *model_new(void)
{
	struct model *m = calloc(1, sizeof(*m));

	if (!m)
		return NULL;
	m->socks = lru_new(MODEL_SOCKS);
	m->ports = lru_new(MODEL_PORTS);
	m->groups = groups_new();
	m->timewaits = timewaits_new();
	if (m->socks && m->ports && m->groups && m->timewaits)
		return m;
	model_free(m);
	return NULL;
}

void model_free(struct model *m)
{
	if (!m)
		return;
	lru_free(m->socks);
	lru_free(m->ports);
	groups_free(m->groups);
	timewaits_free(m->timewaits);
	free(m);
}

/* What an event does not tell of a process leaves what is known standing. */
static void take_task(struct model_task *known, const struct model_task *task)
{
	const char *cgroup = known->pid == task->pid ? known->cgroup : NULL;

	*known = *task;
	if (!known->cgroup)
		known->cgroup = cgroup;
}

void model_learn(struct model *m, uint64_t cookie, uint64_t inode,
		 const struct model_task *task)
{
	uint32_t at;

	if (!cookie)
		return;
	at = lru_find(m->socks, cookie);
	if (at == LRU_NONE) {
		at = lru_add(m->socks, cookie);
		m->known[at] = (struct known){ 0 };
	} else {
		lru_touch(m->socks, at);
	}
	if (inode)
		m->known[at].inode = inode;
	if (task->pid)
		take_task(&m->known[at].task, task);
}

bool model_owner(struct model *m, uint64_t cookie, struct model_task *task)
{
	uint32_t at = cookie ? lru_find(m->socks, cookie) : LRU_NONE;

	if (at == LRU_NONE)
		return false;
	lru_touch(m->socks, at);
	if (!m->known[at].task.pid)
		return false;
	*task = m->known[at].task;
	return true;
}

bool model_comm(const struct model *m, struct model_task *task)
{
	uint32_t at;

	for (at = lru_newest(m->socks); at != LRU_NONE;
	     at = lru_older(m->socks, at)) {
		if (m->known[at].task.pid != task->pid)
			continue;
		memcpy(task->comm, m->known[at].task.comm, sizeof(task->comm));
		return true;
	}
	return false;
}

static uint64_t port_key(uint32_t netns, uint16_t port)
{
	return (uint64_t)netns << 16 | port;
}

void model_listens(struct model *m, uint32_t netns, uint16_t port,
		   const struct model_task *task)
{
	uint64_t key = port_key(netns, port);
	uint32_t at = lru_find(m->ports, key);

	if (!port || !task->pid)
		return;
	if (at == LRU_NONE) {
		at = lru_add(m->ports, key);
		m->listener[at] = (struct model_task){ 0 };
	}
	take_task(&m->listener[at], task);
	lru_touch(m->ports, at);
}

bool model_listener(struct model *m, uint32_t netns, uint16_t port,
		    struct model_task *task)
{
	uint32_t at = lru_find(m->ports, port_key(netns, port));

	if (at == LRU_NONE)
		return false;
	lru_touch(m->ports, at);
	*task = m->listener[at];
	return true;
}

/* A full table adds to its last counter: the sums stay right. */
static void count_in(struct model_counters *c, const char *name)
{
	size_t i;

	for (i = 0; i < c->n; i++)
		if (!strcmp(c->at[i].name, name))
			break;
	if (i == MODEL_COUNTERS)
		i--;
	if (i == c->n) {
		strncpy(c->at[i].name, name, MODEL_NAME_LEN - 1);
		c->n++;
	}
	c->at[i].count++;
}

void model_count(struct model *m, const char *type)
{
	count_in(&m->sums.types, type);
}

void model_count_bind(struct model *m, const struct model_bind *ev)
{
	count_in(&m->sums.results, ev->result);
}

void model_count_conflict(struct model *m, const struct model_conflict *ev)
{
	count_in(&m->sums.rules, ev->rule);
}

void model_count_enter(struct model *m, const struct model_tw *ev)
{
	if (ev->overflow)
		m->sums.overflowed++;
	else
		m->sums.entered++;
}

void model_count_exit(struct model *m, const struct model_tw *ev)
{
	count_in(&m->sums.reasons, ev->reason);
	m->sums.unseen += !ev->seen_enter;
}

void model_count_listener(struct model *m, const struct model_listener *ev)
{
	m->sums.closes++;
	m->sums.unaccepted += ev->unaccepted;
	m->sums.reset += ev->reset;
	m->sums.migrated += ev->migrated;
}

void model_count_picks(struct model *m, uint64_t picks)
{
	m->sums.picks += picks;
}

void model_lost(struct model *m, const struct model_lost *ev)
{
	m->lossy = true;
	if (ev->count < 0)
		return;
	if (ev->probe)
		m->missed += ev->count;
	else
		m->lost += ev->count;
}

const struct model_sums *model_sums(const struct model *m)
{
	return &m->sums;
}

struct groups *model_groups(struct model *m)
{
	return m->groups;
}

struct timewaits *model_timewaits(struct model *m)
{
	return m->timewaits;
}

uint64_t model_lost_events(const struct model *m)
{
	return m->lost;
}

uint64_t model_missed_calls(const struct model *m)
{
	return m->missed;
}

bool model_lossy(const struct model *m)
{
	return m->lossy;
}
