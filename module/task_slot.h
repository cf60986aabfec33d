/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the current task is in the middle of. One probe notes it when a function
 * is entered, another looks it up deeper in the same call, the first forgets it
 * at the return. The task may sleep or change CPUs meanwhile.
 */
#ifndef REUSETRACE_TASK_SLOT_H
#define REUSETRACE_TASK_SLOT_H

#include <linux/types.h>

struct task_struct;

enum task_doing {
	TASK_PURGES_TIME_WAITS,		/* inet_twsk_purge() */
	TASK_DESTROYS_A_SOCKET,		/* tcp_abort() */
	TASK_STOPS_A_LISTENER,		/* inet_csk_listen_stop() */
};

struct task_slot {
	const struct task_struct *task;	/* only compared; NULL: free */
	enum task_doing doing;
	u32 count;			/* the user's; 0 at first */
};

/**
 * task_slot_begin - note what the current task begins to do
 *
 * Return: its slot, or NULL when too many tasks are at it.
 */
struct task_slot *task_slot_begin(enum task_doing doing);

/**
 * task_slot_find - is the current task in the middle of that?
 *
 * Return: its slot; NULL when it is not, or when a softirq has interrupted it.
 */
struct task_slot *task_slot_find(enum task_doing doing);

/**
 * task_slot_end - it has done it
 * @slot: from task_slot_begin(), may be NULL
 */
void task_slot_end(struct task_slot *slot);

#endif
