// SPDX-License-Identifier: GPL-2.0-only
/* A format, the bytes of a record, what they mean. */
#include "cmocka_all.h"

#include <errno.h>
#include <string.h>

#include "decode.h"

#define COMMON \
	"\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;\n" \
	"\tfield:unsigned char common_flags;\toffset:2;\tsize:1;\tsigned:0;\n" \
	"\tfield:unsigned char common_preempt_count;\toffset:3;\tsize:1;\tsigned:0;\n" \
	"\tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;\n\n"

static const char format[] =
	"name: sample\nID: 700\nformat:\n" COMMON
	"\tfield:__u64 cookie;\toffset:8;\tsize:8;\tsigned:0;\n"
	"\tfield:__s32 result;\toffset:16;\tsize:4;\tsigned:1;\n"
	"\tfield:__u16 port;\toffset:20;\tsize:2;\tsigned:0;\n"
	"\tfield:__u8 op;\toffset:22;\tsize:1;\tsigned:0;\n"
	"\tfield:__u8 blocked;\toffset:23;\tsize:1;\tsigned:0;\n"
	"\tfield:__s8 small;\toffset:24;\tsize:1;\tsigned:1;\n"
	"\tfield:char comm[16];\toffset:25;\tsize:16;\tsigned:1;\n"
	"\tfield:__u8 addr[28];\toffset:41;\tsize:28;\tsigned:0;\n"
	"\nprint fmt: \"%s op=%s result=%s blocked=%s %pISpc\", REC->comm, "
	"__print_symbolic((int)REC->op, { 0, \"bind\" }, { 1, \"listen\" }), "
	"__print_symbolic(REC->result, { 0, \"ok\" }, { -1, \"EPERM\" }, "
	"{ -98, \"EADDRINUSE\" }), "
	"__print_flags(REC->blocked, \",\", { 1, \"one\" }, { 0x2, \"two\" }, "
	"{ 4, \"four\" }), REC->addr\n";

static const unsigned char bytes[] = {
	/* common_type 700, flags, preempt count, pid 300 */
	0xbc, 0x02, 0x10, 0x00, 0x2c, 0x01, 0x00, 0x00,
	/* cookie 2^63 + 5 */
	0x05, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x80,
	/* result -98, port 9527, op 1, blocked 1 | 4, small -3 */
	0x9e, 0xff, 0xff, 0xff, 0x37, 0x25, 0x01, 0x05, 0xfd,
	/* comm */
	's', 'e', 'r', 'v', 'e', 'r', 0, 'x', 0, 0, 0, 0, 0, 0, 0, 0,
	/* addr: AF_INET, port 9527 in network order, 127.0.0.1 */
	0x02, 0x00, 0x25, 0x37, 0x7f, 0x00, 0x00, 0x01,
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
};

static struct decode *d;
static unsigned char data[sizeof(bytes)];
static struct decode_record rec;

static int setup(void **state)
{
	(void)state;
	d = decode_new();
	memcpy(data, bytes, sizeof(data));
	rec = (struct decode_record){
		.ts = 1, .cpu = 0, .data = data, .size = sizeof(data),
	};
	return decode_add_format(d, "test", format, sizeof(format) - 1) ||
	       decode_record(d, &rec);
}

static int teardown(void **state)
{
	(void)state;
	decode_free(d);
	return 0;
}

static void numbers_keep_sign_and_size(void **state)
{
	int64_t value;

	(void)state;
	assert_int_equal(decode_num(&rec, "cookie", &value), 0);
	assert_true((uint64_t)value == 0x8000000000000005ull);
	assert_int_equal(decode_num(&rec, "result", &value), 0);
	assert_true(value == -98);
	assert_int_equal(decode_num(&rec, "small", &value), 0);
	assert_true(value == -3);
	assert_int_equal(decode_num(&rec, "port", &value), 0);
	assert_true(value == 9527);
	assert_int_equal(decode_num(&rec, "common_pid", &value), 0);
	assert_true(value == 300);
}

static void what_is_missing_is_said_to_be(void **state)
{
	struct model_names names;
	char text[MODEL_NAME_LEN];
	int64_t value = 77;
	size_t size;

	(void)state;
	assert_int_equal(decode_num(&rec, "nosuch", &value), -ENOENT);
	assert_true(value == 77);
	assert_int_equal(decode_symbol(&rec, "nosuch", text), -ENOENT);
	assert_int_equal(decode_flags(&rec, "nosuch", &names), -ENOENT);
	assert_int_equal(decode_str(&rec, "nosuch", text, sizeof(text)),
			 -ENOENT);
	assert_null(decode_raw(&rec, "nosuch", &size));
	assert_false(decode_has(rec.event, "nosuch"));
	assert_true(decode_has(rec.event, "op"));
}

static void a_short_record_lacks_its_end(void **state)
{
	int64_t value;

	(void)state;
	rec.size = 19;
	assert_int_equal(decode_num(&rec, "cookie", &value), 0);
	assert_int_equal(decode_num(&rec, "result", &value), -ENOENT);
	assert_int_equal(decode_num(&rec, "op", &value), -ENOENT);
	rec.size = 1;
	assert_int_equal(decode_record(d, &rec), -EINVAL);
}

static void symbols_come_from_the_print_format(void **state)
{
	char name[MODEL_NAME_LEN];

	(void)state;
	assert_int_equal(decode_symbol(&rec, "op", name), 0);
	assert_string_equal(name, "listen");
	/* libtraceevent's own printing takes every negative symbol for -1. */
	assert_int_equal(decode_symbol(&rec, "result", name), 0);
	assert_string_equal(name, "EADDRINUSE");
	data[16] = 0x9d;
	assert_int_equal(decode_symbol(&rec, "result", name), -ERANGE);
	assert_string_equal(name, "-99");
}

static void flags_by_name_and_the_rest_by_number(void **state)
{
	struct model_names names;

	(void)state;
	assert_int_equal(decode_flags(&rec, "blocked", &names), 0);
	assert_int_equal(names.n, 2);
	assert_string_equal(names.name[0], "one");
	assert_string_equal(names.name[1], "four");
	data[23] = 0x42;
	assert_int_equal(decode_flags(&rec, "blocked", &names), 0);
	assert_int_equal(names.n, 2);
	assert_string_equal(names.name[0], "two");
	assert_string_equal(names.name[1], "0x40");
	data[23] = 0;
	assert_int_equal(decode_flags(&rec, "blocked", &names), 0);
	assert_int_equal(names.n, 0);
}

static void strings_end_where_they_end(void **state)
{
	char text[8];

	(void)state;
	assert_int_equal(decode_str(&rec, "comm", text, sizeof(text)), 0);
	assert_string_equal(text, "server");
	memset(data + 25, 'a', 16);
	assert_int_equal(decode_str(&rec, "comm", text, sizeof(text)), 0);
	assert_string_equal(text, "aaaaaaa");
}

static void the_kernels_own_text(void **state)
{
	char text[256];

	(void)state;
	decode_text(&rec, text, sizeof(text));
	assert_non_null(strstr(text, "server op=listen"));
	assert_non_null(strstr(text, "blocked=one,four 127.0.0.1:9527"));
}

static void context(void **state)
{
	(void)state;
	assert_true(decode_in_softirq(&rec));
	data[2] = 0x01;
	assert_false(decode_in_softirq(&rec));
}

static void unknown_and_broken_formats(void **state)
{
	(void)state;
	data[0] = 0;
	assert_int_equal(decode_record(d, &rec), -ENOENT);
	assert_null(rec.event);
	assert_null(decode_find(d, "nosuch"));
	assert_string_equal(decode_name(decode_find(d, "sample")), "sample");
	assert_int_equal(decode_add_format(d, "test", "nonsense", 8), -EINVAL);
	assert_int_equal(decode_add_format(d, "test", "", 0), -EINVAL);
}

#define TEST(f)	cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(numbers_keep_sign_and_size),
		TEST(what_is_missing_is_said_to_be),
		TEST(a_short_record_lacks_its_end),
		TEST(symbols_come_from_the_print_format),
		TEST(flags_by_name_and_the_rest_by_number),
		TEST(strings_end_where_they_end),
		TEST(the_kernels_own_text),
		TEST(context),
		TEST(unknown_and_broken_formats),
	};

	return cmocka_run_group_tests_name("decode", tests, NULL, NULL);
}
