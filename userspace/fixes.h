/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What would have let a refused bind pass, worked out of the complete lists of
 * what stood in the way of each option.
 */
#ifndef REUSETRACE_FIXES_H
#define REUSETRACE_FIXES_H

#include <stddef.h>

#include "model.h"

#define FIXES_CHANGES_MAX	4
#define FIXES_MAX		3

/* Changes that together would have let the bind pass: the contract's words. */
struct fix {
	size_t n;
	const char *change[FIXES_CHANGES_MAX];
};

/* Alternatives, the smallest first. */
struct fixes {
	size_t n;
	struct fix fix[FIXES_MAX];
};

/**
 * fixes_find - what would have let this bind pass against this holder
 * @ev: the conflict
 * @fixes: set; empty when no single holder stood in the way
 */
void fixes_find(const struct model_conflict *ev, struct fixes *fixes);

/**
 * fixes_words - an alternative for people
 * @fix: the alternative
 * @ev: the conflict it is for
 * @text: set
 * @size: of @text
 */
void fixes_words(const struct fix *fix, const struct model_conflict *ev,
		 char *text, size_t size);

#endif
