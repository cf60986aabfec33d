// SPDX-License-Identifier: GPL-2.0-only
#include "demo_handover.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "demo_common.h"

/* One descriptor as a message's only content. */
union one_fd {
	struct cmsghdr align;
	char room[CMSG_SPACE(sizeof(int))];
};

static void close_ends(int *ends, int count)
{
	for (int i = 0; ends && i < count; i++)
		if (ends[i] >= 0)
			close(ends[i]);
	free(ends);
}

/* The acceptor waits for a worker that has too many; a worker never waits. */
static int add_worker(struct demo_handover *handover)
{
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) ||
	    fcntl(ends[1], F_SETFL, O_NONBLOCK))
		return -errno;
	handover->to[handover->workers] = ends[0];
	handover->from[handover->workers] = ends[1];
	handover->workers++;
	return 0;
}

int demo_handover_open(struct demo_handover *handover, int listener,
		       int workers)
{
	*handover = (struct demo_handover){ .listener = listener };
	handover->to = calloc(workers, sizeof(int));
	handover->from = calloc(workers, sizeof(int));
	if (!handover->to || !handover->from)
		return demo_call_failed("calloc()", "the workers", ENOMEM);
	while (handover->workers < workers)
		if (add_worker(handover))
			return demo_call_failed("socketpair()", "a worker",
						errno);
	return 0;
}

void demo_handover_close(struct demo_handover *handover)
{
	close_ends(handover->to, handover->workers);
	close_ends(handover->from, handover->workers);
	if (handover->listener >= 0)
		close(handover->listener);
	*handover = (struct demo_handover){ .listener = -1 };
}

int demo_handover_keep(struct demo_handover *handover, int index)
{
	int mine = handover->from[index];

	handover->from[index] = -1;
	demo_handover_close(handover);
	return mine;
}

static int send_fd(int to, int fd)
{
	union one_fd control = { 0 };
	char byte = 0;
	struct iovec iov = { .iov_base = &byte, .iov_len = 1 };
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control.room),
	};
	struct cmsghdr *head = CMSG_FIRSTHDR(&msg);

	head->cmsg_level = SOL_SOCKET;
	head->cmsg_type = SCM_RIGHTS;
	head->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(head), &fd, sizeof(fd));
	if (sendmsg(to, &msg, MSG_NOSIGNAL) < 0)
		return demo_call_failed("sendmsg()", "a worker", errno);
	return 0;
}

int demo_handover_pass(struct demo_handover *handover)
{
	int err = 0;

	while (!err) {
		int fd = accept4(handover->listener, NULL, NULL,
				 SOCK_NONBLOCK | SOCK_CLOEXEC);

		if (fd < 0 && (errno == EAGAIN || errno == ECONNABORTED))
			break;
		if (fd < 0)
			return demo_call_failed("accept()", "the listener",
						errno);
		err = send_fd(handover->to[handover->next], fd);
		handover->next = (handover->next + 1) % handover->workers;
		close(fd); /* the worker has its own */
	}
	return err;
}

int demo_handover_take(int from, struct demo_endpoint *peer)
{
	union one_fd control = { 0 };
	char byte;
	struct iovec iov = { .iov_base = &byte, .iov_len = 1 };
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control.room),
	};
	int fd = -1;

	if (recvmsg(from, &msg, MSG_CMSG_CLOEXEC) < 0)
		return -1;
	if (CMSG_FIRSTHDR(&msg))
		memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&msg)), sizeof(fd));
	else
		errno = EAGAIN; /* the acceptor has ended */
	if (fd >= 0)
		getpeername(fd, (struct sockaddr *)&peer->addr, &peer->len);
	return fd;
}
