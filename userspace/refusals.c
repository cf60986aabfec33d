// SPDX-License-Identifier: GPL-2.0-only
#include "refusals.h"

#include <stdbool.h>
#include <string.h>

static bool is_same(const struct model_conflict *a,
		    const struct model_conflict *b)
{
	return a->head.port == b->head.port &&
	       a->head.netns == b->head.netns &&
	       !strcmp(a->head.proto, b->head.proto) &&
	       !strcmp(a->rule, b->rule) && !strcmp(a->op, b->op) &&
	       !strcmp(a->head.task.comm, b->head.task.comm);
}

static struct refusal *place_for(struct refusals *r,
				 const struct model_conflict *ev)
{
	struct refusal *oldest = r->at;
	size_t i;

	for (i = 0; i < r->n; i++) {
		if (is_same(&r->at[i].last, ev))
			return &r->at[i];
		if (r->at[i].last.head.ts < oldest->last.head.ts)
			oldest = &r->at[i];
	}
	if (r->n < REFUSALS_MAX)
		oldest = &r->at[r->n++];
	oldest->count = 0;
	return oldest;
}

void refusals_add(struct refusals *r, const struct model_conflict *ev)
{
	struct refusal *place = place_for(r, ev);

	place->count++;
	place->last = *ev;
}
