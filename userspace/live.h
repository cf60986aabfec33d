/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The running kernel as a source: an instance of our own with no more in it
 * than the filter wants, preceded by what the module's own instance has kept
 * from the time when nobody watched.
 *
 * Memory is bounded: one page of the ring buffer is held for each CPU.
 */
#ifndef REUSETRACE_LIVE_H
#define REUSETRACE_LIVE_H

#include <stdbool.h>
#include <stdint.h>

#include "decode.h"
#include "options.h"
#include "source.h"

struct live;

/**
 * live_open - begin to watch
 * @tracing: where tracefs is
 * @d: learns the formats
 * @o: the options; with a COMMAND, what happened before is left alone
 *
 * What the module's instance has kept is taken out of it, unless somebody else
 * reads it.
 *
 * Return: the watch, or NULL after saying why not.
 */
struct live *live_open(const char *tracing, struct decode *d,
		       const struct options *o);

/**
 * live_source - where its records come from
 * @l: the watch
 */
struct source *live_source(const struct live *l);

/**
 * live_alone - does the module's instance log picks, and nobody reads it?
 * @l: the watch
 */
bool live_alone(const struct live *l);

/**
 * live_over - has the module been unloaded?
 * @l: the watch
 */
bool live_over(const struct live *l);

/**
 * live_close - end it
 * @l: the watch, or NULL
 *
 * The instance is removed, and what the module's own has kept meanwhile is
 * thrown away: it was shown. Not, if somebody else reads it.
 */
void live_close(struct live *l);

#endif
