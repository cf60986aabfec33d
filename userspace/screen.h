/* SPDX-License-Identifier: GPL-2.0-only */
/* Standard output: what it is, and which renderer suits it and the options. */
#ifndef REUSETRACE_SCREEN_H
#define REUSETRACE_SCREEN_H

#include <stdbool.h>
#include <stdint.h>

#include "model.h"
#include "options.h"
#include "render.h"

/**
 * screen_new - the renderer that the options ask for
 * @o: the options
 * @m: the model
 * @queues: what waits in sockets, or NULL
 * @live: somebody may read along
 * @start: relative times count from here; 0: from the first event
 * @wall_offset: CLOCK_REALTIME less CLOCK_MONOTONIC, ns
 *
 * Return: the renderer, or NULL when memory is short.
 */
struct render *screen_new(const struct options *o, struct model *m,
			  struct queues *queues, bool live, uint64_t start,
			  int64_t wall_offset);

#endif
