// SPDX-License-Identifier: GPL-2.0-only
#include "cmocka_all.h"

#include <string.h>

#include "model.h"

static struct model *m;

static int setup(void **state)
{
	(void)state;
	m = model_new();
	return !m;
}

static int teardown(void **state)
{
	(void)state;
	model_free(m);
	return 0;
}

static struct model_task task(int pid, const char *comm)
{
	struct model_task t = { .pid = pid };

	strcpy(t.comm, comm);
	return t;
}

static void learn(uint64_t cookie, int pid, const char *comm)
{
	struct model_task t = task(pid, comm);

	model_learn(m, cookie, 1, &t);
}

static void assert_owner(uint64_t cookie, int pid)
{
	struct model_task t = { 0 };

	assert_int_equal(model_owner(m, cookie, &t), pid != 0);
	assert_int_equal(t.pid, pid);
}

static void the_last_known_name_stays(void **state)
{
	struct model_task t = { 0 };

	(void)state;
	assert_owner(5, 0);
	learn(5, 10, "s1");
	learn(5, 11, "s2");
	learn(5, 0, "");
	assert_owner(5, 11);
	model_owner(m, 5, &t);
	assert_string_equal(t.comm, "s2");
}

static void nobody_has_no_cookie(void **state)
{
	(void)state;
	learn(0, 10, "s1");
	assert_owner(0, 0);
}

static void a_pid_can_be_named(void **state)
{
	struct model_task t = { .pid = 10 };

	(void)state;
	learn(1, 10, "s1");
	learn(2, 11, "s2");
	assert_true(model_comm(m, &t));
	assert_string_equal(t.comm, "s1");
	t.pid = 12;
	assert_false(model_comm(m, &t));
}

static void the_longest_unused_is_forgotten(void **state)
{
	uint64_t i;

	(void)state;
	for (i = 1; i <= MODEL_SOCKS; i++)
		learn(i, i, "s");
	assert_owner(1, 1);	/* used: 2 is the oldest now */
	for (i = MODEL_SOCKS + 1; i <= 2 * MODEL_SOCKS - 1; i++)
		learn(i, i, "s");
	assert_owner(1, 1);
	assert_owner(2, 0);
	assert_owner(MODEL_SOCKS, 0);
	assert_owner(2 * MODEL_SOCKS - 1, 2 * MODEL_SOCKS - 1);
}

static void a_control_group_learnt_stays_with_its_process(void **state)
{
	struct model_task t = task(10, "s1");

	(void)state;
	t.cgroup = "/system.slice/s1.service";
	model_learn(m, 5, 1, &t);
	learn(5, 10, "s1");
	model_owner(m, 5, &t);
	assert_string_equal(t.cgroup, "/system.slice/s1.service");
	learn(5, 11, "s1");
	model_owner(m, 5, &t);
	assert_null(t.cgroup);
}

static void a_port_has_its_last_listener(void **state)
{
	struct model_task s1 = task(10, "s1"), s2 = task(11, "s2");
	struct model_task t = { 0 };

	(void)state;
	assert_false(model_listener(m, 1, 80, &t));
	model_listens(m, 1, 80, &s1);
	model_listens(m, 1, 80, &s2);
	model_listens(m, 2, 80, &s1);
	model_listens(m, 1, 0, &s1);
	assert_true(model_listener(m, 1, 80, &t));
	assert_int_equal(t.pid, 11);
	assert_true(model_listener(m, 2, 80, &t));
	assert_int_equal(t.pid, 10);
	assert_false(model_listener(m, 1, 0, &t));
}

static void a_full_table_of_counters_keeps_the_sum(void **state)
{
	const struct model_counters *c = &model_sums(m)->types;
	uint64_t sum = 0;
	char name[8] = "a000";
	size_t i;

	(void)state;
	for (i = 0; i < 2 * MODEL_COUNTERS; i++) {
		name[2] = '0' + i / 10 % 10;
		name[3] = '0' + i % 10;
		name[1] = '0' + i / 100;
		model_count(m, name);
	}
	for (i = 0; i < c->n; i++)
		sum += c->at[i].count;
	assert_int_equal(c->n, MODEL_COUNTERS);
	assert_int_equal(sum, 2 * MODEL_COUNTERS);
}

static void ends_without_a_beginning_are_told_apart(void **state)
{
	const struct model_tw whole = { .reason = "reset", .seen_enter = true };
	const struct model_tw older = { .reason = "reset" };

	(void)state;
	model_count_exit(m, &whole);
	model_count_exit(m, &older);
	assert_int_equal(model_sums(m)->reasons.at[0].count, 2);
	assert_int_equal(model_sums(m)->unseen, 1);
}

static void losses_known_and_unknown(void **state)
{
	struct model_lost ring = { .where = "ring-buffer", .count = 7 };
	struct model_lost probe = { .where = "kprobe", .probe = "f", .count = 2 };
	struct model_lost unknown = { .where = "ring-buffer", .count = -1 };

	(void)state;
	assert_false(model_lossy(m));
	model_lost(m, &unknown);
	assert_true(model_lossy(m));
	assert_int_equal(model_lost_events(m), 0);
	model_lost(m, &ring);
	model_lost(m, &probe);
	assert_int_equal(model_lost_events(m), 7);
	assert_int_equal(model_missed_calls(m), 2);
}

#define TEST(f)	cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_last_known_name_stays),
		TEST(nobody_has_no_cookie),
		TEST(a_pid_can_be_named),
		TEST(the_longest_unused_is_forgotten),
		TEST(a_control_group_learnt_stays_with_its_process),
		TEST(a_port_has_its_last_listener),
		TEST(a_full_table_of_counters_keeps_the_sum),
		TEST(ends_without_a_beginning_are_told_apart),
		TEST(losses_known_and_unknown),
	};

	return cmocka_run_group_tests_name("model", tests, NULL, NULL);
}
