/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Is a load spread as a hash spreads it? Pearson's chi-square test over the
 * members of a group. Nothing but arithmetic.
 */
#ifndef REUSETRACE_FAIRNESS_H
#define REUSETRACE_FAIRNESS_H

#include <stddef.h>
#include <stdint.h>

#define FAIRNESS_TEXT_LEN	256
#define FAIRNESS_UNLIKELY	0.01	/* below: no hash does that by chance */

enum fairness_verdict {
	FAIRNESS_NOTHING,	/* fewer than two members, or two clients */
	FAIRNESS_EVEN,		/* as even as the numbers allow, about */
	FAIRNESS_CHANCE,	/* uneven, but what a hash gives */
	FAIRNESS_UNEVEN,	/* more uneven than a hash */
};

/* One member: clients it got, and clients a fair hash would give it. */
struct fairness_cell {
	uint64_t got;
	double expected;
};

struct fairness {
	enum fairness_verdict verdict;
	size_t members;
	uint64_t clients;
	double expected;	/* for a member, on average */
	double spread;		/* the standard deviation a hash gives it */
	uint64_t busiest;
	uint64_t idlest;
	double chi_square;
	size_t degrees;
	double p_value;		/* how often chance is as uneven, or more */
};

/**
 * fairness_judge - compare what members got with what a hash gives
 * @cell: the members; those expected to get nothing are passed over
 * @n: their number
 * @f: set
 */
void fairness_judge(const struct fairness_cell *cell, size_t n,
		    struct fairness *f);

/**
 * fairness_p - the chance of a chi-square at least this large
 * @chi_square: the value
 * @degrees: of freedom, not 0
 */
double fairness_p(double chi_square, size_t degrees);

/**
 * fairness_words - the verdict in one sentence
 * @f: the judgement
 * @text: FAIRNESS_TEXT_LEN bytes
 *
 * Return: @text.
 */
const char *fairness_words(const struct fairness *f, char *text);

/**
 * fairness_name - the verdict in one word
 * @verdict: the verdict
 */
const char *fairness_name(enum fairness_verdict verdict);

#endif
