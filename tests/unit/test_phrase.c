// SPDX-License-Identifier: GPL-2.0-only
/* What phrase.c formats by itself is what the C library would have printed. */
#include "cmocka_all.h"

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "phrase.h"

#define SAME(size, ...) do {						\
	char ours[64], theirs[64];					\
	size_t got = phrase_print(ours, size, __VA_ARGS__);		\
									\
	snprintf(theirs, size, __VA_ARGS__);				\
	assert_string_equal(ours, theirs);				\
	assert_int_equal(got, strlen(theirs));				\
} while (0)

static void numbers_are_printf_s(void **state)
{
	const uint64_t values[] = { 0, 9, 10, 99, 100, 65535, INT_MAX,
				    UINT32_MAX, INT64_MAX, UINT64_MAX };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		SAME(64, "%u|%d|%x", (unsigned int)values[i], (int)values[i],
		     (unsigned int)values[i]);
		SAME(64, "%" PRIu64 "|%" PRId64, values[i], (int64_t)values[i]);
		SAME(64, "%8u|%-8u|%08x|%06" PRIu64, (unsigned int)values[i],
		     (unsigned int)values[i], (unsigned int)values[i],
		     values[i]);
		SAME(64, "%012d|%-12d|%12d", -(int)values[i], -(int)values[i],
		     (int)values[i]);
		SAME(64, "%zu of %lu", (size_t)values[i],
		     (unsigned long)values[i]);
	}
	SAME(64, "%" PRId64, INT64_MIN);
}

static void text_is_printf_s(void **state)
{
	(void)state;
	SAME(64, "%s", "");
	SAME(64, "%s and %s.", "one", "two");
	SAME(64, "%.3s|%.16s|%10s|%-10s|%-10.2s|", "abcdef", "short", "right",
	     "left", "both");
	SAME(64, "%*d|%.*s|%c", 7, 42, 2, "abc", 'x');
}

static void what_does_not_fit_is_cut(void **state)
{
	volatile size_t size;	/* the compiler shall not know that it is cut */

	(void)state;
	for (size = 1; size < 40; size++) {
		SAME(size, "the %s of %d in %06x", "sum", -12345, 0xabc);
		SAME(size, "%20s|%-20s", "right", "left");
	}
}

static void the_rest_is_left_to_printf(void **state)
{
	(void)state;
	SAME(64, "100%% %s", "sure");
	SAME(64, "%d: %.1f %s", 3, 2.5, "after");
	SAME(64, "%+d %5.3u", 3, 7u);
}

static void phrases_grow_up_to_their_end(void **state)
{
	struct phrase p = { "" };
	int i;

	(void)state;
	phrase_add(&p, "%s", "a");
	phrase_add(&p, "%s%u", ", b", 2);
	assert_string_equal(p.text, "a, b2");
	for (i = 0; i < PHRASE_LEN; i++)
		phrase_add(&p, "%d", i);
	assert_int_equal(strlen(p.text), PHRASE_LEN - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_are_printf_s),
		cmocka_unit_test(text_is_printf_s),
		cmocka_unit_test(what_does_not_fit_is_cut),
		cmocka_unit_test(the_rest_is_left_to_printf),
		cmocka_unit_test(phrases_grow_up_to_their_end),
	};

	return cmocka_run_group_tests_name("phrase", tests, NULL, NULL);
}
