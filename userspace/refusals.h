/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Refused binds, the same ones counted together: same process name, port and
 * rule. Bounded: REFUSALS_MAX, the longest unseen forgotten first. No I/O.
 */
#ifndef REUSETRACE_REFUSALS_H
#define REUSETRACE_REFUSALS_H

#include <stddef.h>
#include <stdint.h>

#include "model.h"

#define REFUSALS_MAX	64

struct refusal {
	uint64_t count;
	struct model_conflict last;
};

struct refusals {
	size_t n;
	struct refusal at[REFUSALS_MAX];
};

/**
 * refusals_add - count one
 * @r: the table
 * @ev: the conflict
 */
void refusals_add(struct refusals *r, const struct model_conflict *ev);

#endif
