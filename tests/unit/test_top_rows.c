// SPDX-License-Identifier: GPL-2.0-only
/* The dashboard's rows, and the table of refusals under them. */
#include "cmocka_all.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "groups.h"
#include "rules.h"
#include "timewaits.h"
#include "top_rows.h"

#define SEC	1000000000ull

static struct model *m;
static struct refusals refusals;
static struct top_rows rows;
static struct top_rows_want want;

static int setup(void **state)
{
	(void)state;
	m = model_new();
	rows.row = calloc(TOP_ROWS_MAX, sizeof(*rows.row));
	refusals.n = 0;
	want = (struct top_rows_want){ .now = 10 * SEC };
	return !m || !rows.row;
}

static int teardown(void **state)
{
	(void)state;
	model_free(m);
	free(rows.row);
	return 0;
}

static void refuse(const char *comm, uint16_t port, uint64_t ts)
{
	struct model_conflict ev = {
		.head = { .port = port, .ts = ts, .proto = "tcp" },
		.sock.addr = { .family = 2, .port = port },
		.rule = "listener-holds-port",
		.op = "bind",
	};

	ev.head.task.pid = 7;
	snprintf(ev.head.task.comm, MODEL_COMM_LEN, "%s", comm);
	refusals_add(&refusals, &ev);
}

static void pick(uint16_t port, uint64_t cookie, int32_t index, uint32_t hash)
{
	struct model_steer ev = {
		.head = { .netns = 1, .proto = "udp" },
		.dst = { .family = 2, .port = port },
		.group = port, .cookie = cookie, .index = index, .size = 2,
		.hash = hash, .via = "hash",
		.owner = { .pid = cookie, .comm = "w" },
	};

	groups_pick(model_groups(m), &ev);
	groups_show(model_groups(m), 1, port, "udp");
}

static void enter(uint64_t cookie, uint16_t port)
{
	struct model_tw ev = {
		.head = { .port = port, .ts = 4 * SEC },
		.cookie = cookie,
		.timeout_ms = 60000,
	};

	timewaits_enter(model_timewaits(m), &ev);
}

static const char *text(size_t i)
{
	return i < rows.n ? rows.row[i].text : "";
}

static void nothing_is_said_to_be_nothing(void **state)
{
	(void)state;
	top_rows_build(&rows, m, &refusals, &want);
	assert_int_equal(rows.n, 6);
	assert_string_equal(text(1), "  none");
	assert_null(rows.row[1].explain);
}

static void headings_explain_their_columns(void **state)
{
	size_t i;

	(void)state;
	top_rows_build(&rows, m, &refusals, &want);
	for (i = 0; i < rows.n; i += 2) {
		assert_non_null(rules_find(rows.row[i].explain));
		assert_int_equal(rows.row[i].color, RENDER_STRONG);
	}
	assert_non_null(strstr(rows.row[0].detail, "queue: "));
	assert_non_null(strstr(rows.row[2].detail, "next gone: "));
	assert_non_null(strstr(rows.row[4].detail, "times: "));
}

static void each_thing_has_a_row(void **state)
{
	(void)state;
	pick(53, 11, 0, 1);
	pick(53, 12, 1, 2);
	pick(53, 12, 1, 3);
	enter(5, 80);
	enter(6, 80);
	refuse("s1", 80, 1);
	refuse("s1", 80, 2);
	top_rows_build(&rows, m, &refusals, &want);
	assert_int_equal(rows.n, 8);
	assert_string_equal(text(1), "  udp port 53, 2 members, 3 picks, even");
	assert_non_null(strstr(text(2), "w[12]"));
	assert_true(rows.row[2].share > 0.66 && rows.row[2].share < 0.67);
	assert_non_null(strstr(text(3), "w[11]"));
	assert_string_equal(text(5), "            80       2       6.0 s      54.0 s      54.0 s");
	assert_string_equal(text(7), "      2 x  s1[7] bind tcp 0.0.0.0:80: a listener holds the port");
	assert_string_equal(rows.row[7].explain, "listener-holds-port");
	want.sort = TOP_ROWS_BY_PORT;
	top_rows_build(&rows, m, &refusals, &want);
	assert_non_null(strstr(text(2), "w[11]"));
}

static void counted_picks_are_not_judged(void **state)
{
	const struct model_picks picks = {
		.head = { .netns = 1, .proto = "tcp", .port = 80 },
		.group = 1, .size = 2, .cookie = 5, .opened = 9,
	};

	(void)state;
	groups_add(model_groups(m), &picks);
	groups_show(model_groups(m), 1, 1, "tcp");
	top_rows_build(&rows, m, &refusals, &want);
	assert_non_null(strstr(text(1), "9 picks, counted"));
	assert_string_equal(rows.row[1].explain, "member");
	assert_non_null(strstr(rows.row[2].detail, "picked 9 of 9 times"));
}

static void one_port_alone(void **state)
{
	(void)state;
	pick(53, 11, 0, 1);
	enter(5, 80);
	refuse("s1", 81, 1);
	want.port = 80;
	top_rows_build(&rows, m, &refusals, &want);
	assert_int_equal(rows.n, 6);
	assert_string_equal(text(1), "  none");
	assert_non_null(strstr(text(3), "80"));
	assert_string_equal(text(5), "  none");
}

static void refusals_are_bounded(void **state)
{
	size_t i;

	(void)state;
	for (i = 1; i <= REFUSALS_MAX + 5; i++)
		refuse("s1", i, i);
	refuse("s2", 6, 1000);
	assert_int_equal(refusals.n, REFUSALS_MAX);
	for (i = 0; i < refusals.n; i++)
		assert_in_range(refusals.at[i].last.head.port, 6,
				REFUSALS_MAX + 5);
}

static void rows_are_bounded(void **state)
{
	uint64_t i;

	(void)state;
	for (i = 1; i < 20000; i++)
		pick(1 + i % 1000, i, i / 1000, i);
	top_rows_build(&rows, m, &refusals, &want);
	assert_int_equal(rows.n, TOP_ROWS_MAX);
}

#define TEST(f)	cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(nothing_is_said_to_be_nothing),
		TEST(headings_explain_their_columns),
		TEST(each_thing_has_a_row),
		TEST(counted_picks_are_not_judged),
		TEST(one_port_alone),
		TEST(refusals_are_bounded),
		TEST(rows_are_bounded),
	};

	return cmocka_run_group_tests_name("top_rows", tests, NULL, NULL);
}
