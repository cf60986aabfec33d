/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The sockets of one SO_REUSEPORT group, in the order in which the kernel keeps
 * them: who comes goes to the end, the last takes the place of one who leaves.
 */
#ifndef STEER_MEMBERS_H
#define STEER_MEMBERS_H

#include <stdbool.h>
#include <stdint.h>

#include "endpoint.h"

#define MEMBERS_MAX	4096

struct member {
	int fd;
	uint64_t cookie;
};

struct members {
	struct endpoint at;
	int backlog;
	unsigned int n;
	struct member member[MEMBERS_MAX];
};

/**
 * members_join - one more
 * @m: the group; its endpoint and backlog are set
 */
void members_join(struct members *m);

/**
 * members_leave - one less
 * @m: the group
 * @index: which
 */
void members_leave(struct members *m, unsigned int index);

/**
 * members_settle - wait until the kernel, too, knows those who are left
 * @m: the group, whose port nobody else uses in this network namespace
 *
 * close() is over before the socket leaves when another process, such as one that
 * looks through /proc/PID/fd, holds the file for a moment.
 */
void members_settle(const struct members *m);

/**
 * members_take - one connection or datagram that has arrived at a member
 * @m: the group
 * @index: the member
 * @sport: set to where it came from
 *
 * Return: the accepted connection, 0 for a datagram, -1 when there is nothing.
 */
int members_take(const struct members *m, unsigned int index, uint16_t *sport);

#endif
