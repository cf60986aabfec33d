// SPDX-License-Identifier: GPL-2.0-only
#include "fairness.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#define STEPS_MAX	10000
#define PRECISION	1e-12
#define TINY		1e-300
#define EVEN_WITHIN	0.05	/* of what was expected */

/* The lower incomplete gamma function as a series: for small @x. */
static double lower_series(double a, double x)
{
	double term = 1 / a, sum = term;
	int i;

	for (i = 1; i < STEPS_MAX && fabs(term) > fabs(sum) * PRECISION; i++) {
		term *= x / (a + i);
		sum += term;
	}
	return sum * exp(a * log(x) - x - lgamma(a));
}

static double away_from_zero(double value)
{
	return fabs(value) < TINY ? TINY : value;
}

/* The upper one as a continued fraction, by Lentz's method: for large @x. */
static double upper_fraction(double a, double x)
{
	double b = x + 1 - a, c = 1 / TINY, d = 1 / away_from_zero(b), h = d;
	double an, delta = 0;
	int i;

	for (i = 1; i < STEPS_MAX && fabs(delta - 1) > PRECISION; i++) {
		an = -i * (i - a);
		b += 2;
		d = 1 / away_from_zero(an * d + b);
		c = away_from_zero(b + an / c);
		delta = c * d;
		h *= delta;
	}
	return h * exp(a * log(x) - x - lgamma(a));
}

double fairness_p(double chi_square, size_t degrees)
{
	double a = degrees / 2.0, x = chi_square / 2;

	if (x <= 0)
		return 1;
	return x < a + 1 ? 1 - lower_series(a, x) : upper_fraction(a, x);
}

static void add_cell(struct fairness *f, const struct fairness_cell *cell)
{
	double off = cell->got - cell->expected;

	if (!f->members || cell->got < f->idlest)
		f->idlest = cell->got;
	if (cell->got > f->busiest)
		f->busiest = cell->got;
	f->members++;
	f->clients += cell->got;
	f->expected += cell->expected;
	f->chi_square += off * off / cell->expected;
}

/* Not evener than whole clients allow, or nearly. */
static int is_even(const struct fairness_cell *cell, size_t n)
{
	double off;
	size_t i;

	for (i = 0; i < n; i++) {
		off = fabs(cell[i].got - cell[i].expected);
		if (cell[i].expected > 0 && off >= 1 &&
		    off > EVEN_WITHIN * cell[i].expected)
			return 0;
	}
	return 1;
}

void fairness_judge(const struct fairness_cell *cell, size_t n,
		    struct fairness *f)
{
	double part;
	size_t i;

	*f = (struct fairness){ .p_value = 1 };
	for (i = 0; i < n; i++)
		if (cell[i].expected > 0)
			add_cell(f, &cell[i]);
	if (f->members < 2 || f->clients < 2)
		return;
	part = 1.0 / f->members;
	f->expected /= f->members;
	f->spread = sqrt(f->clients * part * (1 - part));
	f->degrees = f->members - 1;
	f->p_value = fairness_p(f->chi_square, f->degrees);
	if (f->p_value < FAIRNESS_UNLIKELY)
		f->verdict = FAIRNESS_UNEVEN;
	else
		f->verdict = is_even(cell, n) ? FAIRNESS_EVEN : FAIRNESS_CHANCE;
}

static void put_chance(const struct fairness *f, char *text, size_t size)
{
	double once_in = f->p_value > 0 ? 1 / f->p_value : INFINITY;

	if (once_in < 1e6)
		snprintf(text, size, "once in %.0f times", once_in);
	else
		snprintf(text, size, "less than once in a million times");
}

const char *fairness_words(const struct fairness *f, char *text)
{
	const char *plural = f->clients == 1 ? "" : "s";
	char chance[48];

	switch (f->verdict) {
	case FAIRNESS_NOTHING:
		snprintf(text, FAIRNESS_TEXT_LEN, "%s",
			 f->members > 1 && f->clients ?
			 "one client: a hash sends all it sends to one member" :
			 "nothing to compare");
		break;
	case FAIRNESS_EVEN:
		snprintf(text, FAIRNESS_TEXT_LEN,
			 "even, for %" PRIu64 " client%s", f->clients, plural);
		break;
	case FAIRNESS_CHANCE:
		snprintf(text, FAIRNESS_TEXT_LEN,
			 "uneven, but what a hash gives for %" PRIu64 " client%s: %.1f each, give or take %.1f",
			 f->clients, plural, f->expected, f->spread);
		break;
	case FAIRNESS_UNEVEN:
		put_chance(f, chance, sizeof(chance));
		snprintf(text, FAIRNESS_TEXT_LEN,
			 "more uneven than a hash would be for %" PRIu64 " client%s: %.1f each, give or take %.1f; by chance that comes %s",
			 f->clients, plural, f->expected, f->spread, chance);
		break;
	}
	return text;
}

const char *fairness_name(enum fairness_verdict verdict)
{
	static const char *const names[] = {
		[FAIRNESS_NOTHING]	= "nothing-to-compare",
		[FAIRNESS_EVEN]		= "even",
		[FAIRNESS_CHANCE]	= "chance",
		[FAIRNESS_UNEVEN]	= "uneven",
	};

	return names[verdict];
}
