/* SPDX-License-Identifier: GPL-2.0-only */
/* Decimal digits, two at a time: a report writes tens of them for each event. */
#ifndef REUSETRACE_DIGITS_H
#define REUSETRACE_DIGITS_H

#include <stdint.h>
#include <string.h>

#define DIGITS_MAX	20	/* of a uint64_t */

/* "00" to "99". */
extern const char digits_pairs[200];

/**
 * digits_before - write a number so that it ends there
 * @end: where; DIGITS_MAX bytes are free before it
 * @value: the number
 *
 * Return: where it begins.
 */
static inline char *digits_before(char *end, uint64_t value)
{
	for (; value >= 100; value /= 100) {
		end -= 2;
		memcpy(end, &digits_pairs[value % 100 * 2], 2);
	}
	if (value < 10) {
		*--end = '0' + value;
		return end;
	}
	end -= 2;
	memcpy(end, &digits_pairs[value * 2], 2);
	return end;
}

#endif
