// SPDX-License-Identifier: GPL-2.0-only
/* Our own sockets, as the kernel's list and /proc tell of them. */
#include "cmocka_all.h"

#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cgroup.h"
#include "survey.h"

static struct told_socket found;
static uint64_t wanted;

static void look(void *ctx, const struct told_socket *sock)
{
	(void)ctx;
	if (sock->inode == wanted)
		found = *sock;
}

static int open_socket(int type, uint16_t *port)
{
	struct sockaddr_in in = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	socklen_t len = sizeof(in);
	int fd = socket(AF_INET, type, 0);

	if (fd < 0 || bind(fd, (struct sockaddr *)&in, sizeof(in)) ||
	    (type == SOCK_STREAM && listen(fd, 1)) ||
	    getsockname(fd, (struct sockaddr *)&in, &len))
		return -1;
	*port = ntohs(in.sin_port);
	return fd;
}

/* The kernel may know no sock_diag; then nobody knows the cookie. */
static void assert_found(int type)
{
	uint64_t cookie = 0;
	socklen_t len = sizeof(cookie);
	struct stat st;
	uint16_t port;
	int fd = open_socket(type, &port);

	if (fd < 0 || fstat(fd, &st) ||
	    getsockopt(fd, SOL_SOCKET, SO_COOKIE, &cookie, &len))
		skip_because("this machine gives no socket with a cookie");
	wanted = st.st_ino;
	found = (struct told_socket){ 0 };
	survey_run(look, NULL);
	close(fd);
	assert_int_equal(found.inode, wanted);
	assert_int_equal(found.task.pid, getpid());
	assert_string_equal(found.task.comm, "test_survey");
	if (!found.cookie)
		skip_because("this machine has no sock_diag for it");
	assert_int_equal(found.cookie, cookie);
	assert_int_equal(found.port, port);
	assert_true(found.listens == (type == SOCK_STREAM));
}

static void a_listener(void **state)
{
	(void)state;
	assert_found(SOCK_STREAM);
}

static void a_udp_socket(void **state)
{
	(void)state;
	assert_found(SOCK_DGRAM);
}

static void told_keeps_the_first(void **state)
{
	struct told_socket sock = {
		.inode = 5, .task = { .pid = 7, .comm = "a", .cgroup = "/x" },
	};
	struct told *t = told_new();
	struct model_task task;

	(void)state;
	told_add(t, &sock);
	sock.task = (struct model_task){ .pid = 8, .comm = "b" };
	told_add(t, &sock);
	assert_true(told_find(t, 5, &task));
	assert_int_equal(task.pid, 7);
	assert_string_equal(task.cgroup, "/x");
	assert_string_equal(told_cgroup(t, 7), "/x");
	assert_null(told_cgroup(t, 8));
	assert_false(told_find(t, 6, &task));
	told_free(t);
}

static void within_a_control_group(void **state)
{
	(void)state;
	assert_true(cgroup_within("/a/b", "/a"));
	assert_true(cgroup_within("/a", "/a"));
	assert_true(cgroup_within("/a", "/"));
	assert_false(cgroup_within("/ab", "/a"));
	assert_false(cgroup_within(NULL, "/"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_listener),
		cmocka_unit_test(a_udp_socket),
		cmocka_unit_test(told_keeps_the_first),
		cmocka_unit_test(within_a_control_group),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
