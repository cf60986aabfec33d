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
#include <sys/utsname.h>
#include <unistd.h>

#include "cell.h"
#include "chance.h"
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
	"Usage: matrix [-q|-b COUNT] [-t COUNT] [-s SEED] SERIES TRACEDIR\n"
	"\n"
	"  -q  the short way: less addresses and devices, no minute's wait\n"
	"  -b  shorter: so many times one pair of addresses and devices, by chance\n"
	"  -t  plays of three sockets\n"
	"  -s  where random numbers begin\n";

/* Of the cells whose holder is a TIME_WAIT: those that are tried again. */
struct waiting {
	unsigned int number;
	struct play_result result;
	long until;
};

static struct waiting waiting[WAITING_MAX];
static unsigned int n_waiting;

/* What is asked for. */
static bool quick;
static unsigned int blocks;	/* 0: all */
static unsigned int threes;
static uint64_t seed = 1;

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

static void play_number(unsigned int n)
{
	struct cell cell = cell_from_number(n);

	if (!cell_is_played(&cell) || (quick && !cell_is_quick(&cell)))
		return;
	begin("cell", n);
	play_one(&cell);
	drain_now_and_then();
}

static void play_all(void)
{
	unsigned int i;

	for (i = 0; i < cell_count(); i++)
		play_number(i);
}

/* All that can be had by changing users and options: the fixes are among it. */
static void play_block(struct cell cell)
{
	uint8_t *user = &cell.at[CELL_USER];
	uint8_t *holder_options = &cell.at[CELL_HOLDER_OPTIONS];
	uint8_t *options = &cell.at[CELL_OPTIONS];

	for (*user = 0; *user < cell_values(CELL_USER); ++*user)
		for (*holder_options = 0;
		     *holder_options < cell_values(CELL_HOLDER_OPTIONS);
		     ++*holder_options)
			for (*options = 0; *options < cell_values(CELL_OPTIONS);
			     ++*options)
				play_number(cell_number(&cell));
}

/* Each state and request has its turn, the rest is chance. */
static void play_blocks(void)
{
	const unsigned int ops = cell_values(CELL_OP);
	const unsigned int protos = cell_values(CELL_PROTO);
	unsigned int i, turn;
	struct cell cell;

	for (i = 0, turn = 0; i < blocks; turn++) {
		cell = cell_from_number(chance_below(cell_count()));
		cell.at[CELL_STATE] = turn % CELL_STATES;
		cell.at[CELL_OP] = turn / CELL_STATES % ops;
		cell.at[CELL_PROTO] = turn / CELL_STATES / ops % protos;
		if (cell_exists(&cell)) {
			play_block(cell);
			i++;
		}
	}
}

static void play_waiting(void)
{
	struct waiting *w;
	struct cell cell;

	for (w = waiting; w < waiting + n_waiting; w++) {
		begin("the second try of cell", w->number);
		while (!quick && !blocks && ports_now() < w->until)
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

static void play_threes(const struct model_kernel *kernel)
{
	unsigned int i;

	three_init(kernel);
	for (i = 0; i < threes; i++) {
		begin("three sockets", i);
		three_play(i);
		drain_now_and_then();
	}
}

static void print_head(const struct model_kernel *kernel)
{
	struct utsname name;

	uname(&name);
	printf("kernel\t%s\n", kernel->series);
	printf("release\t%s\n", name.release);
	printf("orphans\t%s\n", kernel->orphan_is_root ? "root" : "same");
	printf("seed\t%lu\n", seed);
	cell_print_dims(stdout);
}

static void play(const struct model_kernel *kernel, const char *dir)
{
	signal(SIGALRM, stuck);
	make_world();
	stay_on_this_cpu();
	sock_init();
	scene_init(kernel);
	drain_open(dir);
	print_head(kernel);
	helper_init();
	chance_init(seed);
	if (blocks)
		play_blocks();
	else
		play_all();
	play_threes(kernel);
	play_waiting();
	drain_now();
}

int main(int argc, char **argv)
{
	const struct model_kernel *kernel = NULL;
	int option;

	while ((option = getopt(argc, argv, "qb:t:s:")) != -1) {
		if (option == 'q')
			quick = true;
		else if (option == 'b')
			blocks = strtoul(optarg, NULL, 10);
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
	play(kernel, argv[optind + 1]);
	return fflush(stdout) || ferror(stdout);
}
