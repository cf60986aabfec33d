// SPDX-License-Identifier: GPL-2.0-only
#include "bind_attempt.h"

#include <linux/atomic.h>
#include <linux/hash.h>
#include <linux/kprobes.h>
#include <linux/string.h>

#define SLOT_BITS 9
#define SLOTS (1 << SLOT_BITS)
#define PROBE_DISTANCE 16	/* slots tried for one socket */

static struct bind_attempt slots[SLOTS];

/* Mostly none is going on, and then there is no need to look for one. */
static atomic_t busy = ATOMIC_INIT(0);

static struct bind_attempt *slot_at(const struct sock *sk, unsigned int nth)
{
	return &slots[(hash_ptr((void *)sk, SLOT_BITS) + nth) % SLOTS];
}
NOKPROBE_SYMBOL(slot_at);

struct bind_attempt *bind_attempt_begin(const struct sock *sk)
{
	struct bind_attempt *slot;
	unsigned int i;

	for (i = 0; i < PROBE_DISTANCE; i++) {
		slot = slot_at(sk, i);
		if (READ_ONCE(slot->sk) || cmpxchg(&slot->sk, NULL, sk))
			continue;
		*slot = (struct bind_attempt) { .sk = sk };
		atomic_inc(&busy);
		return slot;
	}
	return NULL;
}
NOKPROBE_SYMBOL(bind_attempt_begin);

struct bind_attempt *bind_attempt_find(const struct sock *sk)
{
	struct bind_attempt *slot;
	unsigned int i;

	if (!atomic_read(&busy))
		return NULL;
	for (i = 0; i < PROBE_DISTANCE; i++) {
		slot = slot_at(sk, i);
		if (READ_ONCE(slot->sk) == sk)
			return slot;
	}
	return NULL;
}
NOKPROBE_SYMBOL(bind_attempt_find);

void bind_attempt_end(struct bind_attempt *attempt)
{
	if (!attempt)
		return;
	atomic_dec(&busy);
	/* Pairs with the cmpxchg() of bind_attempt_begin(): we are done with it. */
	smp_store_release(&attempt->sk, NULL);
}
NOKPROBE_SYMBOL(bind_attempt_end);
