// SPDX-License-Identifier: GPL-2.0-only
#include "ops.h"

#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "measure.h"
#include "time_waits.h"

#define PORT		7001
#define MEMBERS		4
#define PORTS_A_SOURCE	20000
#define CLIENT_PORT	10000	/* the first; below those that the kernel picks */
#define CROWD_MAX	10000

unsigned int ops_crowd = 100;
unsigned int ops_members = MEMBERS;

static int listeners[OPS_MEMBERS_MAX];
static int members[OPS_MEMBERS_MAX];
static int crowd[CROWD_MAX];

static void must(int ret, const char *what)
{
	if (ret < 0)
		err(1, "%s", what);
}

static void option(int fd, int name)
{
	int one = 1;

	must(setsockopt(fd, SOL_SOCKET, name, &one, sizeof(one)), "setsockopt");
}

static int tcp(int family)
{
	int fd = socket(family, SOCK_STREAM, 0);

	must(fd, "socket");
	return fd;
}

static struct sockaddr_in at(uint32_t addr, uint16_t port)
{
	return (struct sockaddr_in){
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(addr),
		.sin_port = htons(port),
	};
}

static struct sockaddr_in here(void)
{
	return at(INADDR_LOOPBACK, PORT);
}

static int bind_to(int fd, const struct sockaddr_in *sa)
{
	return bind(fd, (const struct sockaddr *)sa, sizeof(*sa));
}

static uint64_t timed_bind(int fd, const void *sa, socklen_t len, int expect)
{
	uint64_t start = measure_now(), end;
	int ret = bind(fd, sa, len);

	end = measure_now();
	if (ret ? errno != expect : expect)
		err(1, "bind went otherwise than expected");
	return end - start;
}

static void bind_once(uint64_t *part)
{
	struct sockaddr_in sa = here();
	int fd = tcp(AF_INET);

	part[0] = timed_bind(fd, &sa, sizeof(sa), 0);
	close(fd);
}

static void bind6_once(uint64_t *part)
{
	struct sockaddr_in6 sa = {
		.sin6_family = AF_INET6,
		.sin6_addr = IN6ADDR_LOOPBACK_INIT,
		.sin6_port = htons(PORT),
	};
	int fd = tcp(AF_INET6);

	part[0] = timed_bind(fd, &sa, sizeof(sa), 0);
	close(fd);
}

static void shared_once(uint64_t *part)
{
	struct sockaddr_in sa = here();
	int fd = tcp(AF_INET);

	option(fd, SO_REUSEADDR);
	part[0] = timed_bind(fd, &sa, sizeof(sa), 0);
	close(fd);
}

static void owners_prepare(void)
{
	struct sockaddr_in sa = here();
	unsigned int i;

	for (i = 0; i < ops_crowd; i++) {
		crowd[i] = tcp(AF_INET);
		option(crowd[i], SO_REUSEADDR);
		must(bind_to(crowd[i], &sa), "bind");
	}
}

static void owners_finish(void)
{
	unsigned int i;

	for (i = 0; i < ops_crowd; i++)
		close(crowd[i]);
}

/* The first to come is the last that the kernel looks at. */
static void listening_owner_prepare(void)
{
	owners_prepare();
	must(listen(crowd[0], 1), "listen");
}

static void shared_fail_once(uint64_t *part)
{
	struct sockaddr_in sa = here();
	int fd = tcp(AF_INET);

	option(fd, SO_REUSEADDR);
	part[0] = timed_bind(fd, &sa, sizeof(sa), EADDRINUSE);
	close(fd);
}

static int listener(int name)
{
	struct sockaddr_in sa = here();
	int fd = tcp(AF_INET);

	if (name)
		option(fd, name);
	must(bind_to(fd, &sa), "bind");
	must(listen(fd, 64), "listen");
	return fd;
}

static void one_prepare(void)
{
	listeners[0] = listener(SO_REUSEADDR);
}

static void one_finish(void)
{
	close(listeners[0]);
}

static void fail_once(uint64_t *part)
{
	struct sockaddr_in sa = here();
	int fd = tcp(AF_INET);

	part[0] = timed_bind(fd, &sa, sizeof(sa), EADDRINUSE);
	close(fd);
}

/* From another address; port 0: any. */
static int client(unsigned int nth, uint16_t port)
{
	struct sockaddr_in from = at(INADDR_LOOPBACK + 1 + nth / PORTS_A_SOURCE,
				     port);
	struct sockaddr_in sa = here();
	int fd = tcp(AF_INET), one = 1;

	must(setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one,
			sizeof(one)), "IP_BIND_ADDRESS_NO_PORT");
	must(bind_to(fd, &from), "bind");
	must(connect(fd, (struct sockaddr *)&sa, sizeof(sa)), "connect");
	return fd;
}

static void time_wait_prepare(void)
{
	unsigned int i;
	int fd, peer;

	time_waits_allow(ops_crowd);
	one_prepare();
	for (i = 0; i < ops_crowd; i++) {
		/* One that met a TIME_WAIT of its own would end it. */
		fd = client(i, CLIENT_PORT + i % PORTS_A_SOURCE);
		peer = accept(listeners[0], NULL, NULL);
		must(peer, "accept");
		close(peer);
		close(fd);
	}
	one_finish();
	time_waits_check(ops_crowd);
}

/* As many alive beside the one that is measured. */
static void time_wait_among_prepare(void)
{
	time_wait_prepare();
	one_prepare();
}

static void group_prepare(void)
{
	unsigned int i;

	for (i = 0; i < ops_members; i++)
		listeners[i] = listener(SO_REUSEPORT);
}

static void group_finish(void)
{
	unsigned int i;

	for (i = 0; i < ops_members; i++)
		close(listeners[i]);
}

static void reset_on_close(int fd)
{
	struct linger off = { .l_onoff = 1 };

	must(setsockopt(fd, SOL_SOCKET, SO_LINGER, &off, sizeof(off)),
	     "SO_LINGER");
}

/* Whichever of them has it; how long it took there is added to @took. */
static int accept_any(uint64_t *took)
{
	uint64_t start;
	unsigned int i;
	int fd;

	for (i = 0; i < ops_members; i++) {
		start = measure_now();
		fd = accept(listeners[i], NULL, NULL);
		if (fd < 0)
			continue;
		*took += measure_now() - start;
		return fd;
	}
	err(1, "nobody got the connection");
}

static void nonblocking_group_prepare(void)
{
	unsigned int i;

	group_prepare();
	for (i = 0; i < ops_members; i++)
		must(fcntl(listeners[i], F_SETFL, O_NONBLOCK), "O_NONBLOCK");
}

static void pick_once(uint64_t *part)
{
	struct sockaddr_in sa = here();
	int fd = tcp(AF_INET), peer;
	uint64_t start = measure_now();

	must(connect(fd, (struct sockaddr *)&sa, sizeof(sa)), "connect");
	part[0] = measure_now() - start;
	part[1] = part[0];
	peer = accept_any(&part[1]);
	reset_on_close(peer);
	start = measure_now();
	close(peer);
	part[1] += measure_now() - start;
	close(fd);
}

static void udp_prepare(void)
{
	struct sockaddr_in sa = here();
	unsigned int i;

	for (i = 0; i < ops_members; i++) {
		members[i] = socket(AF_INET, SOCK_DGRAM, 0);
		must(members[i], "socket");
		option(members[i], SO_REUSEPORT);
		must(bind_to(members[i], &sa), "bind");
	}
	crowd[0] = socket(AF_INET, SOCK_DGRAM, 0);
	must(crowd[0], "socket");
}

static void udp_finish(void)
{
	unsigned int i;

	for (i = 0; i < ops_members; i++)
		close(members[i]);
	close(crowd[0]);
}

static void udp_once(uint64_t *part)
{
	struct sockaddr_in sa = here();
	uint64_t start = measure_now();
	char byte = 'x';
	unsigned int i;

	must(sendto(crowd[0], &byte, 1, 0, (struct sockaddr *)&sa, sizeof(sa)),
	     "sendto");
	part[0] = measure_now() - start;
	for (i = 0; i < ops_members; i++)
		if (recv(members[i], &byte, 1, MSG_DONTWAIT) == 1)
			return;
	errx(1, "nobody got the datagram");
}

/* Take the FIN, and acknowledge it now, not 40 ms later. */
static void quick_ack(int fd)
{
	int one = 1;
	char byte;

	must(recv(fd, &byte, 1, 0), "recv");
	must(setsockopt(fd, IPPROTO_TCP, TCP_QUICKACK, &one, sizeof(one)),
	     "TCP_QUICKACK");
}

/* Closed first: FIN_WAIT2. Then the peer resets. */
static void time_wait_once(uint64_t *part)
{
	int fd = client(0, 0), peer = accept(listeners[0], NULL, NULL);
	uint64_t start;

	must(peer, "accept");
	reset_on_close(fd);
	start = measure_now();
	close(peer);
	quick_ack(fd);
	part[0] = measure_now() - start;
	start = measure_now();
	close(fd);
	part[1] = measure_now() - start;
	part[2] = part[0] + part[1];
}

/* Nothing of ours: no option, and a reset leaves no TIME_WAIT. */
static void ordinary_once(uint64_t *part)
{
	struct sockaddr_in sa = here();
	char byte = 'x';
	uint64_t start = measure_now();
	int fd = tcp(AF_INET), peer;

	must(connect(fd, (struct sockaddr *)&sa, sizeof(sa)), "connect");
	peer = accept(listeners[0], NULL, NULL);
	must(peer, "accept");
	must(send(fd, &byte, 1, 0), "send");
	must(recv(peer, &byte, 1, 0), "recv");
	must(send(peer, &byte, 1, 0), "send");
	must(recv(fd, &byte, 1, 0), "recv");
	reset_on_close(peer);
	close(peer);
	close(fd);
	part[0] = measure_now() - start;
}

static void plain_prepare(void)
{
	listeners[0] = listener(0);
}

const struct op ops[] = {
	{
		.parts = { "bind" },
		.help = "bind() on a free port",
		.once = bind_once,
	},
	{
		.parts = { "bind6" },
		.help = "bind() on a free port, IPv6",
		.once = bind6_once,
	},
	{
		.parts = { "bind-owners" },
		.help = "bind() among others, all with SO_REUSEADDR",
		.prepare = owners_prepare,
		.once = shared_once,
		.finish = owners_finish,
	},
	{
		.parts = { "bind-fail" },
		.help = "bind() refused by a listener",
		.prepare = one_prepare,
		.once = fail_once,
		.finish = one_finish,
	},
	{
		.parts = { "bind-fail-owners" },
		.help = "bind() among others that share, refused by the last of them",
		.prepare = listening_owner_prepare,
		.once = shared_fail_once,
		.finish = owners_finish,
	},
	{
		.parts = { "pick-tcp", "tcp" },
		.help = "connect() to a group; and with close()",
		.prepare = nonblocking_group_prepare,
		.once = pick_once,
		.finish = group_finish,
	},
	{
		.parts = { "pick-udp" },
		.help = "sendto() a group, delivery included",
		.prepare = udp_prepare,
		.once = udp_once,
		.finish = udp_finish,
	},
	{
		.parts = { "tw-enter", "tw-exit", "tw-life" },
		.help = "close() that begins a TIME_WAIT; the reset that ends it; both",
		.prepare = one_prepare,
		.once = time_wait_once,
		.finish = one_finish,
	},
	{
		.parts = { "tw-enter-among", "tw-exit-among" },
		.help = "the same while others are alive on the port",
		.prepare = time_wait_among_prepare,
		.once = time_wait_once,
		.finish = one_finish,
	},
	{
		.parts = { "ordinary" },
		.help = "connect, accept, two bytes, reset, with no option",
		.prepare = plain_prepare,
		.once = ordinary_once,
		.finish = one_finish,
	},
	{
		.parts = { "bind-time-wait" },
		.help = "bind() over TIME_WAITs, all with SO_REUSEADDR",
		.prepare = time_wait_prepare,
		.once = shared_once,
	},
};

const unsigned int ops_count = sizeof(ops) / sizeof(ops[0]);
