/* SPDX-License-Identifier: GPL-2.0-only */
/* Addresses and sockets, as the demo programs need them. */
#ifndef DEMO_SOCKET_H
#define DEMO_SOCKET_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

/**
 * struct demo_endpoint - an address and port
 * @text: as people read it: 127.0.0.1:9527 or [::1]:9527
 */
struct demo_endpoint {
	struct sockaddr_storage addr;
	socklen_t len;
	char text[80];
};

/** demo_endpoint_parse - from an IPv4 or IPv6 address in figures; or -EINVAL */
int demo_endpoint_parse(struct demo_endpoint *ep, const char *addr, int port);

/** demo_endpoint_describe - fill in @ep's text from its address */
void demo_endpoint_describe(struct demo_endpoint *ep);

/**
 * demo_endpoint_shift - move it by so many addresses and ports
 *
 * 127.0.0.1:9527 moved by 2 and 0 is 127.0.0.3:9527.
 */
void demo_endpoint_shift(struct demo_endpoint *ep, int addrs, int ports);

/** demo_endpoint_port - its port */
int demo_endpoint_port(const struct demo_endpoint *ep);

/** demo_endpoint_local - the address and port @fd itself has */
void demo_endpoint_local(struct demo_endpoint *ep, int fd);

/** demo_cookie - the kernel's name for the socket, as the trace shows it */
uint64_t demo_cookie(int fd);

/**
 * struct demo_listener - what a server wants of its listening socket
 * @late: set the options after bind(), not before it
 * @defer_accept: TCP_DEFER_ACCEPT: a client that says nothing stays half-open
 * @group: multicast group to join once bound, or NULL
 */
struct demo_listener {
	bool udp;
	bool late;
	bool reuseaddr;
	bool reuseport;
	bool defer_accept;
	int backlog;
	const struct demo_endpoint *group;
};

/**
 * demo_listen - open, bind and (TCP) listen, without blocking
 *
 * Says which call failed, or what it listens on and the socket's cookie.
 *
 * Return: the socket, or -errno.
 */
int demo_listen(const struct demo_listener *want,
		const struct demo_endpoint *on);

/**
 * struct demo_caller - what a client wants of its socket
 * @bind: call bind() before connect(), to @from
 * @reuseaddr: set SO_REUSEADDR before that
 * @late_port: and IP_BIND_ADDRESS_NO_PORT: bind() chooses no port yet
 */
struct demo_caller {
	bool udp;
	bool bind;
	bool reuseaddr;
	bool late_port;
	struct demo_endpoint from;
};

/** demo_connect - start to connect, without blocking; the socket or -errno */
int demo_connect(const struct demo_caller *want,
		 const struct demo_endpoint *to);

#endif
