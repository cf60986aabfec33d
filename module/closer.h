/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which process closed a connection first. It does so in its own context; the
 * TIME_WAIT may begin later, in softirq, when nobody is there to be asked.
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
 * closer_note - the current process closes a socket, for closer_find()
 * @sk: a TCP socket that this process has locked
 */
void closer_note(const struct sock *sk);

/**
 * closer_find - who closed a socket; forgotten afterwards
 * @sk: the socket, still a full one
 * @cookie: its cookie, or that of the TIME_WAIT it becomes
 * @closer: filled in completely
 */
void closer_find(const struct sock *sk, u64 cookie, struct closer *closer);

#endif
