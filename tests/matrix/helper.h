/* SPDX-License-Identifier: GPL-2.0-only */
/* Listeners for those sockets that shall be connected clients. */
#ifndef MATRIX_HELPER_H
#define MATRIX_HELPER_H

#include <stdint.h>

#include "sock.h"

#define HELPERS	3		/* pairs: one for IPv4, one for IPv6 */

/**
 * helper_init - open them, and print a line with the cookie of each
 */
void helper_init(void);

/**
 * helper_connect - make a client of a bound socket
 * @which: the pair; clients of the same address and port need different ones
 * @peer: set to the other end
 */
void helper_connect(unsigned int which, struct sock *sock, struct sock *peer);

#endif
