/* SPDX-License-Identifier: GPL-2.0-only */
/* The kernel's own list of listeners and UDP sockets, through sock_diag(7). */
#ifndef REUSETRACE_SOCKDIAG_H
#define REUSETRACE_SOCKDIAG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SOCKDIAG_NETNS_MAX	1024	/* namespaces looked into */

struct sockdiag {
	uint64_t cookie;
	uint64_t inode;		/* 0: no process has it open */
	uint32_t netns;
	uint32_t waiting;	/* connections to be accepted; UDP: bytes */
	uint32_t room;		/* for so many; UDP: means nothing */
	uint16_t port;
	bool listens;		/* TCP */
};

typedef void (*sockdiag_fn)(void *ctx, const struct sockdiag *sock);

/**
 * sockdiag_each - every socket of every network namespace that a process is in
 * @fn: called for each
 * @ctx: for @fn
 *
 * Return: the number of namespaces that could not be looked into, which takes
 * root, or a negative errno: the kernel tells nothing at all.
 */
int sockdiag_each(sockdiag_fn fn, void *ctx);

#endif
