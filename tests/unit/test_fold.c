// SPDX-License-Identifier: GPL-2.0-only
#include "cmocka_all.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fold.h"

static void assert_folds(const char *text, size_t width, const char *expected)
{
	char *all;
	size_t size;
	FILE *f = open_memstream(&all, &size);

	fold_put(f, text, strlen(text), width);
	fclose(f);
	assert_string_equal(all, expected);
	free(all);
}

static void what_fits_stays_as_it_is(void **state)
{
	(void)state;
	assert_folds("", 20, "");
	assert_folds("a   b\n\n  c\n", 20, "a   b\n\n  c\n");
	assert_folds("\033[1mlonger words\033[0m\n", 12, "\033[1mlonger words\033[0m\n");
}

static void what_does_not_is_broken_at_words(void **state)
{
	(void)state;
	assert_folds("a   b\n  one two three\nc\n", 12,
		     "a   b\n  one two\n      three\nc\n");
}

static void only_so_much_is_read(void **state)
{
	char text[] = "one\ntwo, which was there before";
	char *all;
	size_t size;
	FILE *f = open_memstream(&all, &size);

	(void)state;
	fold_put(f, text, 4, 20);
	fclose(f);
	assert_string_equal(all, "one\n");
	free(all);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_fits_stays_as_it_is),
		cmocka_unit_test(what_does_not_is_broken_at_words),
		cmocka_unit_test(only_so_much_is_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
