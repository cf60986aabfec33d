// SPDX-License-Identifier: GPL-2.0-only
/*
 * Usage: bench-ops [-d] [-n TIMES] [-c CROWD] [-m MEMBERS] OPERATION...
 * A line for each part of each operation: its name and the instructions it took
 * when nothing disturbed it, the clock's own taken off; with -d, disturbed as it
 * is, which is the median. Without an operation: their list.
 */
#include <err.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "ballast.h"
#include "measure.h"
#include "ops.h"

#define TIMES_MAX	10000
#define WARM_UP		10

static uint64_t samples[OPS_PARTS][TIMES_MAX];
static uint64_t (*count_of)(uint64_t *samples, size_t n) = measure_quick;

static const struct op *find(const char *name)
{
	unsigned int i;

	for (i = 0; i < ops_count; i++)
		if (!strcmp(ops[i].parts[0], name))
			return &ops[i];
	errx(2, "there is no operation \"%s\"", name);
}

static void print_parts(const struct op *op, int times, uint64_t clock)
{
	int i;

	for (i = 0; i < OPS_PARTS && op->parts[i]; i++)
		printf("%s\t%" PRIu64 "\n", op->parts[i],
		       count_of(samples[i], times) - clock);
	fflush(stdout);
}

static void run(const struct op *op, int times, uint64_t clock)
{
	uint64_t part[OPS_PARTS];
	int i, p;

	if (op->prepare)
		op->prepare();
	for (i = -WARM_UP; i < times; i++) {
		ballast_shift();
		op->once(part);
		for (p = 0; i >= 0 && p < OPS_PARTS; p++)
			samples[p][i] = part[p];
	}
	if (op->finish)
		op->finish();
	print_parts(op, times, clock);
}

static void list(void)
{
	unsigned int i;

	for (i = 0; i < ops_count; i++)
		printf("%s\t%s\n", ops[i].parts[0], ops[i].help);
}

int main(int argc, char **argv)
{
	struct rlimit files = { 16384, 16384 };
	uint64_t clock = measure_clock();
	int opt, times = 100;

	while ((opt = getopt(argc, argv, "dn:c:m:")) != -1) {
		if (opt == 'd')
			count_of = measure_median;
		else if (opt == 'n')
			times = atoi(optarg);
		else if (opt == 'c')
			ops_crowd = atoi(optarg);
		else if (opt == 'm')
			ops_members = atoi(optarg);
		else
			return 2;
	}
	if (!ops_members || ops_members > OPS_MEMBERS_MAX)
		errx(2, "1 to %d members", OPS_MEMBERS_MAX);
	if (times < 1 || times > TIMES_MAX || ops_crowd > 10000)
		errx(2, "1 to %d times, a crowd of at most 10000", TIMES_MAX);
	setrlimit(RLIMIT_NOFILE, &files);
	if (optind == argc)
		list();
	for (; optind < argc; optind++)
		run(find(argv[optind]), times, clock);
	return 0;
}
