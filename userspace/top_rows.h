/* SPDX-License-Identifier: GPL-2.0-only */
/* What the dashboard shows, row by row, out of the model. No I/O. */
#ifndef REUSETRACE_TOP_ROWS_H
#define REUSETRACE_TOP_ROWS_H

#include <stddef.h>
#include <stdint.h>

#include "model.h"
#include "queues.h"
#include "refusals.h"
#include "render_line.h"

#define TOP_ROWS_TEXT	256
#define TOP_ROWS_DETAIL	512
#define TOP_ROWS_MAX	4096

enum top_rows_sort {
	TOP_ROWS_MOST_FIRST,
	TOP_ROWS_BY_PORT,
	TOP_ROWS_SORTS
};

struct top_row {
	char text[TOP_ROWS_TEXT];
	char detail[TOP_ROWS_DETAIL];	/* the row in words; "": the text will do */
	enum render_line_color color;
	double share;		/* of the group's picks; negative: no bar */
	double queue;		/* how full it is; negative: no bar */
	char waiting[16];	/* in the queue; "": not known; a heading's: the word */
	const char *explain;	/* a name in the rule table; NULL: "none" */
	const struct refusal *refusal;	/* NULL: it is none */
};

struct top_rows {
	size_t n;
	struct top_row *row;	/* TOP_ROWS_MAX of them */
};

/* What is asked for. */
struct top_rows_want {
	enum top_rows_sort sort;
	uint16_t port;		/* 0: all */
	uint64_t now;
	const struct queues *queues;	/* NULL: not known */
};

/**
 * top_rows_build - make the rows anew
 * @rows: set
 * @m: what is known
 * @refusals: what was refused
 * @want: what is asked for
 */
void top_rows_build(struct top_rows *rows, struct model *m,
		    const struct refusals *refusals,
		    const struct top_rows_want *want);

#endif
