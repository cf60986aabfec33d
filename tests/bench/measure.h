/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Instructions that a call takes. Under `vm.sh --icount` a guest nanosecond is
 * one guest instruction, so a difference of two clock readings is a count.
 */
#ifndef MEASURE_H
#define MEASURE_H

#include <stddef.h>
#include <stdint.h>
#include <time.h>

static inline uint64_t measure_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000ull + now.tv_nsec;
}

/**
 * measure_clock - what two readings with nothing between them differ by
 */
uint64_t measure_clock(void);

/**
 * measure_median - the middle one of @n samples; sorts them
 */
uint64_t measure_median(uint64_t *samples, size_t n);

/**
 * measure_quick - the one of @n samples that a tenth of them do not exceed;
 * sorts them. What disturbs a call only ever makes it longer.
 */
uint64_t measure_quick(uint64_t *samples, size_t n);

#endif
