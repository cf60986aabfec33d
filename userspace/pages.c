// SPDX-License-Identifier: GPL-2.0-only
#include "pages.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* trace-cmd makes chunks of ten pages; a page is at most 64 KiB somewhere. */
#define CHUNK_MAX	(16u << 20)

struct pages {
	struct cursor part;
	const struct unzip *way;
	bool cut;
	bool counted;		/* the number of chunks has been read */
	uint32_t chunks;	/* that are left */
	char *chunk;		/* what came out of the last one */
	size_t at;
	size_t size;
};

static ssize_t read_plain(void *ctx, void *to, size_t size)
{
	struct pages *p = ctx;
	uint64_t left = p->part.end - p->part.at;
	int rc;

	if (size > left)
		size = left;
	rc = cursor_get(&p->part, to, size);
	if (!rc)
		return size;
	errno = -rc;
	return -1;
}

/* The two sizes of a chunk, then its bytes. */
static int unzip_chunk(struct pages *p, uint32_t size)
{
	char *packed;
	int rc = cursor_block(&p->part, size, CHUNK_MAX, &packed);

	if (rc)
		return rc;
	rc = unzip_block(p->way, packed, size, p->chunk, p->size);
	free(packed);
	return rc;
}

static int next_chunk(struct pages *p)
{
	uint32_t size, room;
	char *chunk;
	int rc;

	rc = cursor_u32(&p->part, &size);
	if (!rc)
		rc = cursor_u32(&p->part, &room);
	if (rc)
		return rc;
	if (!room || room > CHUNK_MAX)
		return -EBADMSG;
	chunk = realloc(p->chunk, room);
	if (!chunk)
		return -ENOMEM;
	p->chunk = chunk;
	p->size = room;
	p->at = 0;
	p->chunks--;
	rc = unzip_chunk(p, size);
	if (rc)
		p->size = 0;
	return rc;
}

/* 1 with bytes in the chunk, 0 at the end, or a negative errno. */
static int fill_chunk(struct pages *p)
{
	int rc;

	if (!p->counted && p->part.at < p->part.end) {
		rc = cursor_u32(&p->part, &p->chunks);
		if (rc)
			return rc;
	}
	p->counted = true;
	if (p->at < p->size)
		return 1;
	if (!p->chunks)
		return 0;
	rc = next_chunk(p);
	return rc ? rc : 1;
}

static ssize_t read_chunks(void *ctx, void *to, size_t size)
{
	struct pages *p = ctx;
	int rc = fill_chunk(p);

	if (rc < 0) {
		/* A chunk that fails is not tried again. */
		p->chunks = 0;
		if (rc == -ENODATA && p->cut)
			return 0;
		errno = rc == -ENODATA ? EIO : -rc;
		return -1;
	}
	if (!rc)
		return 0;
	if (size > p->size - p->at)
		size = p->size - p->at;
	memcpy(to, p->chunk + p->at, size);
	p->at += size;
	return size;
}

static void pages_close(void *ctx)
{
	struct pages *p = ctx;

	free(p->chunk);
	free(p);
}

int pages_open(struct ring_input *input, const struct cursor *part,
	       const struct unzip *way, bool cut)
{
	struct pages *p = calloc(1, sizeof(*p));

	if (!p)
		return -ENOMEM;
	p->part = *part;
	p->way = way;
	p->cut = cut;
	*input = (struct ring_input){
		.read = way ? read_chunks : read_plain,
		.close = pages_close,
		.ctx = p,
	};
	return 0;
}
