// SPDX-License-Identifier: GPL-2.0-only
#include "cmocka_all.h"

#include <string.h>

#include "timewaits.h"

#define MSEC	1000000ull
#define NETNS	4026531840u

static struct timewaits *t;
static struct model_time_wait found;

static int setup(void **state)
{
	(void)state;
	t = timewaits_new();
	return !t;
}

static int teardown(void **state)
{
	(void)state;
	timewaits_free(t);
	return 0;
}

static struct model_tw event(uint64_t cookie, uint16_t port, uint64_t ms)
{
	return (struct model_tw){
		.head = { .ts = ms * MSEC, .netns = NETNS, .port = port },
		.cookie = cookie,
		.timeout_ms = 60000,
		.lived_ms = -1,
	};
}

static void enter(uint64_t cookie, uint16_t port, uint64_t ms)
{
	struct model_tw ev = event(cookie, port, ms);

	timewaits_enter(t, &ev);
	assert_true(ev.seen_enter);
}

static struct model_tw leave(uint64_t cookie, uint64_t ms)
{
	struct model_tw ev = event(cookie, 0, ms);

	timewaits_exit(t, &ev);
	return ev;
}

static void look(uint16_t port, uint64_t cookie, uint64_t ms)
{
	timewaits_on(t, NETNS, port, cookie, ms * MSEC, &found);
}

static void a_life_has_a_length(void **state)
{
	struct model_tw ev;

	(void)state;
	enter(5, 80, 1000);
	ev = leave(5, 4500);
	assert_true(ev.seen_enter);
	assert_int_equal(ev.lived_ms, 3500);
	ev = leave(5, 5000);
	assert_false(ev.seen_enter);
	assert_int_equal(ev.lived_ms, -1);
}

static void the_owner_is_remembered(void **state)
{
	struct model_tw ev = event(5, 80, 0);

	(void)state;
	ev.owner = (struct model_task){ .pid = 7, .comm = "s1" };
	ev.server = true;
	timewaits_enter(t, &ev);
	ev = leave(5, 10);
	assert_int_equal(ev.owner.pid, 7);
	assert_true(ev.server);
}

static void a_port_knows_how_many_and_for_how_long(void **state)
{
	struct model_tw again = event(6, 80, 30000);

	(void)state;
	look(80, 0, 0);
	assert_int_equal(found.count, 0);
	assert_int_equal(found.left_ms, -1);
	assert_int_equal(found.free_ms, -1);
	enter(5, 80, 1000);
	enter(6, 80, 11000);
	enter(7, 81, 12000);
	look(80, 5, 21000);
	assert_int_equal(found.count, 2);
	assert_int_equal(found.left_ms, 40000);
	assert_int_equal(found.free_ms, 50000);
	assert_int_equal(found.oldest_ms, 20000);
	timewaits_state(t, &again);
	look(80, 5, 31000);
	assert_int_equal(found.left_ms, 30000);
	assert_int_equal(found.free_ms, 59000);
	leave(6, 32000);
	look(80, 5, 32000);
	assert_int_equal(found.count, 1);
}

static void one_whose_end_was_lost_counts_no_more(void **state)
{
	(void)state;
	enter(5, 80, 0);
	look(80, 0, 60000 + TIMEWAITS_LATE_MS - 1);
	assert_int_equal(found.count, 1);
	assert_int_equal(found.free_ms, 0);
	look(80, 0, 60000 + TIMEWAITS_LATE_MS + 1);
	assert_int_equal(found.count, 0);
	assert_int_equal(timewaits_alive(t, 80000 * MSEC), 0);
}

static void one_that_found_no_room_is_not_alive(void **state)
{
	struct model_tw ev = event(5, 80, 0);

	(void)state;
	ev.overflow = true;
	timewaits_enter(t, &ev);
	assert_int_equal(timewaits_alive(t, 0), 0);
}

static void the_table_is_bounded(void **state)
{
	uint64_t i;

	(void)state;
	for (i = 1; i <= TIMEWAITS_MAX + 10; i++)
		enter(i, i % 7, 1);
	assert_int_equal(timewaits_alive(t, MSEC), TIMEWAITS_MAX);
	assert_false(leave(10, 2).seen_enter);
	assert_true(leave(11, 2).seen_enter);
}

static void ports_come_with_most_first(void **state)
{
	struct timewaits_port ports[2];
	uint64_t i;

	(void)state;
	for (i = 1; i <= 6; i++)
		enter(i, i <= 3 ? 90 : i <= 5 ? 80 : 70, 1000 * i);
	assert_int_equal(timewaits_ports(t, 7000 * MSEC, ports, 2), 2);
	assert_int_equal(ports[0].port, 90);
	assert_int_equal(ports[0].count, 3);
	assert_int_equal(ports[0].oldest_ms, 6000);
	assert_int_equal(ports[0].next_ms, 54000);
	assert_int_equal(ports[0].free_ms, 56000);
	assert_int_equal(ports[1].port, 80);
}

#define TEST(f)	cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_life_has_a_length),
		TEST(the_owner_is_remembered),
		TEST(a_port_knows_how_many_and_for_how_long),
		TEST(one_whose_end_was_lost_counts_no_more),
		TEST(one_that_found_no_room_is_not_alive),
		TEST(the_table_is_bounded),
		TEST(ports_come_with_most_first),
	};

	return cmocka_run_group_tests_name("timewaits", tests, NULL, NULL);
}
