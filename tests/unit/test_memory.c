// SPDX-License-Identifier: GPL-2.0-only
/* What the viewer remembers is bounded: Documentation/architecture.md says by what. */
#include "cmocka_all.h"

#include <string.h>
#include <sys/resource.h>

#include "groups.h"
#include "model.h"
#include "timewaits.h"

#define BOUND_KB	(24 * 1024)	/* this program and cmocka included */
#define GROWTH_KB	512		/* of the C library's own */
#define MANY		200000		/* more than any table holds */

static long peak_kb(void)
{
	struct rusage usage;

	assert_int_equal(getrusage(RUSAGE_SELF, &usage), 0);
	return usage.ru_maxrss;
}

/* Each of them somebody and somewhere else. */
static void fill(struct model *m, uint64_t from)
{
	struct model_task task = { .pid = 1, .comm = "x" };
	struct model_steer pick = {
		.head = { .proto = "udp" },
		.size = 4,
		.via = "hash",
	};
	struct model_tw tw = { .timeout_ms = 60000 };
	uint64_t i;

	for (i = from; i < from + MANY; i++) {
		model_learn(m, i + 1, i + 1, &task);
		model_listens(m, i >> 8, i | 1, &task);
		pick.head.netns = i % (2 * GROUPS_MAX);
		pick.dst.port = 80;
		pick.cookie = i + 1;
		pick.hash = i;
		groups_pick(model_groups(m), &pick);
		tw.cookie = i + 1;
		tw.head.port = i;
		timewaits_enter(model_timewaits(m), &tw);
	}
}

static void more_of_everything_takes_no_more_memory(void **state)
{
	struct model *m = model_new();
	long full;

	(void)state;
	assert_non_null(m);
	fill(m, 0);
	full = peak_kb();
	fill(m, MANY);
	fill(m, 2 * MANY);
	assert_in_range(peak_kb() - full, 0, GROWTH_KB);
#ifndef __SANITIZE_ADDRESS__
	assert_in_range(full, 1, BOUND_KB);
#endif
	model_free(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(more_of_everything_takes_no_more_memory),
	};

	return cmocka_run_group_tests_name("memory", tests, NULL, NULL);
}
