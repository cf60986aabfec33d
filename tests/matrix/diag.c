// SPDX-License-Identifier: GPL-2.0-only
#include "diag.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Of struct inet_diag_msg's idiag_timer. */
#define TIMER_OF_TIME_WAIT	3

#define PATIENCE_US	100
#define PATIENCE	500

/* IPv4 addresses are looked up as mapped ones. */
static void note_end(const struct sockaddr_storage *addr, __be32 *to,
		     __be16 *port)
{
	const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)addr;
	const struct sockaddr_in *in = (const struct sockaddr_in *)addr;

	if (addr->ss_family == AF_INET6) {
		memcpy(to, &in6->sin6_addr, sizeof(in6->sin6_addr));
		*port = in6->sin6_port;
		return;
	}
	to[0] = 0;
	to[1] = 0;
	to[2] = htonl(0xffff);
	to[3] = in->sin_addr.s_addr;
	*port = in->sin_port;
}

static unsigned int loopback(void)
{
	static unsigned int index;

	if (!index)
		index = if_nametoindex("lo");
	return index;
}

void diag_note(struct diag_key *key, int fd)
{
	struct sockaddr_storage addr;
	socklen_t len = sizeof(addr);

	*key = (struct diag_key){
		.id.idiag_if = loopback(),
		.id.idiag_cookie = { INET_DIAG_NOCOOKIE, INET_DIAG_NOCOOKIE },
	};
	sock_must(getsockname(fd, (struct sockaddr *)&addr, &len),
		  "getsockname");
	note_end(&addr, key->id.idiag_src, &key->id.idiag_sport);
	len = sizeof(addr);
	sock_must(getpeername(fd, (struct sockaddr *)&addr, &len),
		  "getpeername");
	note_end(&addr, key->id.idiag_dst, &key->id.idiag_dport);
}

static int netlink_socket(void)
{
	static int fd = -1;

	if (fd < 0)
		fd = sock_must(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC,
				      NETLINK_SOCK_DIAG), "sock_diag");
	return fd;
}

static void send_question(const struct diag_key *key)
{
	struct {
		struct nlmsghdr head;
		struct inet_diag_req_v2 req;
	} q = {
		.head = {
			.nlmsg_len = sizeof(q),
			.nlmsg_type = SOCK_DIAG_BY_FAMILY,
			.nlmsg_flags = NLM_F_REQUEST,
		},
		.req = {
			.sdiag_family = AF_INET6,
			.sdiag_protocol = IPPROTO_TCP,
			.idiag_states = ~0u,
			.id = key->id,
		},
	};

	sock_must(send(netlink_socket(), &q, sizeof(q), 0), "ask sock_diag");
}

static void check_error(const struct nlmsghdr *head)
{
	const struct nlmsgerr *error = NLMSG_DATA(head);

	errno = -error->error;
	if (errno != ENOENT)
		sock_must(-1, "sock_diag");
}

struct diag_state diag_ask(const struct diag_key *key)
{
	static union {
		struct nlmsghdr head;
		char room[8192];
	} answer;
	const struct nlmsghdr *head = &answer.head;
	const struct inet_diag_msg *msg = NLMSG_DATA(head);

	send_question(key);
	sock_must(recv(netlink_socket(), &answer, sizeof(answer), 0),
		  "answer of sock_diag");
	if (head->nlmsg_type == NLMSG_ERROR) {
		check_error(head);
		return (struct diag_state){ 0 };
	}
	return (struct diag_state){
		.state = msg->idiag_state,
		.time_wait = msg->idiag_timer == TIMER_OF_TIME_WAIT,
	};
}

bool diag_await(const struct diag_key *key, struct sock *peer,
		struct diag_state wanted)
{
	struct diag_state now;
	int i;

	for (i = 0; i < PATIENCE; i++) {
		now = diag_ask(key);
		if (now.state == wanted.state &&
		    now.time_wait == wanted.time_wait)
			return true;
		if (peer->fd >= 0)
			sock_acknowledge(peer);
		usleep(PATIENCE_US);
	}
	return false;
}
