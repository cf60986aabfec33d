// SPDX-License-Identifier: GPL-2.0-only
#include "demo_socket.h"

#include <errno.h>
#include <inttypes.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "demo_common.h"

int demo_endpoint_parse(struct demo_endpoint *ep, const char *addr, int port)
{
	const struct addrinfo hints = {
		.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV,
		.ai_socktype = SOCK_STREAM,
	};
	struct addrinfo *found;
	char service[12];

	snprintf(service, sizeof(service), "%d", port);
	if (getaddrinfo(addr, service, &hints, &found))
		return -EINVAL;
	memcpy(&ep->addr, found->ai_addr, found->ai_addrlen);
	ep->len = found->ai_addrlen;
	freeaddrinfo(found);
	demo_endpoint_describe(ep);
	return 0;
}

void demo_endpoint_describe(struct demo_endpoint *ep)
{
	bool brackets = ep->addr.ss_family == AF_INET6;
	char host[64], service[8];

	if (getnameinfo((struct sockaddr *)&ep->addr, ep->len, host,
			sizeof(host), service, sizeof(service),
			NI_NUMERICHOST | NI_NUMERICSERV)) {
		strcpy(ep->text, "unknown");
		return;
	}
	snprintf(ep->text, sizeof(ep->text), brackets ? "[%s]:%s" : "%s:%s",
		 host, service);
}

/* Both families keep it at the same place. */
static in_port_t *port_of(struct demo_endpoint *ep)
{
	return &((struct sockaddr_in *)&ep->addr)->sin_port;
}

int demo_endpoint_port(const struct demo_endpoint *ep)
{
	return ntohs(((const struct sockaddr_in *)&ep->addr)->sin_port);
}

void demo_endpoint_shift(struct demo_endpoint *ep, int addrs, int ports)
{
	struct sockaddr_in *v4 = (struct sockaddr_in *)&ep->addr;
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)&ep->addr;
	uint32_t *last = ep->addr.ss_family == AF_INET
				 ? &v4->sin_addr.s_addr
				 : &v6->sin6_addr.s6_addr32[3];

	*last = htonl(ntohl(*last) + addrs);
	*port_of(ep) = htons(demo_endpoint_port(ep) + ports);
	demo_endpoint_describe(ep);
}

void demo_endpoint_local(struct demo_endpoint *ep, int fd)
{
	memset(ep, 0, sizeof(*ep));
	ep->len = sizeof(ep->addr);
	getsockname(fd, (struct sockaddr *)&ep->addr, &ep->len);
	demo_endpoint_describe(ep);
}

uint64_t demo_cookie(int fd)
{
	uint64_t cookie = 0;
	socklen_t len = sizeof(cookie);

	getsockopt(fd, SOL_SOCKET, SO_COOKIE, &cookie, &len);
	return cookie;
}

static int open_socket(bool udp, const struct demo_endpoint *ep)
{
	int type = udp ? SOCK_DGRAM : SOCK_STREAM;
	int fd = socket(ep->addr.ss_family, type | SOCK_NONBLOCK | SOCK_CLOEXEC,
			0);

	return fd < 0 ? demo_call_failed("socket()", ep->text, errno) : fd;
}

/* Seconds: half-open still in a demo's next step, on a slow machine as well. */
#define DEFER_ACCEPT 60

static int set_option(int fd, int level, int option, const char *name,
		      int value, const struct demo_endpoint *on)
{
	char call[64];

	if (!setsockopt(fd, level, option, &value, sizeof(value)))
		return 0;
	snprintf(call, sizeof(call), "setsockopt(%s)", name);
	return demo_call_failed(call, on->text, errno);
}

/* clang-format off: one line a call */
#define SET(fd, level, option, value, on)                                      \
	set_option(fd, level, option, #option, value, on)
/* clang-format on */

static int set_options(int fd, const struct demo_listener *want,
		       const struct demo_endpoint *on)
{
	int err = 0;

	if (want->reuseaddr)
		err = SET(fd, SOL_SOCKET, SO_REUSEADDR, 1, on);
	if (!err && want->reuseport)
		err = SET(fd, SOL_SOCKET, SO_REUSEPORT, 1, on);
	if (!err && want->defer_accept)
		err = SET(fd, IPPROTO_TCP, TCP_DEFER_ACCEPT, DEFER_ACCEPT, on);
	return err;
}

/* On the interface that the group's route names. */
static int join_group(int fd, const struct demo_endpoint *group)
{
	struct group_req req = { .gr_group = group->addr };
	int level =
		group->addr.ss_family == AF_INET6 ? IPPROTO_IPV6 : IPPROTO_IP;

	if (setsockopt(fd, level, MCAST_JOIN_GROUP, &req, sizeof(req)))
		return demo_call_failed("setsockopt(MCAST_JOIN_GROUP)",
					group->text, errno);
	return 0;
}

static int bind_and_listen(int fd, const struct demo_listener *want,
			   const struct demo_endpoint *on)
{
	int err = want->late ? 0 : set_options(fd, want, on);

	if (!err && bind(fd, (const struct sockaddr *)&on->addr, on->len))
		err = demo_call_failed("bind()", on->text, errno);
	if (!err && want->late)
		err = set_options(fd, want, on);
	if (!err && want->group)
		err = join_group(fd, want->group);
	if (!err && !want->udp && listen(fd, want->backlog))
		err = demo_call_failed("listen()", on->text, errno);
	return err;
}

static void tell_listening(int fd, const struct demo_listener *want)
{
	struct demo_endpoint on;

	demo_endpoint_local(&on, fd);
	demo_say("listening on %s (%s%s%s%s%s, cookie %" PRIu64 ")", on.text,
		 want->udp ? "udp" : "tcp",
		 want->reuseaddr ? ", SO_REUSEADDR" : "",
		 want->reuseport ? ", SO_REUSEPORT" : "",
		 want->group ? ", group " : "",
		 want->group ? want->group->text : "", demo_cookie(fd));
}

int demo_listen(const struct demo_listener *want,
		const struct demo_endpoint *on)
{
	int fd = open_socket(want->udp, on);
	int err;

	if (fd < 0)
		return fd;
	err = bind_and_listen(fd, want, on);
	if (err) {
		close(fd);
		return err;
	}
	tell_listening(fd, want);
	return fd;
}

static int bind_caller(int fd, const struct demo_caller *want)
{
	const struct demo_endpoint *from = &want->from;
	int err = 0;

	if (want->reuseaddr)
		err = SET(fd, SOL_SOCKET, SO_REUSEADDR, 1, from);
	if (!err && want->late_port)
		err = SET(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1, from);
	if (!err && bind(fd, (const struct sockaddr *)&from->addr, from->len))
		err = demo_call_failed("bind()", from->text, errno);
	return err;
}

static int start_connect(int fd, const struct demo_endpoint *to)
{
	if (!connect(fd, (const struct sockaddr *)&to->addr, to->len) ||
	    errno == EINPROGRESS)
		return 0;
	return demo_call_failed("connect()", to->text, errno);
}

int demo_connect(const struct demo_caller *want, const struct demo_endpoint *to)
{
	int fd = open_socket(want->udp, to);
	int err = 0;

	if (fd < 0)
		return fd;
	if (want->bind)
		err = bind_caller(fd, want);
	if (!err)
		err = start_connect(fd, to);
	if (err)
		close(fd);
	return err ? err : fd;
}
