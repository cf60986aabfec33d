/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Picks as the module counts them, by member and CPU: shares without an event
 * each. It counts as long as this is open.
 *
 * Memory grows with the CPUs and members that picks were made on and for: 16
 * bytes each, at most 64 KiB for each CPU.
 */
#ifndef REUSETRACE_PICKS_H
#define REUSETRACE_PICKS_H

#include <stdbool.h>
#include <stdint.h>

#include "model.h"

struct picks;

/* Gets what was added since the last look; p->head has no time. */
typedef void (*picks_fn)(void *ctx, struct model_picks *p);

/**
 * picks_new - begin to count
 * @silent: the module's own instance shall not log picks meanwhile
 *
 * Return: the counters, or NULL after saying why not.
 */
struct picks *picks_new(bool silent);

/**
 * picks_free - stop
 * @p: the counters, or NULL
 */
void picks_free(struct picks *p);

/**
 * picks_look - what had been picked by the last look, and look again
 * @p: the counters
 * @fn: called for each member and CPU with picks
 * @ctx: for it
 *
 * By then the events from before the last look have been handled: a group is known
 * before its picks are.
 *
 * Return: how many picks found no room in the module's table since then.
 */
uint64_t picks_look(struct picks *p, picks_fn fn, void *ctx);

#endif
