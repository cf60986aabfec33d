// SPDX-License-Identifier: GPL-2.0-only
#include "closer.h"

#include <linux/atomic.h>
#include <linux/hash.h>
#include <linux/kprobes.h>
#include <linux/string.h>
#include <net/sock.h>

#define SLOT_BITS 12
#define SLOTS (1 << SLOT_BITS)

/*
 * One place for a socket, the last one there wins: a name may be lost, never
 * wrong. Nobody waits for a place in use by another CPU.
 */
struct slot {
	atomic_t busy;
	const struct sock *sk;	/* only compared */
	u32 tuple;		/* its hash: the next in this memory has another */
	struct closer closer;
};

static struct slot slots[SLOTS];

static struct slot *slot_of(const struct sock *sk)
{
	return &slots[hash_ptr((void *)sk, SLOT_BITS)];
}
NOKPROBE_SYMBOL(slot_of);

static bool try_take(struct slot *slot)
{
	return !atomic_cmpxchg_acquire(&slot->busy, 0, 1);
}
NOKPROBE_SYMBOL(try_take);

static void give_back(struct slot *slot)
{
	atomic_set_release(&slot->busy, 0);
}
NOKPROBE_SYMBOL(give_back);

void closer_note(const struct sock *sk)
{
	struct slot *slot = slot_of(sk);

	if (!try_take(slot))
		return;
	slot->sk = sk;
	slot->tuple = sk->sk_hash;
	slot->closer.tgid = current->tgid;
	memcpy(slot->closer.comm, current->comm, TASK_COMM_LEN);
	give_back(slot);
}
NOKPROBE_SYMBOL(closer_note);

void closer_find(const struct sock *sk, struct closer *closer)
{
	struct slot *slot = slot_of(sk);

	*closer = (struct closer) {};
	if (!try_take(slot))
		return;
	if (slot->sk == sk && slot->tuple == sk->sk_hash) {
		*closer = slot->closer;
		slot->sk = NULL;
	}
	give_back(slot);
}
NOKPROBE_SYMBOL(closer_find);
