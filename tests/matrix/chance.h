/* SPDX-License-Identifier: GPL-2.0-only */
/* Random numbers that are the same everywhere for the same seed. */
#ifndef MATRIX_CHANCE_H
#define MATRIX_CHANCE_H

#include <stdint.h>

/**
 * chance_init - begin anew
 * @seed: other than 0
 */
void chance_init(uint64_t seed);

/**
 * chance_below - the next number, from 0 to @n - 1
 */
unsigned int chance_below(unsigned int n);

#endif
