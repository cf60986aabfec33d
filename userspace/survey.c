// SPDX-License-Identifier: GPL-2.0-only
#include "survey.h"

#include <stdlib.h>

#include "sockdiag.h"

struct survey {
	struct sockdiag *sock;
	size_t n;
	told_socket_fn fn;
	void *ctx;
};

static void add(void *ctx, const struct sockdiag *sock)
{
	struct survey *s = ctx;

	if (sock->inode && s->n < SURVEY_MAX)
		s->sock[s->n++] = *sock;
}

static int by_inode(const void *a, const void *b)
{
	const struct sockdiag *x = a, *y = b;

	return (x->inode > y->inode) - (x->inode < y->inode);
}

static void meet(void *ctx, uint64_t inode, const struct model_task *task)
{
	const struct survey *s = ctx;
	const struct sockdiag key = { .inode = inode }, *sock;
	struct told_socket one = { .inode = inode, .task = *task };

	sock = bsearch(&key, s->sock, s->n, sizeof(key), by_inode);
	if (sock) {
		one.cookie = sock->cookie;
		one.netns = sock->netns;
		one.port = sock->port;
		one.listens = sock->listens;
	}
	s->fn(s->ctx, &one);
}

int survey_run(told_socket_fn fn, void *ctx)
{
	struct survey s = {
		.sock = calloc(SURVEY_MAX, sizeof(struct sockdiag)),
		.fn = fn,
		.ctx = ctx,
	};
	int closed;

	if (!s.sock)
		return 0;
	closed = sockdiag_each(add, &s);
	qsort(s.sock, s.n, sizeof(s.sock[0]), by_inode);
	told_scan(meet, &s);
	free(s.sock);
	return closed > 0 ? closed : 0;
}
