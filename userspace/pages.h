/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One CPU's pages inside a trace.dat, plain or compressed, as a stream of
 * bytes for ring.c.
 *
 * Memory is bounded: one compressed chunk and what comes out of it.
 */
#ifndef REUSETRACE_PAGES_H
#define REUSETRACE_PAGES_H

#include <stdbool.h>

#include "cursor.h"
#include "ring.h"
#include "unzip.h"

/**
 * pages_open - start reading
 * @input: set, for ring_new_from()
 * @part: the CPU's part of the file; copied, its fd stays the caller's
 * @way: how its chunks are compressed, or NULL for plain pages
 * @cut: the part is known to be cut short: its end is no news
 *
 * Return: 0 or -ENOMEM.
 */
int pages_open(struct ring_input *input, const struct cursor *part,
	       const struct unzip *way, bool cut);

#endif
