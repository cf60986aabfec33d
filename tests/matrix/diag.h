/* SPDX-License-Identifier: GPL-2.0-only */
/* What the kernel says of a connection that no process has open any more. */
#ifndef MATRIX_DIAG_H
#define MATRIX_DIAG_H

#include <linux/inet_diag.h>
#include <stdbool.h>

#include "sock.h"

struct diag_key {
	struct inet_diag_sockid id;
};

struct diag_state {
	int state;		/* TCP state or substate; 0: there is none */
	bool time_wait;		/* no full socket any more */
};

/**
 * diag_note - remember a connection, while there is a socket of it
 */
void diag_note(struct diag_key *key, int fd);

/**
 * diag_ask - where it is now
 */
struct diag_state diag_ask(const struct diag_key *key);

/**
 * diag_await - until a connection, closed on this side, has got somewhere
 * @peer: its other end, which acknowledges the FIN while it is open
 *
 * Return: false when it does not get there. A packet that comes just when the
 * kernel has orphaned the socket, but not yet unlocked it, leaves a full socket
 * in FIN_WAIT2 where a TIME_WAIT should be.
 */
bool diag_await(const struct diag_key *key, struct sock *peer,
		struct diag_state wanted);

#endif
