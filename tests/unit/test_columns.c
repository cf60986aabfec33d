// SPDX-License-Identifier: GPL-2.0-only
#include "cmocka_all.h"

#include <stdlib.h>
#include <string.h>

#include "columns.h"

/* All lines, each with | at its end. */
static const char *broken(const char *text, size_t width)
{
	static char all[4096];
	struct columns c = { .rest = text };
	char line[COLUMNS_LINE_LEN];
	size_t columns;

	all[0] = '\0';
	while (columns_next(&c, width, line, &columns)) {
		assert_in_range(columns, 0, width);
		strcat(all, line);
		strcat(all, "|");
	}
	return all;
}

static void lines_break_at_spaces(void **state)
{
	(void)state;
	assert_string_equal(broken("", 20), "");
	assert_string_equal(broken("a bc", 20), "a bc|");
	assert_string_equal(broken("one two three four five", 12),
			    "one two|    three|    four|    five|");
	assert_string_equal(broken("a\nb\n", 20), "a|b|");
	assert_string_equal(broken("a    b", 20), "a b|");
}

static void a_word_that_is_too_long_is_cut(void **state)
{
	(void)state;
	assert_string_equal(broken("abcdefghijkl", 8), "abcdefgh|    ijkl|");
	assert_string_equal(broken("a bcdefghijklmn", 8),
			    "a|    bcde|    fghi|    jklm|    n|");
}

static void the_indent_stays(void **state)
{
	(void)state;
	assert_string_equal(broken("    one two three", 17),
			    "    one two three|");
	assert_string_equal(broken("    one two three", 16),
			    "    one two|        three|");
}

static void a_colour_goes_on_in_the_next_line(void **state)
{
	(void)state;
	assert_string_equal(broken("\033[31mone two\033[0m six", 9),
			    "\033[31mone two\033[0m|    six|");
	assert_string_equal(broken("\033[31mlonger words\033[0m", 10),
			    "\033[31mlonger\033[0m|    \033[31mwords\033[0m|");
}

static void letters_of_several_bytes_are_one_column(void **state)
{
	struct columns c = { .rest = "äöü" };
	char line[COLUMNS_LINE_LEN];
	size_t columns;

	(void)state;
	assert_true(columns_next(&c, 20, line, &columns));
	assert_int_equal(columns, 3);
}

static void commands_to_the_terminal_are_taken_out(void **state)
{
	char text[32];

	(void)state;
	columns_plain("\033[1;31mred\033[0m\tx\033[2J\r", 21, text, sizeof(text));
	assert_string_equal(text, "red x?[2J?");
	columns_plain("abcdef", 6, text, 4);
	assert_string_equal(text, "abc");
	columns_plain("\033[", 2, text, sizeof(text));
	assert_string_equal(text, "?[");
}

/* Never longer than allowed, never without an end, whatever comes. */
static void anything_can_be_broken(void **state)
{
	char text[200], line[COLUMNS_LINE_LEN];
	unsigned int seed = 3, i, j;
	size_t columns, n;

	(void)state;
	for (i = 0; i < 5000; i++) {
		for (j = 0; j < sizeof(text) - 1; j++) {
			seed = seed * 1664525 + 1013904223;
			text[j] = " \n\033[31m;abc\xc3\xa4"[(seed >> 20) % 14];
			if (!text[j])
				text[j] = 'x';
		}
		text[j] = '\0';
		struct columns c = { .rest = text };

		for (n = 0; columns_next(&c, 8 + i % 60, line, &columns); n++)
			assert_in_range(columns, 0, 8 + i % 60);
		assert_in_range(n, 1, sizeof(text));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_break_at_spaces),
		cmocka_unit_test(a_word_that_is_too_long_is_cut),
		cmocka_unit_test(the_indent_stays),
		cmocka_unit_test(a_colour_goes_on_in_the_next_line),
		cmocka_unit_test(letters_of_several_bytes_are_one_column),
		cmocka_unit_test(commands_to_the_terminal_are_taken_out),
		cmocka_unit_test(anything_can_be_broken),
	};

	return cmocka_run_group_tests_name("columns", tests, NULL, NULL);
}
