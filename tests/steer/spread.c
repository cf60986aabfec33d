// SPDX-License-Identifier: GPL-2.0-only
#include "spread.h"

#include <inttypes.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "clients.h"
#include "members.h"

#define BATCH	32	/* clients that wait at once */
#define PATIENCE_S	60

struct spread {
	const struct load *load;
	struct members group;
	int waiting[BATCH];
	unsigned int n_waiting;
	unsigned int called;
	unsigned int done;
};

static struct spread spread;

static void tell(const struct spread *s, unsigned int index, uint16_t sport)
{
	printf("got %u %" PRIu64 " %u %u\n", sport,
	       s->group.member[index].cookie, s->group.n, index);
}

static void take_all_of(struct spread *s, unsigned int index)
{
	uint16_t sport;
	int fd;

	while ((fd = members_take(&s->group, index, &sport)) >= 0) {
		tell(s, index, sport);
		s->done++;
		if (fd)
			endpoint_reset(fd);
	}
}

/*
 * After this nobody waits, and the group may change. A softirq that was put off
 * may deliver later than the call that sent.
 */
static void drain(struct spread *s)
{
	unsigned int i;

	alarm(PATIENCE_S);
	while (s->done < s->called) {
		for (i = 0; i < s->group.n; i++)
			take_all_of(s, i);
		sched_yield();
	}
	alarm(0);
	for (i = 0; i < s->n_waiting; i++)
		endpoint_reset(s->waiting[i]);
	s->n_waiting = 0;
}

/* One more or one less than asked for, and back. */
static void change(struct spread *s)
{
	struct members *m = &s->group;
	bool more = m->n < s->load->members ||
		    (m->n == s->load->members && (m->n == 1 || rand() % 2));

	drain(s);
	if (more) {
		members_join(m);
		return;
	}
	members_leave(m, s->load->connected +
		      rand() % (m->n - s->load->connected));
	alarm(PATIENCE_S);
	members_settle(m);
	alarm(0);
}

static void connect_member(const struct spread *s)
{
	struct endpoint first = s->load->at;
	union address addr;
	socklen_t len;

	first.loopback = true;
	first.port = CLIENTS_FIRST_PORT;
	len = endpoint_address(&first, &addr);
	endpoint_check(connect(s->group.member[0].fd, &addr.any, len),
		       "connect() of a member");
}

static void call(struct spread *s, uint16_t sport)
{
	int fd = clients_call(&s->load->at, sport);

	if (fd < 0)
		endpoint_die("a client was refused: connect()");
	s->waiting[s->n_waiting++] = fd;
	s->called++;
	if (s->n_waiting == BATCH)
		drain(s);
}

void spread_play(const struct load *load)
{
	struct spread *s = &spread;
	unsigned int i;

	s->load = load;
	s->group.at = load->at;
	s->group.backlog = BATCH;
	srand(load->seed);
	while (s->group.n < load->members)
		members_join(&s->group);
	if (load->connected)
		connect_member(s);
	for (i = 0; i < load->count; i++) {
		if (load->churn && i && i % load->churn == 0)
			change(s);
		call(s, CLIENTS_FIRST_PORT + i);
	}
	drain(s);
}
