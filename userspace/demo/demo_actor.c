// SPDX-License-Identifier: GPL-2.0-only
#include "demo_actor.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "demo_common.h"

#define MOST	      64 /* connections that one keeps */
#define RESET_WAIT_MS 5000

struct stage {
	int fd;		/* the socket; -1: none */
	int conn[MOST]; /* connected or accepted */
	int conns;
};

struct question {
	enum demo_act act;
	int arg;
};

struct answer {
	int result;
	int port;
};

static struct sockaddr_in address(uint32_t ip, int port)
{
	return (struct sockaddr_in){
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(ip),
		.sin_port = htons(port),
	};
}

static int set(int fd, int option)
{
	const int on = 1;

	return setsockopt(fd, SOL_SOCKET, option, &on, sizeof(on));
}

static int act_socket(struct stage *s, int kind)
{
	s->fd = socket(AF_INET, kind & DEMO_UDP ? SOCK_DGRAM : SOCK_STREAM, 0);
	if (s->fd < 0)
		return -1;
	if (kind & DEMO_REUSEADDR && set(s->fd, SO_REUSEADDR))
		return -1;
	return kind & DEMO_REUSEPORT ? set(s->fd, SO_REUSEPORT) : 0;
}

static int act_bind(struct stage *s, int port)
{
	const struct sockaddr_in at = address(INADDR_ANY, port);

	return bind(s->fd, (const struct sockaddr *)&at, sizeof(at));
}

static int act_listen(struct stage *s, int backlog)
{
	return listen(s->fd, backlog);
}

static int keep(struct stage *s, int fd)
{
	if (fd < 0)
		return -1;
	if (s->conns == MOST) {
		errno = ENOBUFS;
		return -1;
	}
	s->conn[s->conns++] = fd;
	return 0;
}

/* A datagram socket is connected itself; TCP gets one more each time. */
static int act_connect(struct stage *s, int port)
{
	const struct sockaddr_in to = address(INADDR_LOOPBACK, port);
	int fd = s->fd;

	if (fd < 0) {
		fd = socket(AF_INET, SOCK_STREAM, 0);
		if (keep(s, fd))
			return -1;
	}
	return connect(fd, (const struct sockaddr *)&to, sizeof(to));
}

static int act_accept(struct stage *s, int count)
{
	while (count--)
		if (keep(s, accept(s->fd, NULL, NULL)))
			return -1;
	return 0;
}

static int act_send(struct stage *s, int count)
{
	while (count--)
		if (send(s->fd, "x", 1, MSG_NOSIGNAL) < 0)
			return -1;
	return 0;
}

static int act_count(struct stage *s, int arg)
{
	char byte;
	int count = 0;

	(void)arg;
	while (recv(s->fd, &byte, 1, MSG_DONTWAIT) >= 0)
		count++;
	return count;
}

/* A reset that is on its way comes at once, on this machine. */
static int act_resets(struct stage *s, int expected)
{
	int64_t end = demo_now_ms() + RESET_WAIT_MS;
	int count = 0, error;
	socklen_t len;

	while (count < expected && demo_now_ms() < end)
		for (int i = 0; i < s->conns; i++) {
			len = sizeof(error);
			if (!getsockopt(s->conn[i], SOL_SOCKET, SO_ERROR,
					&error, &len) &&
			    error == ECONNRESET)
				count++;
		}
	return count;
}

static int act_close(struct stage *s, int arg)
{
	int fd = s->fd;

	(void)arg;
	s->fd = -1;
	return close(fd);
}

/* clang-format off */
static int (*const acts[])(struct stage *s, int arg) = {
	[DEMO_ACT_SOCKET] = act_socket,
	[DEMO_ACT_BIND] = act_bind,
	[DEMO_ACT_LISTEN] = act_listen,
	[DEMO_ACT_CONNECT] = act_connect,
	[DEMO_ACT_ACCEPT] = act_accept,
	[DEMO_ACT_SEND] = act_send,
	[DEMO_ACT_COUNT] = act_count,
	[DEMO_ACT_RESETS] = act_resets,
	[DEMO_ACT_CLOSE] = act_close,
};
/* clang-format on */

static int own_port(const struct stage *s)
{
	struct sockaddr_in at = { 0 };
	socklen_t len = sizeof(at);
	int fd = s->fd < 0 && s->conns ? s->conn[0] : s->fd;

	if (fd < 0 || getsockname(fd, (struct sockaddr *)&at, &len))
		return 0;
	return ntohs(at.sin_port);
}

/* Until the other end of the link is closed. */
static void play(int link)
{
	struct stage s = { .fd = -1 };
	struct question q;
	struct answer a;

	while (read(link, &q, sizeof(q)) == sizeof(q)) {
		a.result = acts[q.act](&s, q.arg);
		if (a.result < 0)
			a.result = -errno;
		a.port = own_port(&s);
		if (write(link, &a, sizeof(a)) != sizeof(a))
			break;
	}
	_exit(0);
}

int demo_actor_start(struct demo_actor *actor, const char *name, int uid)
{
	int link[2];

	*actor = (struct demo_actor){ .link = -1 };
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, link))
		return -errno;
	actor->link = link[0];
	actor->pid = fork();
	if (actor->pid < 0)
		return -errno;
	if (actor->pid) {
		close(link[1]);
		return 0;
	}
	close(link[0]);
	demo_name_process(name);
	if (uid && setresuid(uid, uid, uid)) {
		demo_call_failed("setresuid()", name, errno);
		_exit(1);
	}
	/* Others hold our link open, too. A change of user clears it. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	play(link[1]);
	return 0;
}

int demo_actor_ask(struct demo_actor *actor, enum demo_act act, int arg)
{
	const struct question q = { .act = act, .arg = arg };
	struct answer a;

	if (send(actor->link, &q, sizeof(q), MSG_NOSIGNAL) != sizeof(q) ||
	    read(actor->link, &a, sizeof(a)) != sizeof(a))
		return -EPIPE;
	actor->port = a.port;
	return a.result;
}

void demo_actor_end(struct demo_actor *actor)
{
	if (actor->pid <= 0)
		return;
	kill(actor->pid, SIGKILL);
	waitpid(actor->pid, NULL, 0);
	close(actor->link);
}
