/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Who had which socket open when a recording began: taken from /proc by
 * `record`, known to `report`.
 */
#ifndef REUSETRACE_TOLD_H
#define REUSETRACE_TOLD_H

#include <stdbool.h>
#include <stdint.h>

#include "model.h"

struct told;

struct told_socket {
	uint64_t inode;
	uint64_t cookie;	/* 0: not known, nor are the next three */
	uint32_t netns;
	uint16_t port;
	bool listens;		/* TCP */
	struct model_task task;
};

/**
 * told_new - an empty table
 *
 * Return: the table, or NULL when memory is short.
 */
struct told *told_new(void);

/**
 * told_free - forget it
 * @t: the table, or NULL
 */
void told_free(struct told *t);

/**
 * told_add - a process has a socket open
 * @t: the table; of one socket's processes the first is kept
 * @sock: the socket and the process, copied
 */
void told_add(struct told *t, const struct told_socket *sock);

/**
 * told_find - who had it
 * @t: the table
 * @inode: the socket's
 * @task: set when found
 *
 * Return: false when nobody was told of.
 */
bool told_find(const struct told *t, uint64_t inode, struct model_task *task);

typedef void (*told_socket_fn)(void *ctx, const struct told_socket *sock);

/**
 * told_each - all of them
 * @t: the table
 * @fn: called for each
 * @ctx: for @fn
 */
void told_each(const struct told *t, told_socket_fn fn, void *ctx);

/**
 * told_cgroup - the control group of a process that had a socket
 * @t: the table
 * @pid: the process
 *
 * Return: its path, living as long as the table, or NULL.
 */
const char *told_cgroup(const struct told *t, int32_t pid);

typedef void (*told_fn)(void *ctx, uint64_t inode,
			const struct model_task *task);

/**
 * told_scan - look at all processes now
 * @fn: called for each process and socket
 * @ctx: for @fn
 */
void told_scan(told_fn fn, void *ctx);

#endif
