// SPDX-License-Identifier: GPL-2.0-only
/* What waits in sockets of our own, as the kernel's list tells it. */
#include "cmocka_all.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "queues.h"

static struct sockaddr_in in;

static int open_socket(int type, uint64_t *cookie)
{
	socklen_t len = sizeof(in), size = sizeof(*cookie);
	int fd = socket(AF_INET, type, 0);

	in = (struct sockaddr_in){
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	if (fd < 0 || bind(fd, (struct sockaddr *)&in, sizeof(in)) ||
	    (type == SOCK_STREAM && listen(fd, 5)) ||
	    getsockname(fd, (struct sockaddr *)&in, &len) ||
	    getsockopt(fd, SOL_SOCKET, SO_COOKIE, cookie, &size))
		skip_because("this machine gives no socket with a cookie");
	return fd;
}

/* The kernel may know no sock_diag. */
static struct queues_one look(uint64_t cookie)
{
	struct queues *q = queues_new();
	struct queues_one one = { 0 };
	bool found;

	queues_look(q, 1);
	found = queues_find(q, cookie, &one);
	assert_false(queues_find(q, 0, &one));
	queues_free(q);
	if (!found)
		skip_because("this machine has no sock_diag for it");
	return one;
}

static void connections_to_be_accepted(void **state)
{
	struct queues_one one;
	uint64_t cookie;
	int fd = open_socket(SOCK_STREAM, &cookie);
	int a = socket(AF_INET, SOCK_STREAM, 0);
	int b = socket(AF_INET, SOCK_STREAM, 0);

	(void)state;
	assert_int_equal(connect(a, (struct sockaddr *)&in, sizeof(in)), 0);
	assert_int_equal(connect(b, (struct sockaddr *)&in, sizeof(in)), 0);
	one = look(cookie);
	assert_int_equal(one.waiting, 2);
	assert_int_equal(one.room, 5);
	close(a);
	close(b);
	close(fd);
}

static void bytes_to_be_received(void **state)
{
	uint64_t cookie;
	int fd = open_socket(SOCK_DGRAM, &cookie);
	struct queues_one one;

	(void)state;
	assert_int_equal(sendto(fd, "abc", 3, 0, (struct sockaddr *)&in,
				sizeof(in)), 3);
	one = look(cookie);
	assert_true(one.waiting >= 3);
	assert_int_equal(one.room, 0);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(connections_to_be_accepted),
		cmocka_unit_test(bytes_to_be_received),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
