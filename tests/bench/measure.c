// SPDX-License-Identifier: GPL-2.0-only
#include "measure.h"

#include <stdlib.h>

#define CLOCK_SAMPLES 201

static int compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

uint64_t measure_median(uint64_t *samples, size_t n)
{
	qsort(samples, n, sizeof(*samples), compare);
	return n ? samples[n / 2] : 0;
}

uint64_t measure_quick(uint64_t *samples, size_t n)
{
	qsort(samples, n, sizeof(*samples), compare);
	return n ? samples[n / 10] : 0;
}

uint64_t measure_clock(void)
{
	uint64_t samples[CLOCK_SAMPLES], start;
	int i;

	for (i = 0; i < CLOCK_SAMPLES; i++) {
		start = measure_now();
		samples[i] = measure_now() - start;
	}
	return measure_median(samples, CLOCK_SAMPLES);
}
