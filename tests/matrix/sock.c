// SPDX-License-Identifier: GPL-2.0-only
#include "sock.h"

#include <errno.h>
#include <linux/filter.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/fsuid.h>
#include <sys/socket.h>
#include <unistd.h>

#include "address.h"

#define BACKLOG	4

/* More than TCP_TIMEWAIT_LEN: the rest of it is spent as a full socket. */
#define LONG_LINGER_S	120

static const char *const device_names[] = {
	[SOCK_LO]		= "lo",
	[SOCK_OTHER_DEVICE]	= "other",
};

static int device_index[3];

int sock_must(int result, const char *what)
{
	if (result < 0) {
		fprintf(stderr, "matrix: %s: %s\n", what, strerror(errno));
		exit(1);
	}
	return result;
}

void sock_init(void)
{
	int i;

	for (i = SOCK_LO; i <= SOCK_OTHER_DEVICE; i++) {
		device_index[i] = if_nametoindex(device_names[i]);
		sock_must(device_index[i] ? 0 : -1, device_names[i]);
	}
}

static void set_option(int fd, int level, int option, int value)
{
	sock_must(setsockopt(fd, level, option, &value, sizeof(value)),
		  "setsockopt");
}

/* A program makes a group even before there is a port. */
static void make_group(int fd)
{
	struct sock_filter first[] = { BPF_STMT(BPF_RET | BPF_K, 0) };
	struct sock_fprog program = { .len = 1, .filter = first };

	sock_must(setsockopt(fd, SOL_SOCKET, SO_ATTACH_REUSEPORT_CBPF,
			     &program, sizeof(program)), "attach");
}

static void set_device(int fd, enum sock_device device)
{
	const char *name = device_names[device];

	sock_must(setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, name,
			     strlen(name)), "SO_BINDTODEVICE");
}

static void become(unsigned int uid)
{
	static unsigned int now;

	if (uid != now)
		setfsuid(uid);
	now = uid;
}

static uint64_t cookie_of(int fd)
{
	uint64_t cookie;
	socklen_t len = sizeof(cookie);

	sock_must(getsockopt(fd, SOL_SOCKET, SO_COOKIE, &cookie, &len),
		  "SO_COOKIE");
	return cookie;
}

static void set_options(int fd, const struct sock_options *o)
{
	if (o->reuseaddr)
		set_option(fd, SOL_SOCKET, SO_REUSEADDR, 1);
	if (o->reuseport)
		set_option(fd, SOL_SOCKET, SO_REUSEPORT, 1);
	if (o->group)
		make_group(fd);
	if (o->device)
		set_device(fd, o->device);
	if (address_v6only(o->addr))
		set_option(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1);
}

void sock_open(struct sock *sock, const struct sock_options *o)
{
	become(o->uid);
	sock->fd = sock_must(socket(address_family(o->addr),
				    o->udp ? SOCK_DGRAM : SOCK_STREAM, 0),
			     "socket");
	set_options(sock->fd, o);
	sock->cookie = cookie_of(sock->fd);
	sock->addr = o->addr;
	sock->party = (struct bind_party){
		.uid = o->uid,
		.ifindex = device_index[o->device],
		.reuseaddr = o->reuseaddr,
		.reuseport = o->reuseport,
		.in_group = o->group,
		.kind = o->udp ? BIND_KIND_UDP : BIND_KIND_BOUND,
	};
	address_party(o->addr, &sock->party);
}

int sock_bind(struct sock *sock, unsigned int port)
{
	struct sockaddr_storage addr;
	socklen_t len = address_bind(sock->addr, port, &addr);

	return bind(sock->fd, (struct sockaddr *)&addr, len) ? errno : 0;
}

int sock_listen(struct sock *sock)
{
	if (listen(sock->fd, BACKLOG))
		return errno;
	sock->party.kind = BIND_KIND_LISTENER;
	return 0;
}

void sock_set_reuseaddr(struct sock *sock, bool on)
{
	if (sock->party.reuseaddr == on)
		return;
	set_option(sock->fd, SOL_SOCKET, SO_REUSEADDR, on);
	sock->party.reuseaddr = on;
}

void sock_connect(struct sock *sock, unsigned int port)
{
	struct sockaddr_storage addr;
	socklen_t len = address_peer(sock->addr, port, &addr);

	sock_must(connect(sock->fd, (struct sockaddr *)&addr, len), "connect");
	address_settle(sock->addr, &sock->party);
	if (sock->party.kind != BIND_KIND_UDP)
		sock->party.kind = BIND_KIND_CONNECTION;
}

void sock_accept(struct sock *listener, unsigned int port, struct sock *child,
		 struct sock *peer)
{
	struct sockaddr_storage addr;
	socklen_t len = address_connect(listener->addr, port, &addr);

	become(listener->party.uid);
	peer->fd = sock_must(socket(addr.ss_family, SOCK_STREAM, 0), "socket");
	sock_must(connect(peer->fd, (struct sockaddr *)&addr, len), "connect");
	*child = *listener;
	child->fd = sock_must(accept(listener->fd, NULL, NULL), "accept");
	child->cookie = cookie_of(child->fd);
	address_settle(child->addr, &child->party);
	child->party.kind = BIND_KIND_CONNECTION;
}

void sock_close(struct sock *sock)
{
	if (sock->fd >= 0)
		close(sock->fd);
	sock->fd = -1;
}

void sock_reset(struct sock *sock)
{
	struct linger now = { .l_onoff = 1 };

	if (sock->fd >= 0)
		sock_must(setsockopt(sock->fd, SOL_SOCKET, SO_LINGER, &now,
				     sizeof(now)), "SO_LINGER");
	sock_close(sock);
}

void sock_linger_long(struct sock *sock)
{
	set_option(sock->fd, IPPROTO_TCP, TCP_LINGER2, LONG_LINGER_S);
}

void sock_acknowledge(struct sock *sock)
{
	char end;

	/* Only with an empty queue there is nothing more to wait for. */
	recv(sock->fd, &end, 1, MSG_DONTWAIT);
	set_option(sock->fd, IPPROTO_TCP, TCP_QUICKACK, 1);
}
