// SPDX-License-Identifier: GPL-2.0-only
#include "sockdiag.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define ANSWER_BYTES	(32 << 10)

/* One namespace, asked. */
struct asker {
	int fd;
	uint32_t netns;
	sockdiag_fn fn;
	void *ctx;
};

struct request {
	struct nlmsghdr head;
	struct inet_diag_req_v2 req;
};

/* The namespaces met, and what the walk is for. */
struct walk {
	ino_t seen[SOCKDIAG_NETNS_MAX];
	size_t n;
	int home;		/* our own */
	int closed;		/* could not be looked into */
	sockdiag_fn fn;
	void *ctx;
};

static int ask(const struct asker *a, int family, int proto)
{
	struct request r = {
		.head = {
			.nlmsg_len = sizeof(r),
			.nlmsg_type = SOCK_DIAG_BY_FAMILY,
			.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP,
		},
		.req = {
			.sdiag_family = family,
			.sdiag_protocol = proto,
			.idiag_states = proto == IPPROTO_TCP ?
					1 << TCP_LISTEN : -1,
		},
	};

	return send(a->fd, &r, sizeof(r), 0) < 0 ? -errno : 0;
}

static void tell(const struct asker *a, const struct nlmsghdr *h)
{
	const struct inet_diag_msg *m = NLMSG_DATA(h);
	struct sockdiag sock;

	if (h->nlmsg_len < NLMSG_LENGTH(sizeof(*m)))
		return;
	sock = (struct sockdiag){
		.cookie = m->id.idiag_cookie[0] |
			  (uint64_t)m->id.idiag_cookie[1] << 32,
		.inode = m->idiag_inode,
		.netns = a->netns,
		.waiting = m->idiag_rqueue,
		.room = m->idiag_wqueue,
		.port = ntohs(m->id.idiag_sport),
		.listens = m->idiag_state == TCP_LISTEN,
	};
	a->fn(a->ctx, &sock);
}

/* 1: more to come, 0: that was all, or -errno. */
static int take(const struct asker *a, const struct nlmsghdr *h, ssize_t n)
{
	const struct nlmsgerr *error;

	for (; NLMSG_OK(h, n); h = NLMSG_NEXT(h, n)) {
		if (h->nlmsg_type == NLMSG_DONE)
			return 0;
		if (h->nlmsg_type == NLMSG_ERROR) {
			error = NLMSG_DATA(h);
			return h->nlmsg_len < NLMSG_LENGTH(sizeof(*error)) ?
			       -EPROTO : error->error;
		}
		if (h->nlmsg_type == SOCK_DIAG_BY_FAMILY)
			tell(a, h);
	}
	return 1;
}

static int dump(const struct asker *a, int family, int proto)
{
	static char answer[ANSWER_BYTES]
		__attribute__((aligned(NLMSG_ALIGNTO)));
	int rc = ask(a, family, proto);
	ssize_t n;

	if (rc)
		return rc;
	do {
		n = recv(a->fd, answer, sizeof(answer), 0);
		if (n < 0 && errno != EINTR)
			return -errno;
		rc = n < 0 ? 1 : take(a, (struct nlmsghdr *)answer, n);
	} while (rc > 0);
	return rc;
}

static int dump_all(struct asker *a)
{
	static const int protos[] = { IPPROTO_TCP, IPPROTO_UDP };
	static const int families[] = { AF_INET, AF_INET6 };
	int i, rc = 0;

	a->fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
	if (a->fd < 0)
		return -errno;
	for (i = 0; i < 4 && !rc; i++)
		rc = dump(a, families[i / 2], protos[i % 2]);
	close(a->fd);
	return rc;
}

static bool is_new(struct walk *w, ino_t netns)
{
	size_t i;

	for (i = 0; i < w->n; i++)
		if (w->seen[i] == netns)
			return false;
	if (w->n == SOCKDIAG_NETNS_MAX)
		return false;
	w->seen[w->n++] = netns;
	return true;
}

/* Of our own, we need not go anywhere. */
static int look(struct walk *w, int ns, ino_t netns)
{
	struct asker a = { .netns = netns, .fn = w->fn, .ctx = w->ctx };
	int rc;

	if (ns >= 0 && setns(ns, CLONE_NEWNET))
		return -errno;
	rc = dump_all(&a);
	if (ns >= 0 && setns(w->home, CLONE_NEWNET))
		abort();	/* to go on in another's namespace would be worse */
	return rc;
}

static void look_at_process(struct walk *w, const char *pid)
{
	char path[64];
	struct stat st;
	int ns;

	snprintf(path, sizeof(path), "/proc/%.20s/ns/net", pid);
	if (stat(path, &st) || !is_new(w, st.st_ino))
		return;
	ns = open(path, O_RDONLY | O_CLOEXEC);
	if (ns < 0 || look(w, ns, st.st_ino))
		w->closed++;
	if (ns >= 0)
		close(ns);
}

int sockdiag_each(sockdiag_fn fn, void *ctx)
{
	struct walk w = { .fn = fn, .ctx = ctx };
	struct dirent *entry;
	struct stat st;
	DIR *dir;
	int rc;

	w.home = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	if (w.home < 0 || fstat(w.home, &st))
		return -errno;
	is_new(&w, st.st_ino);
	rc = look(&w, -1, st.st_ino);
	dir = rc ? NULL : opendir("/proc");
	while (dir && (entry = readdir(dir)))
		if (atoi(entry->d_name) > 0)
			look_at_process(&w, entry->d_name);
	if (dir)
		closedir(dir);
	close(w.home);
	return rc ? rc : w.closed;
}
