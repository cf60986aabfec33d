// SPDX-License-Identifier: GPL-2.0-only
#include "task_slot.h"

#include <linux/kernel.h>
#include <linux/kprobes.h>
#include <linux/preempt.h>
#include <linux/sched.h>

#define SLOTS 32

static struct task_slot slots[SLOTS];

struct task_slot *task_slot_begin(enum task_doing doing)
{
	unsigned int i;

	for (i = 0; i < SLOTS; i++) {
		if (READ_ONCE(slots[i].task) ||
		    cmpxchg(&slots[i].task, NULL, current))
			continue;
		slots[i].doing = doing;
		slots[i].count = 0;
		return &slots[i];
	}
	return NULL;
}
NOKPROBE_SYMBOL(task_slot_begin);

struct task_slot *task_slot_find(enum task_doing doing)
{
	unsigned int i;

	if (in_serving_softirq() || hardirq_count())
		return NULL;
	for (i = 0; i < SLOTS; i++)
		if (READ_ONCE(slots[i].task) == current &&
		    slots[i].doing == doing)
			return &slots[i];
	return NULL;
}
NOKPROBE_SYMBOL(task_slot_find);

void task_slot_end(struct task_slot *slot)
{
	if (!slot)
		return;
	/* Pairs with the cmpxchg() of task_slot_begin(): we are done with it. */
	smp_store_release(&slot->task, NULL);
}
NOKPROBE_SYMBOL(task_slot_end);
