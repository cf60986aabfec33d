/* SPDX-License-Identifier: GPL-2.0-only */
/* The last line of the JSON: what happened, in sums. */
#ifndef REUSETRACE_RENDER_JSON_SUMMARY_H
#define REUSETRACE_RENDER_JSON_SUMMARY_H

#include "json_put.h"
#include "model.h"
#include "render.h"

/**
 * render_json_summary - fill it in
 * @o: the object
 * @m: what happened
 * @end: what could not be seen
 */
void render_json_summary(struct json *o, struct model *m,
			 const struct render_end *end);

#endif
