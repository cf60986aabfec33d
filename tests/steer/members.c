// SPDX-License-Identifier: GPL-2.0-only
#include "members.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <unistd.h>

#define TABLE_LINE	256
#define STATE_LISTEN	0x0a	/* as in /proc/net/tcp */

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

static FILE *open_table(const struct endpoint *e)
{
	char path[] = "/proc/net/udp6";
	FILE *table;

	snprintf(path, sizeof(path), "/proc/net/%s%s", e->udp ? "udp" : "tcp",
		 e->inet6 ? "6" : "");
	table = fopen(path, "re");
	if (!table)
		endpoint_die(path);
	return table;
}

/* The listeners come first, and nobody reads on to thousands of TIME_WAITs. */
static unsigned int count_members(const struct endpoint *e)
{
	FILE *table = open_table(e);
	unsigned int port, state, n = 0;
	char line[TABLE_LINE];

	while (fgets(line, sizeof(line), table)) {
		if (sscanf(line, " %*u: %*[^:]:%x %*[^:]:%*x %x", &port, &state) != 2)
			continue;	/* the head of the table */
		if (!e->udp && state != STATE_LISTEN)
			break;
		n += port == e->port;
	}
	fclose(table);
	return n;
}

void members_settle(const struct members *m)
{
	while (count_members(&m->at) != m->n)
		sched_yield();
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
