/* SPDX-License-Identifier: GPL-2.0-only */
/* A socket of a cell: made as some user, with options, on a device. */
#ifndef MATRIX_SOCK_H
#define MATRIX_SOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "bind_rules.h"

/* A port to connect to with UDP: nobody need be there. */
#define SOCK_UDP_DISCARD	9

enum sock_device { SOCK_ANY_DEVICE, SOCK_LO, SOCK_OTHER_DEVICE };

struct sock {
	int fd;			/* -1: closed, though it may live on */
	uint64_t cookie;
	unsigned int addr;	/* which of the addresses */
	struct bind_party party;	/* as the kernel sees it now */
};

/* What the kernel shall think of it. */
struct sock_options {
	bool udp;
	unsigned int addr;
	bool reuseaddr;
	bool reuseport;
	bool group;		/* already in a reuseport group of its own */
	/* A port to connect to with UDP: nobody need be there. */
#define SOCK_UDP_DISCARD	9

enum sock_device device;
	unsigned int uid;
};

/**
 * sock_init - find the devices
 */
void sock_init(void);

/**
 * sock_open - make a socket
 * @sock: set
 */
void sock_open(struct sock *sock, const struct sock_options *options);

/**
 * sock_bind, sock_listen - try it
 *
 * Return: 0 or the errno.
 */
int sock_bind(struct sock *sock, unsigned int port);
int sock_listen(struct sock *sock);

/**
 * sock_set_reuseaddr - change the option afterwards
 */
void sock_set_reuseaddr(struct sock *sock, bool on);

/**
 * sock_connect - from here to @addr's peer
 * @port: the peer's
 */
void sock_connect(struct sock *sock, unsigned int port);

/**
 * sock_accept - connect to a listener, and accept that
 * @listener: listening on @port
 * @child: set to the accepted end, which is on @port
 * @peer: set to the other
 */
void sock_accept(struct sock *listener, unsigned int port, struct sock *child,
		 struct sock *peer);

/**
 * sock_close - as a program does it
 */
void sock_close(struct sock *sock);

/**
 * sock_reset - close it so that nothing of the connection is left at either end
 */
void sock_reset(struct sock *sock);

/**
 * sock_linger_long - once closed by both, be a full socket in FIN_WAIT2
 */
void sock_linger_long(struct sock *sock);

/**
 * sock_acknowledge - do not wait with the acknowledgement of the peer's FIN
 */
void sock_acknowledge(struct sock *sock);

/**
 * sock_must - stop the program unless a call worked
 */
int sock_must(int result, const char *what);

#endif
