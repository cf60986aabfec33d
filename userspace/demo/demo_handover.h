/* SPDX-License-Identifier: GPL-2.0-only */
/* One process accepts, and hands each client to a worker: SCM_RIGHTS. */
#ifndef DEMO_HANDOVER_H
#define DEMO_HANDOVER_H

#include "demo_socket.h"

/**
 * struct demo_handover - the acceptor's side
 * @listener: where clients come from
 * @workers: how many take them, in turn
 * @to: a socket to each of them
 * @from: each worker's end of it; all are the acceptor's until it forks
 */
struct demo_handover {
	int listener;
	int workers;
	int next;
	int *to;
	int *from;
};

/** demo_handover_open - make the sockets; 0 or -errno */
int demo_handover_open(struct demo_handover *handover, int listener,
		       int workers);

/** demo_handover_close - close all of them, and the listener */
void demo_handover_close(struct demo_handover *handover);

/** demo_handover_keep - in worker @index: its end, and nothing else */
int demo_handover_keep(struct demo_handover *handover, int index);

/** demo_handover_pass - accept who waits, pass each on; 0 or -errno */
int demo_handover_pass(struct demo_handover *handover);

/**
 * demo_handover_take - in a worker: the next client
 * @from: its end
 * @peer: set to the client's address
 *
 * Return: the client; -1 and errno, EAGAIN when there is none.
 */
int demo_handover_take(int from, struct demo_endpoint *peer);

#endif
