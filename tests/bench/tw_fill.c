// SPDX-License-Identifier: GPL-2.0-only
/*
 * Usage: tw_fill COUNT [half]
 * Leaves COUNT connections in TIME_WAIT on one port of 127.0.0.1, the server
 * having closed first; with "half" the clients stay open, and it is FIN_WAIT2.
 * Says "ready", then waits for the end of its input.
 */
#include <arpa/inet.h>
#include <err.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define PORT		7002
#define FIRST_SOURCE_PORT	10000
#define PORTS_A_SOURCE	20000

static struct sockaddr_in at(uint32_t addr, uint16_t port)
{
	return (struct sockaddr_in){
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(addr),
		.sin_port = htons(port),
	};
}

static void must(int ret, const char *what)
{
	if (ret < 0)
		err(1, "%s", what);
}

static int tcp(void)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	must(fd, "socket");
	return fd;
}

static int serve(void)
{
	struct sockaddr_in sa = at(INADDR_LOOPBACK, PORT);
	int fd = tcp(), one = 1;

	must(setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)),
	     "SO_REUSEADDR");
	must(bind(fd, (struct sockaddr *)&sa, sizeof(sa)), "bind");
	must(listen(fd, 64), "listen");
	return fd;
}

/* Each from an address and port of its own: a second SYN would end the first. */
static int call(unsigned int nth)
{
	struct sockaddr_in from = at(INADDR_LOOPBACK + 1 + nth / PORTS_A_SOURCE,
				     FIRST_SOURCE_PORT + nth % PORTS_A_SOURCE);
	struct sockaddr_in to = at(INADDR_LOOPBACK, PORT);
	int fd = tcp();

	must(bind(fd, (struct sockaddr *)&from, sizeof(from)), "bind");
	must(connect(fd, (struct sockaddr *)&to, sizeof(to)), "connect");
	return fd;
}

static void leave_one(int listener, unsigned int nth, bool half)
{
	int client = call(nth), server = accept(listener, NULL, NULL), one = 1;
	char byte;

	must(server, "accept");
	close(server);
	/* Take the FIN, and acknowledge it at once, not 40 ms later. */
	must(recv(client, &byte, 1, 0), "recv");
	setsockopt(client, IPPROTO_TCP, TCP_QUICKACK, &one, sizeof(one));
	if (!half)
		close(client);
}

int main(int argc, char **argv)
{
	struct rlimit files = { 1 << 17, 1 << 17 };
	unsigned int count, i;
	bool half;
	int listener;

	if (argc < 2)
		errx(2, "usage: tw_fill COUNT [half]");
	count = atoi(argv[1]);
	half = argc > 2 && !strcmp(argv[2], "half");
	if (half && setrlimit(RLIMIT_NOFILE, &files))
		err(1, "RLIMIT_NOFILE");
	listener = serve();
	for (i = 0; i < count; i++)
		leave_one(listener, i, half);
	close(listener);
	printf("ready\n");
	fflush(stdout);
	while (getchar() != EOF)
		;
	return 0;
}
