// SPDX-License-Identifier: GPL-2.0-only
#include "source.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "log.h"

/* One CPU's records: the one that is next, and the account of losses. */
struct stream {
	struct source_input input;
	struct ring_item item;
	bool full;		/* item is waiting to be handed out */
	bool dry;		/* had nothing more in this tick */
	bool broken;		/* cannot be read any more */
	uint64_t reported;	/* losses handed out */
};

struct source {
	struct stream *streams;
	size_t n;
	struct stream *at;	/* whose item was handed out last */
};

static void say_broken(const struct stream *s, int error)
{
	const char *what = strerror(-error);

	if (error == -EBADMSG)
		what = "the data is damaged";
	else if (error == -EIO)
		what = "the last page is cut short";
	log_error("cannot read on in the events of CPU %d: %s", s->input.cpu,
		  what);
}

static int fill(struct stream *s)
{
	int rc;

	if (s->full || s->dry || s->broken)
		return 0;
	rc = s->input.next(s->input.ctx, &s->item);
	s->full = rc > 0;
	s->dry = rc <= 0;
	s->broken = rc < 0;
	if (rc < 0)
		say_broken(s, rc);
	return rc < 0 ? rc : 0;
}

int source_peek(struct source *src, uint64_t limit, struct source_item *item)
{
	struct stream *s, *first = NULL;
	int rc;

	for (s = src->streams; s < src->streams + src->n; s++) {
		rc = fill(s);
		if (rc)
			return rc;
		if (s->full && (!first || s->item.ts < first->item.ts))
			first = s;
	}
	if (!first || first->item.ts > limit)
		return 0;
	src->at = first;
	*item = (struct source_item){
		.kind = first->item.data ? first->input.kind : SOURCE_LOST,
		.ts = first->item.ts,
		.cpu = first->input.cpu,
		.data = first->item.data,
		.size = first->item.size,
		.lost = first->item.lost,
	};
	return 1;
}

void source_pop(struct source *src)
{
	struct stream *s = src->at;

	s->full = false;
	if (s->item.lost > 0)
		s->reported += s->item.lost;
}

void source_tick(struct source *src)
{
	size_t i;

	for (i = 0; i < src->n; i++)
		src->streams[i].dry = false;
}

struct source *source_new(const struct source_input *input, size_t n)
{
	struct source *src = calloc(1, sizeof(*src));
	size_t i;

	if (!src)
		return NULL;
	src->streams = calloc(n, sizeof(src->streams[0]));
	if (!src->streams) {
		free(src);
		return NULL;
	}
	for (i = 0; i < n; i++)
		src->streams[i] = (struct stream){ .input = input[i] };
	src->n = n;
	return src;
}

int64_t source_unreported(struct source *src)
{
	struct stream *s;
	int64_t sum = 0;
	uint64_t now;

	for (s = src->streams; s < src->streams + src->n; s++) {
		if (!s->input.losses ||
		    s->input.losses(s->input.ctx, &now))
			continue;
		if (now > s->reported)
			sum += now - s->reported;
	}
	return sum;
}

void source_close(struct source *src)
{
	size_t i;

	if (!src)
		return;
	for (i = 0; i < src->n; i++)
		src->streams[i].input.close(src->streams[i].input.ctx);
	free(src->streams);
	free(src);
}

