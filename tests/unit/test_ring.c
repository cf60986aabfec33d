// SPDX-License-Identifier: GPL-2.0-only
/* Pages of the ring buffer, drawn by hand. */
#include "cmocka_all.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "ring.h"

#define PAGE	4096
#define HEAD	16
#define MISSED	(1u << 31)
#define STORED	(1u << 30)

static const struct ring_layout layout = {
	.page_size = PAGE, .head_size = HEAD, .long_size = 8,
};

static unsigned char page[PAGE];
static size_t used;
static FILE *file;
static struct ring *ring;

static void begin_page(uint64_t ts)
{
	memset(page, 0, sizeof(page));
	memcpy(page, &ts, sizeof(ts));
	used = 0;
}

/* A record of @words 4-byte words: 27 bits of time, 5 of length. */
static void add_record(uint32_t delta, uint32_t words, uint32_t mark)
{
	uint32_t head = delta << 5 | words;

	memcpy(page + HEAD + used, &head, 4);
	memcpy(page + HEAD + used + 4, &mark, 4);
	used += 4 + 4 * words;
}

static void end_page(uint32_t flags, uint64_t lost)
{
	uint64_t commit = used | flags;

	memcpy(page + 8, &commit, 8);
	if (flags & STORED)
		memcpy(page + HEAD + used, &lost, 8);
	fwrite(page, sizeof(page), 1, file);
}

static int setup(void **state)
{
	(void)state;
	file = tmpfile();
	ring = NULL;
	return !file;
}

static int teardown(void **state)
{
	(void)state;
	ring_free(ring);
	fclose(file);
	return 0;
}

static void start(void)
{
	fflush(file);
	rewind(file);
	ring = ring_new(&layout, dup(fileno(file)));
	assert_non_null(ring);
}

static void expect_record(uint64_t ts, uint32_t mark)
{
	struct ring_item item;
	uint32_t got;

	assert_int_equal(ring_next(ring, &item), 1);
	assert_int_equal(item.lost, 0);
	assert_non_null(item.data);
	memcpy(&got, item.data, 4);
	assert_int_equal(got, mark);
	assert_int_equal(item.ts, ts);
}

static void expect_loss(uint64_t ts, int64_t lost)
{
	struct ring_item item;

	assert_int_equal(ring_next(ring, &item), 1);
	assert_null(item.data);
	assert_true(item.lost == lost);
	assert_int_equal(item.ts, ts);
}

static void expect(int rc)
{
	struct ring_item item;

	assert_int_equal(ring_next(ring, &item), rc);
}

static void records_in_order(void **state)
{
	(void)state;
	begin_page(1000);
	add_record(0, 2, 1);
	add_record(5, 3, 2);
	end_page(0, 0);
	begin_page(2000);
	add_record(1, 1, 3);
	end_page(0, 0);
	start();
	expect_record(1000, 1);
	expect_record(1005, 2);
	expect_record(2001, 3);
	expect(0);
	expect(0);
}

static void losses_stand_where_they_were(void **state)
{
	(void)state;
	begin_page(1000);
	add_record(0, 1, 1);
	end_page(0, 0);
	begin_page(2000);
	add_record(7, 1, 2);
	end_page(MISSED | STORED, 42);
	begin_page(3000);
	add_record(0, 1, 3);
	end_page(MISSED, 0);
	start();
	expect_record(1000, 1);
	expect_loss(2007, 42);
	expect_record(2007, 2);
	expect_loss(3000, -1);
	expect_record(3000, 3);
	expect(0);
}

/* Before a time extension libtraceevent forgets that records were missed. */
static void losses_before_a_time_extension(void **state)
{
	uint32_t extend = 30 | 1 << 5, high = 1;

	(void)state;
	begin_page(1000);
	memcpy(page + HEAD, &extend, 4);
	memcpy(page + HEAD + 4, &high, 4);
	used = 8;
	add_record(2, 1, 1);
	end_page(MISSED | STORED, 9);
	start();
	expect_loss(1003 + (1u << 27), 9);
	expect_record(1003 + (1u << 27), 1);
}

static void empty_pages_are_passed_over(void **state)
{
	(void)state;
	begin_page(1000);
	end_page(0, 0);
	begin_page(2000);
	add_record(0, 1, 1);
	end_page(0, 0);
	start();
	expect_record(2000, 1);
	expect(0);
}

static void damage_is_found(void **state)
{
	(void)state;
	begin_page(1000);
	add_record(0, 1, 1);
	used = PAGE;
	end_page(0, 0);
	start();
	expect(-EBADMSG);
}

static void a_record_beyond_its_page_is_found(void **state)
{
	uint32_t head = 0, length = 8000;

	(void)state;
	begin_page(1000);
	memcpy(page + HEAD, &head, 4);
	memcpy(page + HEAD + 4, &length, 4);
	used = 16;
	end_page(0, 0);
	start();
	expect(-EBADMSG);
}

static void a_page_cut_short(void **state)
{
	(void)state;
	begin_page(1000);
	add_record(0, 1, 1);
	end_page(0, 0);
	fwrite(page, 100, 1, file);
	start();
	expect_record(1000, 1);
	expect(-EIO);
}

static void skipping_forgets_the_page(void **state)
{
	(void)state;
	begin_page(1000);
	add_record(0, 1, 1);
	add_record(0, 1, 2);
	end_page(0, 0);
	start();
	expect_record(1000, 1);
	ring_skip(ring);
	expect(0);
}

static void layouts(void **state)
{
	static const char good[] =
		"\tfield: u64 timestamp;\toffset:0;\tsize:8;\tsigned:0;\n"
		"\tfield: local_t commit;\toffset:8;\tsize:8;\tsigned:1;\n"
		"\tfield: int overwrite;\toffset:8;\tsize:1;\tsigned:1;\n"
		"\tfield: char data;\toffset:16;\tsize:4080;\tsigned:1;\n";
	static const char *const bad[] = {
		"", "local_t commit; offset:8; size:8;",
		"local_t commit; offset:8; size:8; char data; offset:16; size:-1",
		"local_t commit; offset:8; size:3; char data; offset:11; size:4080",
		"local_t commit; offset:8; size:8; char data; offset:16; size:99999999",
	};
	struct ring_layout l;
	size_t i;

	(void)state;
	assert_int_equal(ring_layout_parse(&l, good), 0);
	assert_memory_equal(&l, &layout, sizeof(l));
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(ring_layout_parse(&l, bad[i]), -EINVAL);
}

#define TEST(f)	cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(records_in_order),
		TEST(losses_stand_where_they_were),
		TEST(losses_before_a_time_extension),
		TEST(empty_pages_are_passed_over),
		TEST(damage_is_found),
		TEST(a_record_beyond_its_page_is_found),
		TEST(a_page_cut_short),
		TEST(skipping_forgets_the_page),
		cmocka_unit_test(layouts),
	};

	return cmocka_run_group_tests_name("ring", tests, NULL, NULL);
}
