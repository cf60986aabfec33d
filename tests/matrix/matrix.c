// SPDX-License-Identifier: GPL-2.0-only
/*
 * Plays the cells of the matrix in a network namespace of its own, prints a line
 * for each and copies the module's events. Needs root, the module, and the kind
 * of device called dummy.
 */
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "cell.h"
#include "drain.h"
#include "helper.h"
#include "play.h"
#include "ports.h"
#include "scene.h"
#include "three.h"

#define DRAIN_EVERY	512

#define WAITING_MAX	65536	/* each has a port */

/* Longer than any wait for a TIME_WAIT's port. */
#define STUCK_S	120

static const char usage[] =
	"Usage: matrix [-q] [-t COUNT -s SEED] SERIES TRACEDIR\n"
	"\n"
	"  -q  the short way: less addresses and devices, no minute's wait\n"
	"  -t  plays of three sockets\n"
	"  -s  where their random numbers begin\n";

/* Of the cells whose holder is a TIME_WAIT: those that are tried again. */
struct waiting {
	unsigned int number;
	struct play_result result;
	long until;
};

static struct waiting waiting[WAITING_MAX];
static unsigned int n_waiting;
static bool quick;

static void die(const char *what)
{
	fprintf(stderr, "matrix: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void set_sysctl(const char *path, const char *value)
{
	FILE *f = fopen(path, "w");

	if (!f || fputs(value, f) < 0 || fclose(f))
		die(path);
}

static void make_world(void)
{
	struct rlimit files = { 1000000, 1000000 };

	if (setrlimit(RLIMIT_NOFILE, &files))
		die("the limit of open files");
	if (unshare(CLONE_NEWNET))
		die("a network namespace");
	if (system("ip link set lo up && ip link add other type dummy && ip link set other up"))
		die("the device \"other\"");
	/* ::1 is not on the other device. */
	set_sysctl("/proc/sys/net/ipv6/ip_nonlocal_bind", "1");
	set_sysctl("/proc/sys/net/ipv4/ip_local_port_range", PORTS_PICKED);
	set_sysctl("/proc/sys/net/ipv4/tcp_max_tw_buckets", "1000000");
}

/* One ring buffer, in order. */
static void stay_on_this_cpu(void)
{
	cpu_set_t cpus;

	CPU_ZERO(&cpus);
	CPU_SET(sched_getcpu(), &cpus);
	if (sched_setaffinity(0, sizeof(cpus), &cpus))
		die("staying on one CPU");
}

/* What is played now, for whoever finds it stuck. */
static const char *kind;
static unsigned int number;

static void stuck(int signal)
{
	(void)signal;
	fprintf(stderr, "matrix: nothing moves in %s %u\n", kind, number);
	_exit(1);
}

static void begin(const char *this_kind, unsigned int this_number)
{
	kind = this_kind;
	number = this_number;
	alarm(STUCK_S);
}

static void drain_now_and_then(void)
{
	static unsigned int n;

	if (!(++n % DRAIN_EVERY))
		drain_now();
}

static void print_result(const char *outcome, const struct play_result *r)
{
	const struct try *tries[] = { &r->first, &r->closed, &r->gone };
	int i;

	printf("%s\t%u\t%u\t%lu\t%lu\t%lu", outcome, number, r->port,
	       r->listener, r->holder, r->requester);
	for (i = 0; i < 3; i++) {
		putchar('\t');
		try_print(tries[i]);
	}
	putchar('\n');
}

static void remember(const struct play_result *result)
{
	if (n_waiting == WAITING_MAX)
		die("too many cells wait");
	ports_hold(result->port);
	waiting[n_waiting++] = (struct waiting){
		.number = number,
		.result = *result,
		.until = ports_now() + PORTS_TIME_WAIT_S,
	};
}

static void play_one(const struct cell *cell)
{
	struct play_result result;

	while (!play_cell(cell, &result))
		print_result("spoilt", &result);
	print_result("cell", &result);
	if (result.waits >= 0)
		remember(&result);
}

static void play_all(void)
{
	struct cell cell;
	unsigned int i;

	for (i = 0; i < cell_count(); i++) {
		cell = cell_from_number(i);
		if (!cell_is_played(&cell) || (quick && !cell_is_quick(&cell)))
			continue;
		begin("cell", i);
		play_one(&cell);
		drain_now_and_then();
	}
}

static void play_waiting(void)
{
	struct waiting *w;
	struct cell cell;

	for (w = waiting; w < waiting + n_waiting; w++) {
		begin("the second try of cell", w->number);
		while (!quick && ports_now() < w->until)
			sleep(1);
		if (ports_now() < w->until)
			return;
		cell = cell_from_number(w->number);
		printf("again\t%u\t%d\n", w->number,
		       play_again(&cell, &w->result));
		close(w->result.waits);
		drain_now_and_then();
	}
}

static void play_threes(const struct model_kernel *kernel, unsigned int count,
			uint64_t seed)
{
	unsigned int i;

	if (!count)
		return;
	printf("seed\t%lu\n", seed);
	three_init(kernel, seed);
	for (i = 0; i < count; i++) {
		begin("three sockets", i);
		three_play(i);
		drain_now_and_then();
	}
}

static void play(const struct model_kernel *kernel, const char *dir,
		 unsigned int threes, uint64_t seed)
{
	signal(SIGALRM, stuck);
	make_world();
	stay_on_this_cpu();
	sock_init();
	scene_init(kernel);
	drain_open(dir);
	printf("kernel\t%s\n", kernel->series);
	printf("orphans\t%s\n", kernel->orphan_is_root ? "root" : "same");
	cell_print_dims(stdout);
	helper_init();
	play_all();
	play_threes(kernel, threes, seed);
	play_waiting();
	drain_now();
}

int main(int argc, char **argv)
{
	const struct model_kernel *kernel = NULL;
	unsigned int threes = 0;
	uint64_t seed = 1;
	int option;

	while ((option = getopt(argc, argv, "qt:s:")) != -1) {
		if (option == 'q')
			quick = true;
		else if (option == 't')
			threes = strtoul(optarg, NULL, 10);
		else if (option == 's')
			seed = strtoull(optarg, NULL, 10);
	}
	if (argc - optind == 2)
		kernel = model_kernel_find(argv[optind]);
	if (!kernel || !seed) {
		fputs(usage, stderr);
		return 2;
	}
	play(kernel, argv[optind + 1], threes, seed);
	return fflush(stdout) || ferror(stdout);
}
