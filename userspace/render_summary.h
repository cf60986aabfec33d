/* SPDX-License-Identifier: GPL-2.0-only */
/* The end of the text: what happened, in sums, and whether all of it was seen. */
#ifndef REUSETRACE_RENDER_SUMMARY_H
#define REUSETRACE_RENDER_SUMMARY_H

#include "model.h"
#include "render.h"
#include "render_line.h"

/**
 * render_summary - print it
 * @l: the page
 * @m: what happened
 * @end: what could not be seen
 * @hidden: events that have no line of their own
 */
void render_summary(const struct render_line *l, struct model *m,
		    const struct render_end *end, uint64_t hidden);

#endif
