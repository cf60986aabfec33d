/* SPDX-License-Identifier: GPL-2.0-only */
/* What waits in sockets now, by cookie: looked up through sock_diag. */
#ifndef REUSETRACE_QUEUES_H
#define REUSETRACE_QUEUES_H

#include <stdbool.h>
#include <stdint.h>

#define QUEUES_MAX	16384	/* sockets */

struct queues;

/* What waits in one socket. */
struct queues_one {
	uint32_t waiting;	/* connections nobody has accepted, or bytes */
	uint32_t room;		/* for so many; 0: not known, and it is bytes */
};

/**
 * queues_new - nothing looked up yet
 *
 * Return: the table, or NULL when memory is short.
 */
struct queues *queues_new(void);

/**
 * queues_free - forget it
 * @q: the table, or NULL
 */
void queues_free(struct queues *q);

/**
 * queues_look - look again, if it was not just done
 * @q: the table
 * @now: CLOCK_MONOTONIC, ns
 *
 * At most twice a second, and a twentieth of the time.
 */
void queues_look(struct queues *q, uint64_t now);

/**
 * queues_find - what waits in a socket
 * @q: the table, or NULL
 * @cookie: the socket
 * @one: set
 *
 * Return: false when it is not known.
 */
bool queues_find(const struct queues *q, uint64_t cookie,
		 struct queues_one *one);

#endif
