// SPDX-License-Identifier: GPL-2.0-only
/* Objects as jansson wrote them: compact, ASCII, whatever the bytes. */
#include "cmocka_all.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json_put.h"

static struct json object;

static const char *written(void)
{
	static char *text;
	size_t size;
	FILE *f;

	free(text);
	text = NULL;
	f = open_memstream(&text, &size);
	assert_int_equal(json_end(&object, f), 0);
	fclose(f);
	return text;
}

static void values(void **state)
{
	(void)state;
	json_begin(&object);
	json_put_num(&object, "a", 0);
	json_put_num(&object, "b", INT64_MIN);
	json_put_id(&object, "c", 0);
	json_put_id(&object, "d", 7);
	json_put_count(&object, "e", -1);
	json_put_bool(&object, "f", true);
	json_put_if(&object, "g", false);
	json_put_text(&object, "h", "");
	assert_string_equal(written(), "{\"a\":0,\"b\":-9223372036854775808,\"c\":null,\"d\":7,\"e\":null,\"f\":true,\"h\":null}\n");
}

static void lists_and_objects(void **state)
{
	(void)state;
	json_begin(&object);
	json_open_list(&object, "a");
	json_put_num(&object, NULL, 1);
	json_open(&object, NULL);
	json_close(&object);
	json_put_text(&object, NULL, "x{[");
	json_put_text(&object, NULL, "y");
	json_close_list(&object);
	json_open(&object, "b");
	json_put_num(&object, "c", 2);
	json_close(&object);
	json_open_list(&object, "d");
	json_close_list(&object);
	assert_string_equal(written(), "{\"a\":[1,{},\"x{[\",\"y\"],\"b\":{\"c\":2},\"d\":[]}\n");
}

static const char *text_of(const char *bytes, size_t len)
{
	json_begin(&object);
	json_put_bytes(&object, "t", bytes, len);
	return written();
}

static void odd_bytes(void **state)
{
	(void)state;
	assert_string_equal(text_of("", 0), "{\"t\":\"\"}\n");
	assert_string_equal(text_of("a\0b", 3), "{\"t\":\"a\\u0000b\"}\n");
	assert_string_equal(text_of("\"\\/\b\f\n\r\t\x01\x7f", 10),
			    "{\"t\":\"\\\"\\\\/\\b\\f\\n\\r\\t\\u0001\x7f\"}\n");
	assert_string_equal(text_of("\xc3\xa4\xe2\x82\xac", 5),
			    "{\"t\":\"\\u00E4\\u20AC\"}\n");
	assert_string_equal(text_of("\xf0\x9f\x98\x80", 4),
			    "{\"t\":\"\\uD83D\\uDE00\"}\n");
	/* Cut, overlong, a surrogate, beyond the last: each byte for itself. */
	assert_string_equal(text_of("\xe2\x82", 2),
			    "{\"t\":\"\\uFFFD\\uFFFD\"}\n");
	assert_string_equal(text_of("\xc0\xaf", 2),
			    "{\"t\":\"\\uFFFD\\uFFFD\"}\n");
	assert_string_equal(text_of("\xed\xa0\x80", 3),
			    "{\"t\":\"\\uFFFD\\uFFFD\\uFFFD\"}\n");
	assert_string_equal(text_of("\xf5x", 2), "{\"t\":\"\\uFFFDx\"}\n");
}

/* Eight bytes are looked at at once: each byte at each place of them. */
static void every_byte_everywhere(void **state)
{
	char bytes[20], expected[128], one[8];
	int c, at;

	(void)state;
	for (c = 0; c < 256; c++) {
		bytes[0] = c;
		snprintf(expected, sizeof(expected), "%s", text_of(bytes, 1));
		/* What stands between the quotes. */
		snprintf(one, sizeof(one), "%.*s",
			 (int)strlen(expected) - 9, expected + 6);
		for (at = 0; at < (int)sizeof(bytes); at++) {
			memset(bytes, 'x', sizeof(bytes));
			bytes[at] = c;
			snprintf(expected, sizeof(expected),
				 "{\"t\":\"%.*s%s%.*s\"}\n", at,
				 "xxxxxxxxxxxxxxxxxxxx", one,
				 (int)sizeof(bytes) - 1 - at,
				 "xxxxxxxxxxxxxxxxxxxx");
			assert_string_equal(text_of(bytes, sizeof(bytes)),
					    expected);
		}
	}
}

/* Two digits at a time: where their number changes. */
static void every_length(void **state)
{
	char expected[64];
	int64_t power = 1;
	int n, d;

	(void)state;
	for (n = 0; n < 19; n++, power *= n < 19 ? 10 : 1)
		for (d = -1; d <= 1; d++) {
			json_begin(&object);
			json_put_num(&object, "a", power + d);
			json_put_num(&object, "b", -(power + d));
			snprintf(expected, sizeof(expected),
				 "{\"a\":%lld,\"b\":%lld}\n",
				 (long long)(power + d), (long long)-(power + d));
			assert_string_equal(written(), expected);
		}
}

static void reals(void **state)
{
	(void)state;
	json_begin(&object);
	json_put_real(&object, "a", 1);
	json_put_real(&object, "b", 0.1);
	json_put_real(&object, "c", 1e-5);
	json_put_real(&object, "d", 2.5e+20);
	assert_string_equal(written(), "{\"a\":1.0,\"b\":0.1,\"c\":1e-5,\"d\":2.5e20}\n");
}

/* Room is made as it is needed, also for bytes that take six. */
static void large_ones(void **state)
{
	static char bytes[100000];
	const char *text;

	(void)state;
	memset(bytes, 1, sizeof(bytes) - 1);
	text = text_of(bytes, sizeof(bytes) - 1);
	assert_int_equal(strlen(text), strlen("{\"t\":\"\"}\n") +
			 6 * (sizeof(bytes) - 1));
	json_begin(&object);
	json_put_named(&object, bytes + sizeof(bytes) - 2, 1);
	assert_string_equal(written(), "{\"\\u0001\":1}\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values),
		cmocka_unit_test(lists_and_objects),
		cmocka_unit_test(odd_bytes),
		cmocka_unit_test(every_byte_everywhere),
		cmocka_unit_test(every_length),
		cmocka_unit_test(reals),
		cmocka_unit_test(large_ones),
	};

	return cmocka_run_group_tests_name("json_put", tests, NULL, NULL);
}
