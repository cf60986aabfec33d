// SPDX-License-Identifier: GPL-2.0-only
/* An event that is written into two instances while the viewer begins. */
#include "cmocka_all.h"

#include <string.h>

#include "twin.h"

static struct twin t;

static struct ring_item record(const char *data, uint64_t ts)
{
	return (struct ring_item){
		.ts = ts, .data = (char *)data, .size = strlen(data),
	};
}

static void old(const char *data, uint64_t ts)
{
	const struct ring_item item = record(data, ts);

	twin_old(&t, &item);
}

static void skip_own(const char *data, uint64_t ts)
{
	const struct ring_item item = record(data, ts);

	twin_skip(&t, &item);
}

static bool is_told(const char *data, uint64_t ts)
{
	const struct ring_item item = record(data, ts);

	return twin_is_told(&t, &item);
}

static int nothing_known(void **state)
{
	(void)state;
	memset(&t, 0, sizeof(t));
	return 0;
}

static void the_one_between_is_told_once(void **state)
{
	(void)state;
	old("bind 80", 9);
	assert_true(is_told("bind 80", 11));
}

static void another_one_is_told(void **state)
{
	(void)state;
	assert_false(is_told("bind 80", 11));
	nothing_known(NULL);
	old("bind 80", 9);
	assert_false(is_told("bind 81", 11));
	nothing_known(NULL);
	old("bind 80", 9);
	assert_false(is_told("bind 800", 11));
}

static void only_the_first_can_be_it(void **state)
{
	(void)state;
	old("bind 80", 9);
	assert_true(is_told("bind 80", 11));
	assert_false(is_told("bind 80", 12));
	nothing_known(NULL);
	old("bind 80", 9);
	assert_false(is_told("bind 81", 11));
	assert_false(is_told("bind 80", 12));
}

/* Ours had that one already: this is the next, of the same content. */
static void one_that_ours_has_from_before_is_not_it(void **state)
{
	(void)state;
	old("bind 80", 9);
	skip_own("bind 80", 9);
	assert_false(is_told("bind 80", 11));
	nothing_known(NULL);
	skip_own("bind 80", 7);
	old("bind 80", 9);
	assert_true(is_told("bind 80", 11));
}

static void one_too_large_is_not_compared(void **state)
{
	char data[TWIN_MAX + 2];

	(void)state;
	memset(data, 'x', sizeof(data));
	data[sizeof(data) - 1] = '\0';
	old(data, 9);
	assert_false(is_told(data, 11));
}

#define TEST(name)	cmocka_unit_test_setup(name, nothing_known)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_one_between_is_told_once),
		TEST(another_one_is_told),
		TEST(only_the_first_can_be_it),
		TEST(one_that_ours_has_from_before_is_not_it),
		TEST(one_too_large_is_not_compared),
	};

	return cmocka_run_group_tests_name("twin", tests, NULL, NULL);
}
