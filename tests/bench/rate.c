// SPDX-License-Identifier: GPL-2.0-only
/*
 * Usage: rate EVENTS_A_SECOND SECONDS
 * Sends that many datagrams to a group of four on loopback, some each
 * millisecond, each of them a pick. Before all others on its CPU: what comes
 * from the network does not wait for who reads of it. Prints how many were sent,
 * the nanoseconds that took, and those of them on the CPU.
 */
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <inttypes.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#define PORT		7001
#define MEMBERS		4
#define SENDERS		64
#define ROUND_NS	1000000u
#define SECOND_NS	1000000000u
#define BURST_MAX	1024

static struct mmsghdr messages[BURST_MAX];
static struct iovec byte = { .iov_base = "x", .iov_len = 1 };

static int must(int ret, const char *what)
{
	if (ret < 0)
		err(1, "%s", what);
	return ret;
}

static uint64_t now(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (uint64_t)t.tv_sec * SECOND_NS + t.tv_nsec;
}

static void sleep_until(uint64_t ns)
{
	struct timespec t = {
		.tv_sec = ns / SECOND_NS,
		.tv_nsec = ns % SECOND_NS,
	};

	clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL);
}

static int udp(void)
{
	return must(socket(AF_INET, SOCK_DGRAM, 0), "socket");
}

/* Nobody reads there: a member that is full was picked all the same. */
static void join(const struct sockaddr *at, socklen_t len)
{
	int fd = udp(), one = 1;

	must(setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &one, sizeof(one)),
	     "SO_REUSEPORT");
	must(bind(fd, at, len), "bind");
}

static void send_burst(int fd, unsigned int n)
{
	if (must(sendmmsg(fd, messages, n, 0), "sendmmsg") != (int)n)
		errx(1, "a datagram was not sent");
}

/* As many by each round as belong there; the senders take turns. */
static void play(const int *fd, uint64_t rate, uint64_t count)
{
	uint64_t start = now(CLOCK_MONOTONIC), sent = 0, round, due;

	for (round = 1; sent < count; round++) {
		due = round * ROUND_NS * rate / SECOND_NS;
		if (due > count)
			due = count;
		send_burst(fd[round % SENDERS], due - sent);
		sent = due;
		sleep_until(start + round * ROUND_NS);
	}
}

int main(int argc, char **argv)
{
	struct sockaddr_in sa = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
		.sin_port = htons(PORT),
	};
	struct sched_param first = { .sched_priority = 1 };
	const struct sockaddr *at = (const struct sockaddr *)&sa;
	uint64_t rate, count, start, ran;
	int fd[SENDERS], i;

	rate = argc == 3 ? strtoull(argv[1], NULL, 10) : 0;
	if (!rate || rate / (SECOND_NS / ROUND_NS) >= BURST_MAX)
		errx(2, "usage: rate EVENTS_A_SECOND SECONDS; below a million");
	count = rate * strtoull(argv[2], NULL, 10);
	for (i = 0; i < MEMBERS; i++)
		join(at, sizeof(sa));
	for (i = 0; i < SENDERS; i++) {
		fd[i] = udp();
		must(connect(fd[i], at, sizeof(sa)), "connect");
	}
	for (i = 0; i < BURST_MAX; i++) {
		messages[i].msg_hdr.msg_iov = &byte;
		messages[i].msg_hdr.msg_iovlen = 1;
	}
	must(sched_setscheduler(0, SCHED_FIFO, &first), "SCHED_FIFO");
	start = now(CLOCK_MONOTONIC);
	ran = now(CLOCK_PROCESS_CPUTIME_ID);
	play(fd, rate, count);
	printf("%" PRIu64 "\t%" PRIu64 "\t%" PRIu64 "\n", count,
	       now(CLOCK_MONOTONIC) - start,
	       now(CLOCK_PROCESS_CPUTIME_ID) - ran);
	return 0;
}
