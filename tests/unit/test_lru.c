// SPDX-License-Identifier: GPL-2.0-only
#include "cmocka_all.h"

#include "lru.h"

#define CAPACITY	100

static struct lru *l;

static int setup(void **state)
{
	(void)state;
	l = lru_new(CAPACITY);
	return !l;
}

static int teardown(void **state)
{
	(void)state;
	lru_free(l);
	return 0;
}

static void fill(uint64_t from, uint64_t n)
{
	uint64_t key;

	for (key = from; key < from + n; key++)
		lru_add(l, key);
}

static void each_key_has_a_place_of_its_own(void **state)
{
	bool taken[CAPACITY] = { false };
	uint64_t key;
	uint32_t at;

	(void)state;
	assert_int_equal(lru_find(l, 0), LRU_NONE);
	fill(0, CAPACITY);
	for (key = 0; key < CAPACITY; key++) {
		at = lru_find(l, key);
		assert_in_range(at, 0, CAPACITY - 1);
		assert_false(taken[at]);
		taken[at] = true;
	}
}

static void the_longest_unused_makes_room(void **state)
{
	(void)state;
	fill(0, CAPACITY - 1);
	assert_int_equal(lru_victim(l), LRU_NONE);
	fill(CAPACITY - 1, 1);
	lru_touch(l, lru_find(l, 0));
	assert_int_equal(lru_victim(l), lru_find(l, 1));
	fill(1000, 1);
	assert_int_equal(lru_find(l, 1), LRU_NONE);
	assert_int_not_equal(lru_find(l, 0), LRU_NONE);
	assert_int_equal(lru_newest(l), lru_find(l, 1000));
	assert_int_equal(lru_older(l, lru_newest(l)), lru_find(l, 0));
}

static void a_removed_place_is_used_again(void **state)
{
	uint32_t at;

	(void)state;
	fill(0, CAPACITY);
	at = lru_find(l, 50);
	lru_remove(l, at);
	assert_int_equal(lru_find(l, 50), LRU_NONE);
	assert_int_equal(lru_victim(l), LRU_NONE);
	assert_int_equal(lru_add(l, 2000), at);
	assert_int_equal(lru_victim(l), lru_find(l, 0));
}

static void another_key_keeps_place_and_age(void **state)
{
	uint32_t at;

	(void)state;
	fill(0, 3);
	at = lru_find(l, 1);
	lru_rekey(l, at, 77);
	assert_int_equal(lru_find(l, 77), at);
	assert_int_equal(lru_find(l, 1), LRU_NONE);
	assert_int_equal(lru_older(l, lru_newest(l)), at);
}

/* Against a plain list, with keys that collide. */
static void agrees_with_a_plain_list(void **state)
{
	uint64_t list[CAPACITY], key;
	size_t n = 0, i, j;
	unsigned int seed = 1;
	uint32_t at;

	(void)state;
	for (i = 0; i < 20000; i++) {
		key = (seed = seed * 1103515245 + 12345) >> 16 & 0xff;
		for (j = 0; j < n && list[j] != key; j++)
			;
		at = lru_find(l, key);
		assert_int_equal(at == LRU_NONE, j == n);
		if (j == n && n < CAPACITY)
			n++;
		else if (j == n)
			j--;
		if (at == LRU_NONE)
			lru_add(l, key);
		else
			lru_touch(l, at);
		j = j < n ? j : n - 1;
		for (; j; j--)
			list[j] = list[j - 1];
		list[0] = key;
	}
	at = lru_newest(l);
	for (j = 0; j < n; j++, at = lru_older(l, at))
		assert_int_equal(at, lru_find(l, list[j]));
	assert_int_equal(at, LRU_NONE);
}

#define TEST(f)	cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(each_key_has_a_place_of_its_own),
		TEST(the_longest_unused_makes_room),
		TEST(a_removed_place_is_used_again),
		TEST(another_key_keeps_place_and_age),
		TEST(agrees_with_a_plain_list),
	};

	return cmocka_run_group_tests_name("lru", tests, NULL, NULL);
}
