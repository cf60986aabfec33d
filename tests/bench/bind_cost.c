// SPDX-License-Identifier: GPL-2.0-only
/*
 * What bind() costs on a port with many TIME_WAIT owners: in nanoseconds of the
 * clock, which under `scripts/vm.sh --icount` are instructions. A line for each
 * case: its name, the outcome, the middle of RUNS calls.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "time_waits.h"

#define RUNS_MAX	1001
#define BACKLOG		128
#define CLIENT_PORT	10000	/* the first; below those that the kernel picks */
#define TIME_WAITS_MAX	20000

static const char usage[] =
	"Usage: bind_cost [-n TIME_WAITS] [-r RUNS]    (default 10000, 21)\n";

/* The TIME_WAITs are on 127.0.0.1 and had SO_REUSEADDR. */
struct bench_case {
	const char *name;
	const char *addr;
	bool reuseaddr;
	bool beside_listener;	/* the oldest owner: the walk ends with it */
	bool free_port;
};

static const struct bench_case cases[] = {
	{ "free-port", .addr = "127.0.0.1", .free_port = true },
	{ "restart", .addr = "127.0.0.1", .reuseaddr = true },
	{ "restart-any", .addr = "0.0.0.0", .reuseaddr = true },
	{ "refused-at-once", .addr = "127.0.0.1" },
	{ "other-address", .addr = "127.0.0.2" },
	{ "refused-by-listener", .addr = "127.0.0.1", .reuseaddr = true,
	  .beside_listener = true },
};

static int must(int result, const char *what)
{
	if (result >= 0)
		return result;
	fprintf(stderr, "bind_cost: %s: %s\n", what, strerror(errno));
	exit(1);
}

static struct sockaddr_in address(const char *text, unsigned int port)
{
	struct sockaddr_in addr = {
		.sin_family = AF_INET,
		.sin_port = htons(port),
	};

	inet_pton(AF_INET, text, &addr.sin_addr);
	return addr;
}

static int open_socket(bool reuseaddr)
{
	int fd = must(socket(AF_INET, SOCK_STREAM, 0), "socket");
	int on = reuseaddr;

	must(setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)),
	     "SO_REUSEADDR");
	return fd;
}

static int bind_to(int fd, const char *text, unsigned int port)
{
	struct sockaddr_in addr = address(text, port);

	return bind(fd, (struct sockaddr *)&addr, sizeof(addr)) ? errno : 0;
}

static int open_listener(unsigned int *port)
{
	int fd = open_socket(true);
	struct sockaddr_in addr;
	socklen_t len = sizeof(addr);

	must(-bind_to(fd, "127.0.0.1", 0), "bind");
	must(listen(fd, BACKLOG), "listen");
	must(getsockname(fd, (struct sockaddr *)&addr, &len), "getsockname");
	*port = ntohs(addr.sin_port);
	return fd;
}

/*
 * The accepted side closes first, so the TIME_WAIT is on the listener's port. No
 * two clients have the same port: the second would end the first one's.
 */
static void make_time_wait(int listener, unsigned int port, unsigned int nth)
{
	struct sockaddr_in addr = address("127.0.0.1", port);
	int client = must(socket(AF_INET, SOCK_STREAM, 0), "socket");
	int child;
	char end;

	must(-bind_to(client, "127.0.0.2", CLIENT_PORT + nth), "bind");
	must(connect(client, (struct sockaddr *)&addr, sizeof(addr)), "connect");
	child = must(accept(listener, NULL, NULL), "accept");
	close(child);
	must(read(client, &end, 1), "read");
	close(client);
}

static long now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000L + now.tv_nsec;
}

static long bind_ns(const struct bench_case *c, unsigned int port, int *result)
{
	int fd = open_socket(c->reuseaddr);
	long before;

	port = c->free_port ? port - 1 : port;
	before = now_ns();
	*result = bind_to(fd, c->addr, port);
	before = now_ns() - before;
	close(fd);
	return before;
}

static int ascending(const void *a, const void *b)
{
	long x = *(const long *)a, y = *(const long *)b;

	return (x > y) - (x < y);
}

static void measure(const struct bench_case *c, unsigned int port,
		    unsigned int runs)
{
	static long took[RUNS_MAX];
	unsigned int i;
	int result = 0;

	for (i = 0; i < runs; i++)
		took[i] = bind_ns(c, port, &result);
	qsort(took, runs, sizeof(took[0]), ascending);
	printf("%s\t%s\t%ld\n", c->name,
	       result ? strerrorname_np(result) : "ok", took[runs / 2]);
}

static void measure_all(unsigned int port, unsigned int runs,
			bool beside_listener)
{
	unsigned int i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (cases[i].beside_listener == beside_listener)
			measure(&cases[i], port, runs);
}

int main(int argc, char **argv)
{
	unsigned int time_waits = 10000, runs = 21, port, i;
	int listener, option;

	while ((option = getopt(argc, argv, "n:r:")) != -1) {
		if (option == 'n')
			time_waits = strtoul(optarg, NULL, 10);
		else if (option == 'r')
			runs = strtoul(optarg, NULL, 10);
		else
			time_waits = 0;
	}
	if (!time_waits || time_waits > TIME_WAITS_MAX || !runs ||
	    runs > RUNS_MAX || optind != argc) {
		fputs(usage, stderr);
		return 2;
	}
	time_waits_allow(time_waits);
	listener = open_listener(&port);
	for (i = 0; i < time_waits; i++)
		make_time_wait(listener, port, i);
	time_waits_check(time_waits);
	measure_all(port, runs, true);
	close(listener);
	measure_all(port, runs, false);
	return fflush(stdout) || ferror(stdout);
}
