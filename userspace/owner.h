/* SPDX-License-Identifier: GPL-2.0-only */
/* Which processes have a socket open now, and where they run, from /proc. */
#ifndef REUSETRACE_OWNER_H
#define REUSETRACE_OWNER_H

#include <stdbool.h>
#include <stdint.h>

#include "model.h"
#include "told.h"

struct owner;

/* What is found of one socket. */
struct owner_found {
	struct model_task task;	/* the first process that has it */
	uint32_t processes;	/* that have it; 0: not counted */
};

/**
 * owner_new - start with nothing known
 *
 * Return: the finder, or NULL when memory is short.
 */
struct owner *owner_new(void);

/**
 * owner_use - from now on do not look at /proc, only at this
 * @o: the finder; takes it over
 * @told: what a recording says, or NULL
 */
void owner_use(struct owner *o, struct told *told);

/**
 * owner_free - forget everything
 * @o: the finder, or NULL
 */
void owner_free(struct owner *o);

/**
 * owner_find - the process that has a socket open
 * @o: the finder
 * @inode: the socket's
 * @ts: what happened to it happened then, CLOCK_MONOTONIC
 * @hint: a process that may well be it; pid 0: no idea
 * @found: set when found
 *
 * What was found is checked with one readlink, unless that was done after @ts. A
 * walk over all of /proc is the price of a socket whose owner nobody guesses, and
 * of counting the processes of all sockets afresh. One that nobody has is not
 * looked for again for a second; at most half the time is spent on looking and a
 * fiftieth on counting: a socket may then stay without a name or count for a
 * while.
 *
 * Return: false when no process has it open.
 */
bool owner_find(struct owner *o, uint64_t inode, uint64_t ts,
		const struct model_task *hint, struct owner_found *found);

/**
 * owner_cgroup - the control group of a process
 * @o: the finder
 * @task: pid and comm set; cgroup is filled in, when it is known
 */
void owner_cgroup(struct owner *o, struct model_task *task);

/**
 * owner_comm - the name of a running process
 * @task: pid set; comm is filled in
 *
 * Return: false when it is gone.
 */
bool owner_comm(struct model_task *task);

#endif
