/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What is known so far of the binds that are inside inet_csk_get_port() now.
 *
 * Several probes see one bind: entry and return of inet_csk_get_port(), and
 * between them those that run under the bucket's lock. They meet here. The key
 * is the requesting socket, which its caller has locked, so it can be in only
 * one bind at a time; a task may be preempted or move to another CPU meanwhile,
 * which rules out per-CPU data.
 */
#ifndef REUSETRACE_BIND_ATTEMPT_H
#define REUSETRACE_BIND_ATTEMPT_H

#include "event_args.h"

struct sock;

struct bind_attempt {
	const struct sock *sk;	/* only compared; NULL: the slot is free */
	struct bind_tally tally;
	u32 passed_over;	/* candidates in use, in a search for any port */
	u16 port;		/* asked for */
	bool listening;		/* called from listen() */
	bool tallied;		/* tally is valid: the bind will succeed */
	bool truncated;		/* there were more owners than were looked at */
	bool forced;		/* sk_reuse is SK_FORCE_REUSE */
	bool told;		/* its bind event is out */
};

/**
 * bind_attempt_begin - a bind of @sk starts
 * @sk: the requesting socket, locked by its owner
 *
 * Return: its attempt, zeroed but for the socket, or NULL when more binds are
 * going on at once than there is room for.
 */
struct bind_attempt *bind_attempt_begin(const struct sock *sk);

/**
 * bind_attempt_find - the attempt of @sk that is going on
 * @sk: any socket
 *
 * Return: NULL when @sk is in no bind that is traced.
 */
struct bind_attempt *bind_attempt_find(const struct sock *sk);

/**
 * bind_attempt_end - the bind is over
 * @attempt: from bind_attempt_begin(), may be NULL; gone afterwards
 */
void bind_attempt_end(struct bind_attempt *attempt);

#endif
