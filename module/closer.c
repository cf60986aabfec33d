// SPDX-License-Identifier: GPL-2.0-only
#include "closer.h"

#include <linux/atomic.h>
#include <linux/hash.h>
#include <linux/kprobes.h>
#include <linux/string.h>
#include <net/sock.h>

#include "sockread.h"

#define SLOT_BITS 12
#define SLOTS (1 << SLOT_BITS)

/*
 * One place for a socket, the last one there wins: a name may be lost, never
 * wrong. Nobody waits for a place in use by another CPU.
 */
struct slot {
	atomic_t busy;
	u64 cookie;	/* 0: nobody's */
	struct closer closer;
};

static struct slot slots[SLOTS];

static bool try_take(struct slot *slot)
{
	return !atomic_cmpxchg_acquire(&slot->busy, 0, 1);
}
NOKPROBE_SYMBOL(try_take);

static void give_back(struct slot *slot)
{
	/* Pairs with the acquire of the next try_take(). */
	atomic_set_release(&slot->busy, 0);
}
NOKPROBE_SYMBOL(give_back);

static void set_current(struct closer *closer)
{
	closer->tgid = current->tgid;
	memcpy(closer->comm, current->comm, TASK_COMM_LEN);
}
NOKPROBE_SYMBOL(set_current);

void closer_note(const struct sock *sk)
{
	u64 cookie = sockread_cookie(sk);
	struct slot *slot = &slots[hash_64(cookie, SLOT_BITS)];

	if (!try_take(slot))
		return;
	slot->cookie = cookie;
	set_current(&slot->closer);
	give_back(slot);
}
NOKPROBE_SYMBOL(closer_note);

static void find_note(u64 cookie, struct closer *closer)
{
	struct slot *slot = &slots[hash_64(cookie, SLOT_BITS)];

	if (!try_take(slot))
		return;
	if (slot->cookie == cookie) {
		*closer = slot->closer;
		slot->cookie = 0;
	}
	give_back(slot);
}
NOKPROBE_SYMBOL(find_note);

void closer_find(const struct sock *sk, u64 cookie, struct closer *closer)
{
	*closer = (struct closer) {};
	/* A softirq would have left the packet to the process that owns it. */
	if (sock_owned_by_user_nocheck(sk))
		set_current(closer);
	else
		find_note(cookie, closer);
}
NOKPROBE_SYMBOL(closer_find);
