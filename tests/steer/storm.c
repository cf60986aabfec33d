// SPDX-License-Identifier: GPL-2.0-only
#include "spread.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "clients.h"
#include "members.h"

#define BACKLOG	256
#define PATIENCE_US	10000

struct storm {
	const struct load *load;
	struct members group;
	unsigned int closed;
	atomic_bool over;
};

static struct storm storm;

static void take_some(struct storm *s, unsigned int index)
{
	unsigned int i;
	uint16_t sport;
	int fd;

	for (i = 0; i < BACKLOG; i++) {
		fd = members_take(&s->group, index, &sport);
		if (fd < 0)
			return;
		printf("got %u %" PRIu64 "\n", sport,
		       s->group.member[index].cookie);
		if (fd)
			endpoint_reset(fd);
	}
}

/* Members take what has come, and one goes with whatever it has not taken. */
static void *members_come_and_go(void *arg)
{
	struct storm *s = arg;
	unsigned int i;

	while (!atomic_load(&s->over)) {
		for (i = 0; i < s->group.n; i++)
			take_some(s, i);
		members_join(&s->group);
		/* The first stays: somebody always listens. */
		members_leave(&s->group, 1 + rand() % (s->group.n - 1));
		s->closed++;
	}
	usleep(PATIENCE_US);
	for (i = 0; i < s->group.n; i++)
		take_some(s, i);
	return NULL;
}

static unsigned int clients_come(const struct load *load)
{
	static int fd[CLIENTS_MAX];
	unsigned int i, failed = 0;

	for (i = 0; i < load->count; i++) {
		fd[i] = clients_call(&load->at, CLIENTS_FIRST_PORT + i);
		failed += fd[i] < 0;
	}
	for (i = 0; i < load->count; i++)
		if (fd[i] >= 0)
			endpoint_reset(fd[i]);
	return failed;
}

void storm_play(const struct load *load)
{
	struct storm *s = &storm;
	unsigned int failed;
	pthread_t thread;

	s->load = load;
	s->group.at = load->at;
	s->group.backlog = BACKLOG;
	srand(load->seed);
	while (s->group.n < load->members)
		members_join(&s->group);
	if (pthread_create(&thread, NULL, members_come_and_go, s))
		endpoint_die("pthread_create()");
	failed = clients_come(load);
	atomic_store(&s->over, true);
	pthread_join(thread, NULL);
	printf("failed %u\nclosed %u\n", failed, s->closed);
}
