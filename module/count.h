/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Picks counted by member, for who wants shares and not an event each: the file
 * /sys/kernel/debug/reusetrace/picks. Nobody has it open: nothing is counted.
 */
#ifndef REUSETRACE_COUNT_H
#define REUSETRACE_COUNT_H

#include <linux/jump_label.h>
#include <linux/types.h>
#include <net/sock.h>

DECLARE_STATIC_KEY_FALSE(count_key);

/**
 * count_enabled - does somebody count?
 */
static inline bool count_enabled(void)
{
	return static_branch_unlikely(&count_key);
}

/**
 * count_pick - count one; in a probe handler, by the CPU that made the choice
 * @sk: the member that the lookup had found
 * @picked: what reuseport_select_sock() returned
 * @opens: for a datagram or a SYN, not for a later packet
 */
void count_pick(const struct sock *sk, struct sock *picked, bool opens);

/**
 * count_create - make the files; without them the rest works
 */
void count_create(void);

/**
 * count_destroy - remove them; nobody can have one open, since that keeps the
 * module
 */
void count_destroy(void);

#endif
