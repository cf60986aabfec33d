// SPDX-License-Identifier: GPL-2.0-only
#include "twin.h"

#include <string.h>

static void keep(struct twin_record *r, const struct ring_item *item)
{
	r->ts = item->ts;
	r->size = item->size <= TWIN_MAX ? item->size : 0;
	if (r->size)
		memcpy(r->data, item->data, r->size);
}

static bool is_same(const struct twin_record *r, const void *data, size_t size)
{
	return r->size && r->size == size && !memcmp(r->data, data, size);
}

void twin_old(struct twin *t, const struct ring_item *item)
{
	keep(&t->old, item);
}

void twin_skip(struct twin *t, const struct ring_item *item)
{
	keep(&t->skipped, item);
}

bool twin_is_told(struct twin *t, const struct ring_item *item)
{
	const struct twin_record *s = &t->skipped, *o = &t->old;
	bool first = !t->begun;

	t->begun = true;
	if (!first || !is_same(o, item->data, item->size))
		return false;
	return !(is_same(s, o->data, o->size) && s->ts >= o->ts);
}
