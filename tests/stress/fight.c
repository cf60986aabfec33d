// SPDX-License-Identifier: GPL-2.0-only
/*
 * Threads that fight for one port, and let go of it again at once. Prints a line
 * for each request: the namespace's number, the socket's cookie, what was asked,
 * the errno.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define THREADS_MAX	256
#define BACKLOG		4
#define KEPT		3	/* sockets a thread has open at a time */

static const char usage[] =
	"Usage: fight [-u] [-t THREADS] [-n BINDS] [-p PORT] [-s SEED]\n"
	"\n"
	"  -u  UDP\n"
	"  -t  threads; every fourth is in a network namespace of its own\n"
	"  -n  binds of each thread\n";

struct request {
	uint64_t cookie;
	bool listen;
	int error;
};

struct fighter {
	pthread_t thread;
	unsigned int number;
	uint64_t chance;
	int kept[KEPT];
	struct request *requests;	/* room for two for each bind */
	unsigned int n;
};

static unsigned int threads = 8, binds = 1000, port = 9527;
static unsigned long seed = 1;
static bool udp;
static pthread_barrier_t start;

static int must(int result, const char *what)
{
	if (result >= 0)
		return result;
	fprintf(stderr, "fight: %s: %s\n", what, strerror(errno));
	exit(1);
}

/* xorshift64 */
static unsigned int below(struct fighter *f, unsigned int n)
{
	f->chance ^= f->chance << 13;
	f->chance ^= f->chance >> 7;
	f->chance ^= f->chance << 17;
	return (f->chance >> 32) % n;
}

static bool is_elsewhere(const struct fighter *f)
{
	return f->number % 4 == 3;
}

static uint64_t cookie_of(int fd)
{
	uint64_t cookie;
	socklen_t len = sizeof(cookie);

	must(getsockopt(fd, SOL_SOCKET, SO_COOKIE, &cookie, &len), "SO_COOKIE");
	return cookie;
}

static void note(struct fighter *f, int fd, bool listening, int result)
{
	f->requests[f->n++] = (struct request){
		.error = result ? errno : 0,
		.cookie = cookie_of(fd),
		.listen = listening,
	};
}

static int open_socket(struct fighter *f)
{
	int fd = must(socket(AF_INET, udp ? SOCK_DGRAM : SOCK_STREAM, 0),
		      "socket");
	int reuseaddr = below(f, 2), reuseport = !below(f, 4);

	must(setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &reuseaddr,
			sizeof(reuseaddr)), "SO_REUSEADDR");
	must(setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &reuseport,
			sizeof(reuseport)), "SO_REUSEPORT");
	return fd;
}

/* A socket that got the port stays until its place is wanted. */
static void keep(struct fighter *f, int fd)
{
	int *place = &f->kept[below(f, KEPT)];

	if (*place >= 0)
		close(*place);
	*place = fd;
}

static void strike(struct fighter *f)
{
	struct sockaddr_in addr = {
		.sin_family = AF_INET,
		.sin_port = htons(port),
	};
	int fd = open_socket(f), result;

	result = bind(fd, (struct sockaddr *)&addr, sizeof(addr));
	note(f, fd, false, result);
	if (!result && !udp && below(f, 2))
		note(f, fd, true, listen(fd, BACKLOG));
	keep(f, fd);
}

static void *fight(void *arg)
{
	struct fighter *f = arg;
	unsigned int i;

	if (is_elsewhere(f))
		must(unshare(CLONE_NEWNET), "a network namespace");
	for (i = 0; i < KEPT; i++)
		f->kept[i] = -1;
	pthread_barrier_wait(&start);
	for (i = 0; i < binds; i++)
		strike(f);
	for (i = 0; i < KEPT; i++)
		close(f->kept[i]);
	return NULL;
}

static void begin(struct fighter *f, unsigned int number)
{
	f->number = number;
	f->chance = seed * (number + 1) + number;
	f->requests = calloc(2 * binds, sizeof(*f->requests));
	if (!f->requests)
		must(-1, "memory");
	errno = pthread_create(&f->thread, NULL, fight, f);
	must(-errno, "a thread");
}

static void tell(const struct fighter *f)
{
	const struct request *r;

	for (r = f->requests; r < f->requests + f->n; r++)
		printf("%u %lu %s %d\n", is_elsewhere(f) ? f->number : 0,
		       r->cookie, r->listen ? "listen" : "bind", r->error);
}

static bool read_options(int argc, char **argv)
{
	int option;

	while ((option = getopt(argc, argv, "ut:n:p:s:")) != -1) {
		if (option == 'u')
			udp = true;
		else if (option == 't')
			threads = strtoul(optarg, NULL, 10);
		else if (option == 'n')
			binds = strtoul(optarg, NULL, 10);
		else if (option == 'p')
			port = strtoul(optarg, NULL, 10);
		else if (option == 's')
			seed = strtoul(optarg, NULL, 10);
		else
			return false;
	}
	return threads && threads <= THREADS_MAX && binds && seed &&
	       optind == argc;
}

int main(int argc, char **argv)
{
	static struct fighter fighters[THREADS_MAX];
	unsigned int i;

	if (!read_options(argc, argv)) {
		fputs(usage, stderr);
		return 2;
	}
	pthread_barrier_init(&start, NULL, threads);
	for (i = 0; i < threads; i++)
		begin(&fighters[i], i);
	for (i = 0; i < threads; i++) {
		pthread_join(fighters[i].thread, NULL);
		tell(&fighters[i]);
	}
	return fflush(stdout) || ferror(stdout);
}
