// SPDX-License-Identifier: GPL-2.0-only
#include "members.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

void members_join(struct members *m)
{
	struct member *new = &m->member[m->n];

	new->fd = endpoint_socket(&m->at, SO_REUSEPORT);
	if (!m->at.udp)
		endpoint_check(listen(new->fd, m->backlog), "listen()");
	endpoint_check(fcntl(new->fd, F_SETFL, O_NONBLOCK), "fcntl()");
	new->cookie = endpoint_cookie(new->fd);
	m->n++;
}

void members_leave(struct members *m, unsigned int index)
{
	close(m->member[index].fd);
	m->member[index] = m->member[--m->n];
}

int members_take(const struct members *m, unsigned int index, uint16_t *sport)
{
	int got, fd = m->member[index].fd;
	union address from;
	socklen_t len = sizeof(from);
	char byte;

	if (m->at.udp)
		got = recvfrom(fd, &byte, 1, MSG_DONTWAIT, &from.any, &len) < 0 ?
			-1 : 0;
	else
		got = accept(fd, &from.any, &len);
	if (got < 0 && errno != EAGAIN)
		endpoint_die("taking what arrived");
	if (got >= 0)
		*sport = endpoint_port(&from);
	return got;
}
