// SPDX-License-Identifier: GPL-2.0-only
#include "cmocka_all.h"

#include <math.h>
#include <string.h>

#include "fairness.h"

static void assert_near(double got, double want)
{
	if (fabs(got - want) > 1e-6 * fmax(1e-3, fabs(want)))
		fail_msg("%.12g is not %.12g", got, want);
}

/* From R: pchisq(x, df, lower.tail = FALSE). */
static void p_values_are_those_of_the_tables(void **state)
{
	(void)state;
	assert_near(fairness_p(0, 3), 1);
	assert_near(fairness_p(3.841458820694124, 1), 0.05);
	assert_near(fairness_p(6.634896601021214, 1), 0.01);
	assert_near(fairness_p(2, 2), exp(-1));
	assert_near(fairness_p(20, 2), exp(-10));
	assert_near(fairness_p(7.814727903251178, 3), 0.05);
	assert_near(fairness_p(18.307038053275146, 10), 0.05);
	assert_near(fairness_p(124.34211340400407, 100), 0.05);
	assert_near(fairness_p(1073.6426506574246, 999), 0.05);
}

static enum fairness_verdict judge(const uint64_t *got, size_t n,
				   struct fairness *f)
{
	struct fairness_cell cell[64];
	double sum = 0;
	size_t i;

	for (i = 0; i < n; i++)
		sum += got[i];
	for (i = 0; i < n; i++)
		cell[i] = (struct fairness_cell){ got[i], sum / n };
	fairness_judge(cell, n, f);
	return f->verdict;
}

#define JUDGE(f, ...) \
	judge((const uint64_t[]){ __VA_ARGS__ }, \
	      sizeof((const uint64_t[]){ __VA_ARGS__ }) / sizeof(uint64_t), f)

static void verdicts(void **state)
{
	struct fairness f;

	(void)state;
	assert_int_equal(JUDGE(&f, 7), FAIRNESS_NOTHING);
	assert_int_equal(JUDGE(&f, 0, 0), FAIRNESS_NOTHING);
	assert_int_equal(JUDGE(&f, 10, 10, 10), FAIRNESS_EVEN);
	assert_int_equal(JUDGE(&f, 3, 2, 3), FAIRNESS_EVEN);
	assert_int_equal(JUDGE(&f, 1003, 990, 1010), FAIRNESS_EVEN);
	assert_int_equal(JUDGE(&f, 1, 5, 2, 4), FAIRNESS_CHANCE);
	assert_int_equal(JUDGE(&f, 0, 12, 0, 0), FAIRNESS_UNEVEN);
	assert_int_equal(JUDGE(&f, 100, 200), FAIRNESS_UNEVEN);
}

static void the_numbers_are_those_of_the_textbook(void **state)
{
	struct fairness f;

	(void)state;
	JUDGE(&f, 1, 5, 2, 4);
	assert_int_equal(f.members, 4);
	assert_int_equal(f.clients, 12);
	assert_int_equal(f.degrees, 3);
	assert_int_equal(f.busiest, 5);
	assert_int_equal(f.idlest, 1);
	assert_near(f.expected, 3);
	assert_near(f.spread, 1.5);
	assert_near(f.chi_square, 10.0 / 3);
}

static void who_can_expect_nothing_does_not_count(void **state)
{
	const struct fairness_cell cell[] = { { 5, 5 }, { 0, 0 }, { 5, 5 } };
	struct fairness f;

	(void)state;
	fairness_judge(cell, 3, &f);
	assert_int_equal(f.members, 2);
	assert_int_equal(f.idlest, 5);
}

static void one_sentence(void **state)
{
	char text[FAIRNESS_TEXT_LEN];
	struct fairness f;

	(void)state;
	JUDGE(&f, 1, 5, 2, 4);
	assert_string_equal(fairness_words(&f, text), "uneven, but what a hash gives for 12 clients: 3.0 each, give or take 1.5");
	JUDGE(&f, 6, 6);
	assert_string_equal(fairness_words(&f, text), "even, for 12 clients");
	JUDGE(&f, 0, 1000);
	assert_non_null(strstr(fairness_words(&f, text), "less than once in a million times"));
}

/* A fair hash is called uneven about once in a hundred times, as promised. */
static void a_fair_hash_is_seldom_accused(void **state)
{
	unsigned int seed = 7, accused = 0, i, j;
	struct fairness f;

	(void)state;
	for (i = 0; i < 2000; i++) {
		uint64_t got[8] = { 0 };

		for (j = 0; j < 400; j++) {
			seed = seed * 1664525 + 1013904223;
			got[seed >> 29]++;
		}
		accused += judge(got, 8, &f) == FAIRNESS_UNEVEN;
	}
	assert_in_range(accused, 2, 60);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(p_values_are_those_of_the_tables),
		cmocka_unit_test(verdicts),
		cmocka_unit_test(the_numbers_are_those_of_the_textbook),
		cmocka_unit_test(who_can_expect_nothing_does_not_count),
		cmocka_unit_test(one_sentence),
		cmocka_unit_test(a_fair_hash_is_seldom_accused),
	};

	return cmocka_run_group_tests_name("fairness", tests, NULL, NULL);
}
