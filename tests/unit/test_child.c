// SPDX-License-Identifier: GPL-2.0-only
/* Real programs: what they write, when, and how they end. */
#include "cmocka_all.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "child.h"
#include "signals.h"

#define TEXT_MAX	(1 << 20)

static char text[TEXT_MAX];
static size_t len, lines;
static uint64_t first_ts, last_ts, longest;
static int first_pid, pids;

static uint64_t now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000ull + ts.tv_nsec;
}

static void collect(void *ctx, const struct model_output *line)
{
	(void)ctx;
	len += snprintf(text + len, TEXT_MAX - len, "%c%.*s\n",
			!strcmp(line->stream, "stderr") ? 'e' : 'o',
			line->len > 64 ? 64 : (int)line->len, line->line);
	if (!lines++) {
		first_ts = line->ts;
		first_pid = line->task.pid;
	}
	pids += line->task.pid != first_pid;
	last_ts = line->ts;
	if (line->len > longest)
		longest = line->len;
}

static void drain(struct child *c)
{
	uint64_t ts;

	child_tick(c);
	while (child_peek(c, UINT64_MAX, &ts))
		child_take(c, collect, NULL);
}

static int run(const char *script)
{
	char *argv[] = { "/bin/sh", "-c", (char *)script, NULL };
	const struct timespec pause = { .tv_nsec = 5000000 };
	struct child *c;
	int status;

	len = lines = longest = pids = 0;
	text[0] = '\0';
	c = child_start(argv, &status);
	assert_non_null(c);
	while (!child_ended(c, &status)) {
		drain(c);
		nanosleep(&pause, NULL);
	}
	drain(c);
	child_flush(c, collect, NULL);
	child_free(c);
	return status;
}

static void lines_of_both_streams_in_their_order(void **state)
{
	uint64_t before = now();

	(void)state;
	assert_int_equal(run("echo a; echo b >&2; echo c; echo d >&2"), 0);
	assert_string_equal(text, "oa\neb\noc\ned\n");
	assert_true(first_ts >= before && last_ts <= now());
	assert_true(first_ts < last_ts);
}

static void a_line_in_pieces_is_one(void **state)
{
	(void)state;
	run("printf par; echo x >&2; printf 'tial\\nrest'");
	assert_string_equal(text, "ex\nopartial\norest\n");
}

static void the_first_byte_gives_the_time(void **state)
{
	(void)state;
	run("printf a; sleep 0.1; echo b");
	assert_string_equal(text, "oab\n");
	assert_true(now() - first_ts > 90000000);
}

static void empty_lines_and_carriage_returns(void **state)
{
	(void)state;
	run("printf '\\n\\na\\r\\n'");
	assert_string_equal(text, "o\no\noa\n");
}

static void large_writes_arrive_whole(void **state)
{
	(void)state;
	run("head -c 1000000 /dev/zero | tr '\\0' x | fold -w 999 | dd bs=500000 iflag=fullblock 2>/dev/null");
	assert_int_equal(lines, 1002);
	assert_int_equal(longest, 999);
}

static void a_long_line_comes_in_pieces(void **state)
{
	(void)state;
	run("head -c 40000 /dev/zero | tr '\\0' x");
	assert_int_equal(lines, 3);
	assert_int_equal(longest, CHILD_LINE);
}

static void writers_are_told_apart(void **state)
{
	(void)state;
	run("printf a; (printf b; printf 'c\\n'); printf 'd\\n'");
	assert_string_equal(text, "obc\noad\n");
	assert_int_equal(pids, 1);
}

static void exit_statuses(void **state)
{
	(void)state;
	assert_int_equal(run("exit 7"), 7);
	assert_int_equal(run("kill -9 $$"), 137);
	assert_int_equal(run("kill -INT $$"), 130);
}

static void nobody_waits_for_the_background(void **state)
{
	uint64_t before = now();

	(void)state;
	assert_int_equal(run("sleep 5 & echo x; exit 4"), 4);
	assert_string_equal(text, "ox\n");
	assert_true(now() - before < 2000000000);
}

/* The masks a program started here says it has. */
static void read_masks(unsigned long *ignored, unsigned long *blocked)
{
	run("sed -n 's/Sig\\(Ign\\|Blk\\):.//p' /proc/self/status");
	assert_int_equal(sscanf(text, "o%lx\no%lx", blocked, ignored), 2);
}

static void signals_are_as_they_were(void **state)
{
	unsigned long ignored, blocked, ignored_now, blocked_now;

	(void)state;
	read_masks(&ignored, &blocked);
	signals_catch();
	read_masks(&ignored_now, &blocked_now);
	assert_int_equal(ignored_now, ignored);
	assert_int_equal(blocked_now, blocked);
}

static int start_failing(char *name)
{
	char *argv[] = { name, NULL };
	int status;

	assert_null(child_start(argv, &status));
	return status;
}

static void what_cannot_be_run(void **state)
{
	(void)state;
	assert_int_equal(start_failing("/nonexistent"), 127);
	assert_int_equal(start_failing("no-such-command-anywhere"), 127);
	assert_int_equal(start_failing("/etc/passwd"), 126);
	assert_int_equal(start_failing("/"), 126);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_of_both_streams_in_their_order),
		cmocka_unit_test(a_line_in_pieces_is_one),
		cmocka_unit_test(the_first_byte_gives_the_time),
		cmocka_unit_test(empty_lines_and_carriage_returns),
		cmocka_unit_test(large_writes_arrive_whole),
		cmocka_unit_test(a_long_line_comes_in_pieces),
		cmocka_unit_test(writers_are_told_apart),
		cmocka_unit_test(exit_statuses),
		cmocka_unit_test(nobody_waits_for_the_background),
		cmocka_unit_test(signals_are_as_they_were),
		cmocka_unit_test(what_cannot_be_run),
	};

	return cmocka_run_group_tests_name("child", tests, NULL, NULL);
}
