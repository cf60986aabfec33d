// SPDX-License-Identifier: GPL-2.0-only
#include "helper.h"

#include <errno.h>
#include <stdio.h>
#include <sys/socket.h>

#include "address.h"
#include "ports.h"

static struct sock helpers[2 * HELPERS];

static void must_work(int error)
{
	errno = error;
	sock_must(error ? -1 : 0, "a helper");
}

static void open_helper(unsigned int i)
{
	static const unsigned int addrs[] = { 0, 4 };	/* 0.0.0.0, :: v6only */
	struct sock_options options = { .addr = addrs[i % 2] };

	sock_open(&helpers[i], &options);
	must_work(sock_bind(&helpers[i], PORTS_HELPER + i));
	must_work(sock_listen(&helpers[i]));
	printf("helper\t%lu\n", helpers[i].cookie);
}

void helper_init(void)
{
	unsigned int i;

	for (i = 0; i < 2 * HELPERS; i++)
		open_helper(i);
}

void helper_connect(unsigned int which, struct sock *sock, struct sock *peer)
{
	unsigned int i = 2 * which + !address_is_v4(sock->addr);

	sock_connect(sock, PORTS_HELPER + i);
	peer->fd = sock_must(accept(helpers[i].fd, NULL, NULL), "accept");
}
