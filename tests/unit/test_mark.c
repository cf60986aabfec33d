// SPDX-License-Identifier: GPL-2.0-only
/* What `record` writes into the trace_marker comes back unchanged. */
#include "cmocka_all.h"

#include <stdlib.h>
#include <string.h>

#include "mark.h"

static char bytes[MARK_MAX + 64];

/* As the kernel keeps it: terminated, and then whatever was there before. */
static int there_and_back(const struct mark *from, struct mark *to)
{
	size_t n = mark_print(from, bytes);

	assert_true(n <= MARK_MAX);
	memcpy(bytes + n, "\0\n\0", 3);
	return mark_parse(to, bytes, n + 3);
}

static void output_comes_back(void **state)
{
	const struct mark mark = {
		.kind = MARK_OUTPUT,
		.at = 123456789012,
		.value = 123456789000,
		.task = { .pid = 4711, .comm = "a b:c\\\xff\n" },
		.stream = "stderr",
		.more = true,
		.text = "a line: with \0 and \x1b",
		.len = 21,
	};
	struct mark got;

	(void)state;
	assert_int_equal(there_and_back(&mark, &got), 0);
	assert_int_equal(got.kind, MARK_OUTPUT);
	assert_int_equal(got.at, mark.at);
	assert_int_equal(got.value, mark.value);
	assert_int_equal(got.task.pid, 4711);
	assert_string_equal(got.task.comm, mark.task.comm);
	assert_string_equal(got.stream, "stderr");
	assert_true(got.more);
	assert_int_equal(got.len, mark.len);
	assert_memory_equal(got.text, mark.text, mark.len);
}

static void names_of_one_dash_or_none(void **state)
{
	struct mark mark = { .kind = MARK_OWNER, .value = 99 }, got;

	(void)state;
	assert_int_equal(there_and_back(&mark, &got), 0);
	assert_string_equal(got.task.comm, "");
	strcpy(mark.task.comm, "-");
	assert_int_equal(there_and_back(&mark, &got), 0);
	assert_string_equal(got.task.comm, "-");
	assert_int_equal(got.kind, MARK_OWNER);
	assert_int_equal(got.value, 99);
}

static void the_longest_fits(void **state)
{
	char text[MARK_TEXT_MAX + 100];
	struct mark mark = {
		.kind = MARK_OUTPUT,
		.at = UINT64_MAX,
		.value = INT64_MIN,
		.task = { .pid = INT32_MIN },
		.stream = "stdout",
		.more = true,
		.text = text,
		.len = sizeof(text),
	}, got;

	(void)state;
	memset(text, '\n', sizeof(text));
	memset(mark.task.comm, 0xff, sizeof(mark.task.comm) - 1);
	assert_int_equal(there_and_back(&mark, &got), 0);
	assert_int_equal(got.len, MARK_TEXT_MAX);
	assert_string_equal(got.task.comm, mark.task.comm);
	assert_int_equal(got.at, mark.at);
	assert_int_equal(got.value, mark.value);
}

static void others_are_left_alone(void **state)
{
	static const char *const texts[] = {
		"", "hello\n", "reusetrace-view: ", "reusetrace-view: stdout",
		"reusetrace-view: nosuch 1 1 1 0 a: \n",
		"reusetrace-view: stdout 1 1 1 9999 a: x\n",
		"reusetrace-view: stdout 1 1 1 18446744073709551615 a: x\n",
		"reusetrace-view: stdout x 1 1 0 a: \n",
	};
	struct mark got;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		assert_int_not_equal(mark_parse(&got, texts[i],
						strlen(texts[i])), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(output_comes_back),
		cmocka_unit_test(names_of_one_dash_or_none),
		cmocka_unit_test(the_longest_fits),
		cmocka_unit_test(others_are_left_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
