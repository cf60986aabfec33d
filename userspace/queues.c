// SPDX-License-Identifier: GPL-2.0-only
#include "queues.h"

#include <stdlib.h>
#include <time.h>

#include "sockdiag.h"

#define NSEC_PER_SEC	1000000000ULL
#define INTERVAL_NS	(NSEC_PER_SEC / 2)
#define PART		20	/* of the time may go into looking */

struct known {
	uint64_t cookie;
	struct queues_one one;
};

struct queues {
	struct known *at;	/* sorted by cookie */
	size_t n;
	uint64_t next;		/* not to be looked up before */
};

struct queues *queues_new(void)
{
	struct queues *q = calloc(1, sizeof(*q));

	if (!q)
		return NULL;
	q->at = calloc(QUEUES_MAX, sizeof(*q->at));
	if (q->at)
		return q;
	free(q);
	return NULL;
}

void queues_free(struct queues *q)
{
	if (!q)
		return;
	free(q->at);
	free(q);
}

static void add(void *ctx, const struct sockdiag *sock)
{
	struct queues *q = ctx;

	if (q->n == QUEUES_MAX)
		return;
	q->at[q->n++] = (struct known){
		.cookie = sock->cookie,
		.one = {
			.waiting = sock->waiting,
			.room = sock->listens ? sock->room : 0,
		},
	};
}

static int by_cookie(const void *a, const void *b)
{
	const struct known *x = a, *y = b;

	return (x->cookie > y->cookie) - (x->cookie < y->cookie);
}

static uint64_t clock_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * NSEC_PER_SEC + ts.tv_nsec;
}

void queues_look(struct queues *q, uint64_t now)
{
	uint64_t begun = clock_ns(), took;

	if (now < q->next)
		return;
	q->n = 0;
	sockdiag_each(add, q);
	qsort(q->at, q->n, sizeof(*q->at), by_cookie);
	took = PART * (clock_ns() - begun);
	q->next = now + (took > INTERVAL_NS ? took : INTERVAL_NS);
}

bool queues_find(const struct queues *q, uint64_t cookie,
		 struct queues_one *one)
{
	const struct known key = { .cookie = cookie }, *found;

	found = q && cookie ? bsearch(&key, q->at, q->n, sizeof(key),
				      by_cookie) : NULL;
	if (found)
		*one = found->one;
	return found;
}
