/* SPDX-License-Identifier: GPL-2.0-only */
/* Why a bind was refused, in the lines under it. */
#ifndef REUSETRACE_RENDER_CONFLICT_H
#define REUSETRACE_RENDER_CONFLICT_H

#include "model.h"
#include "render_line.h"

/**
 * render_conflict - who stood in the way, and what would have worked
 * @l: the page
 * @ev: the conflict
 */
void render_conflict(const struct render_line *l,
		     const struct model_conflict *ev);

#endif
