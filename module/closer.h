/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which process closed a connection first. It does so in its own context; the
 * TIME_WAIT begins later, in softirq, when nobody is there to be asked.
 */
#ifndef REUSETRACE_CLOSER_H
#define REUSETRACE_CLOSER_H

#include <linux/sched.h>
#include <linux/types.h>

struct sock;

struct closer {
	u32 tgid;		/* 0: not known */
	char comm[TASK_COMM_LEN];
};

/**
 * closer_note - the current process closes @sk, or its sending side
 * @sk: a TCP socket, locked
 */
void closer_note(const struct sock *sk);

/**
 * closer_find - who closed @sk; forgotten afterwards
 * @sk: the socket, still a full one
 * @closer: filled in completely
 */
void closer_find(const struct sock *sk, struct closer *closer);

#endif
