/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Three sockets on one port, at random: what the two of a cell cannot show is
 * how the cache goes on, in which order sockets are looked at, and who of
 * several is named.
 */
#ifndef MATRIX_THREE_H
#define MATRIX_THREE_H

#include "model.h"

/**
 * three_init - before the first play
 */
void three_init(const struct model_kernel *kernel);

/**
 * three_play - make three sockets, one after the other, with the next random
 * numbers, and print a line for each request
 * @number: printed with them
 */
void three_play(unsigned int number);

#endif
