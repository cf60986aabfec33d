// SPDX-License-Identifier: GPL-2.0-only
#include "spread.h"

#include <stdio.h>
#include <string.h>

#include "clients.h"
#include "members.h"

#define SENDERS	64
#define BURST	64

static struct members group;

/* Errors are of members whose buffers are full: the datagram came all the same. */
static unsigned int send_burst(int fd, unsigned int n)
{
	struct iovec byte = { .iov_base = "x", .iov_len = 1 };
	struct mmsghdr messages[BURST];
	unsigned int i;

	memset(messages, 0, sizeof(messages));
	for (i = 0; i < n; i++) {
		messages[i].msg_hdr.msg_iov = &byte;
		messages[i].msg_hdr.msg_iovlen = 1;
	}
	return endpoint_check(sendmmsg(fd, messages, n, 0), "sendmmsg()");
}

static int sender(const struct load *load, unsigned int i)
{
	struct endpoint from = load->at, to = load->at;
	union address addr;
	socklen_t len;
	int fd;

	from.loopback = true;
	from.port = CLIENTS_FIRST_PORT + i;
	fd = endpoint_socket(&from, SO_REUSEADDR);
	to.loopback = true;
	len = endpoint_address(&to, &addr);
	endpoint_check(connect(fd, &addr.any, len), "connect()");
	return fd;
}

void flood_play(const struct load *load)
{
	unsigned int i, left, sent = 0;
	int fd[SENDERS];

	group.at = load->at;
	while (group.n < load->members)
		members_join(&group);
	for (i = 0; i < SENDERS; i++)
		fd[i] = sender(load, i);
	for (i = 0; sent < load->count; i++) {
		left = load->count - sent;
		sent += send_burst(fd[i % SENDERS], left < BURST ? left : BURST);
	}
	printf("sent %u\n", sent);
}
