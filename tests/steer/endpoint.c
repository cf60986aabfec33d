// SPDX-License-Identifier: GPL-2.0-only
#include "endpoint.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifndef SO_COOKIE
#define SO_COOKIE 57
#endif

void endpoint_die(const char *what)
{
	fprintf(stderr, "steer-load: %s: %s\n", what, strerror(errno));
	exit(1);
}

int endpoint_check(int rc, const char *what)
{
	if (rc < 0)
		endpoint_die(what);
	return rc;
}

socklen_t endpoint_address(const struct endpoint *e, union address *addr)
{
	memset(addr, 0, sizeof(*addr));
	if (e->inet6) {
		addr->in6.sin6_family = AF_INET6;
		addr->in6.sin6_port = htons(e->port);
		addr->in6.sin6_addr = e->loopback ? in6addr_loopback :
						    in6addr_any;
		return sizeof(addr->in6);
	}
	addr->in.sin_family = AF_INET;
	addr->in.sin_port = htons(e->port);
	addr->in.sin_addr.s_addr = htonl(e->loopback ? INADDR_LOOPBACK :
						       INADDR_ANY);
	return sizeof(addr->in);
}

int endpoint_socket(const struct endpoint *e, int option)
{
	union address addr;
	socklen_t len = endpoint_address(e, &addr);
	int one = 1;
	int fd = socket(e->inet6 ? AF_INET6 : AF_INET,
			e->udp ? SOCK_DGRAM : SOCK_STREAM, 0);

	endpoint_check(fd, "socket()");
	endpoint_check(setsockopt(fd, SOL_SOCKET, option, &one, sizeof(one)),
		       "setsockopt()");
	endpoint_check(bind(fd, &addr.any, len), "bind()");
	return fd;
}

uint16_t endpoint_port(const union address *addr)
{
	return ntohs(addr->any.sa_family == AF_INET6 ? addr->in6.sin6_port :
						       addr->in.sin_port);
}

uint64_t endpoint_cookie(int fd)
{
	uint64_t cookie = 0;
	socklen_t len = sizeof(cookie);

	endpoint_check(getsockopt(fd, SOL_SOCKET, SO_COOKIE, &cookie, &len),
		       "getsockopt(SO_COOKIE)");
	return cookie;
}

void endpoint_reset(int fd)
{
	const struct linger now = { .l_onoff = 1, .l_linger = 0 };

	setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
	close(fd);
}
