// SPDX-License-Identifier: GPL-2.0-only
#include "ring.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <traceevent/kbuffer.h>
#include <unistd.h>

/* The head of a page: see struct buffer_data_page in the kernel. */
#define COMMIT_OFFSET	8
#define MISSED_EVENTS	(1u << 31)	/* records before this page are gone */
#define MISSED_STORED	(1u << 30)	/* their number stands after the data */
#define COMMIT_MASK	((1u << 27) - 1)

/* libtraceevent may look at the head of a record that ends a page. */
#define SLACK		64

struct ring {
	struct ring_layout layout;
	struct ring_input input;
	struct kbuffer *kbuf;
	char *page;
	bool loaded;	/* a page is being read */
	bool fresh;	/* its first record has not been handed out */
};

int ring_layout_parse(struct ring_layout *layout, const char *text)
{
	const char *commit = strstr(text, "local_t commit;");
	const char *data = strstr(text, "char data;");
	int offset, long_size, start, size;

	if (!commit || !data ||
	    sscanf(commit, "local_t commit; offset:%d; size:%d", &offset,
		   &long_size) != 2 ||
	    sscanf(data, "char data; offset:%d; size:%d", &start, &size) != 2)
		return -EINVAL;
	if (offset != COMMIT_OFFSET || (long_size != 4 && long_size != 8) ||
	    start != offset + long_size || size < 64 || size > 1 << 20)
		return -EINVAL;
	*layout = (struct ring_layout){
		.page_size = start + size,
		.head_size = start,
		.long_size = long_size,
	};
	return 0;
}

static struct kbuffer *new_kbuffer(const struct ring_layout *layout)
{
	const uint16_t one = 1;
	bool little = *(const uint8_t *)&one;

	return kbuffer_alloc(layout->long_size == 8 ? KBUFFER_LSIZE_8 :
						      KBUFFER_LSIZE_4,
			     little ? KBUFFER_ENDIAN_LITTLE :
				      KBUFFER_ENDIAN_BIG);
}

struct ring *ring_new_from(const struct ring_layout *layout,
			   const struct ring_input *input)
{
	struct ring *ring = calloc(1, sizeof(*ring));

	if (!ring) {
		input->close(input->ctx);
		return NULL;
	}
	ring->layout = *layout;
	ring->input = *input;
	ring->page = calloc(1, layout->page_size + SLACK);
	ring->kbuf = new_kbuffer(layout);
	if (!ring->page || !ring->kbuf) {
		ring_free(ring);
		return NULL;
	}
	return ring;
}

static ssize_t read_fd(void *ctx, void *to, size_t size)
{
	return read((intptr_t)ctx, to, size);
}

static void close_fd(void *ctx)
{
	close((intptr_t)ctx);
}

struct ring *ring_new(const struct ring_layout *layout, int fd)
{
	const struct ring_input input = {
		.read = read_fd,
		.close = close_fd,
		.ctx = (void *)(intptr_t)fd,
	};

	return ring_new_from(layout, &input);
}

void ring_free(struct ring *ring)
{
	if (!ring)
		return;
	if (ring->kbuf)
		kbuffer_free(ring->kbuf);
	ring->input.close(ring->input.ctx);
	free(ring->page);
	free(ring);
}

/* 1 with a page, 0 with none for now or ever, or a negative errno. */
static int read_page(struct ring *ring)
{
	size_t want = ring->layout.page_size, got = 0;
	ssize_t n;

	while (got < want) {
		n = ring->input.read(ring->input.ctx, ring->page + got,
				     want - got);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN && !got)
			return 0;
		if (n < 0)
			return -errno;
		if (!n)
			break;
		got += n;
	}
	if (got && got < want)
		return -EIO;
	return got ? 1 : 0;
}

static uint32_t commit_of(const struct ring *ring)
{
	uint32_t commit;

	memcpy(&commit, ring->page + COMMIT_OFFSET, sizeof(commit));
	return commit;
}

static bool page_is_sound(const struct ring *ring)
{
	uint32_t commit = commit_of(ring);
	size_t used = ring->layout.head_size + (commit & COMMIT_MASK);

	if (commit & MISSED_STORED)
		used += ring->layout.long_size;
	return used <= ring->layout.page_size;
}

/*
 * kbuffer_missed_events() tells of losses only when the page's first record is
 * no time extension, so the head is read here.
 */
static int64_t page_losses(const struct ring *ring)
{
	uint32_t commit = commit_of(ring);
	uint64_t lost = 0;

	if (!(commit & MISSED_EVENTS))
		return 0;
	if (!(commit & MISSED_STORED))
		return -1;
	memcpy(&lost,
	       ring->page + ring->layout.head_size + (commit & COMMIT_MASK),
	       ring->layout.long_size);
	return lost && lost < INT64_MAX ? (int64_t)lost : -1;
}

static int load_page(struct ring *ring, struct ring_item *item)
{
	unsigned long long ts;
	int rc = read_page(ring);

	if (rc <= 0)
		return rc;
	if (!page_is_sound(ring) ||
	    kbuffer_load_subbuffer(ring->kbuf, ring->page))
		return -EBADMSG;
	ring->loaded = true;
	ring->fresh = true;
	*item = (struct ring_item){ .lost = page_losses(ring) };
	item->ts = kbuffer_read_event(ring->kbuf, &ts) ?
		   ts : kbuffer_timestamp(ring->kbuf);
	return 1;
}

static int take_record(struct ring *ring, struct ring_item *item)
{
	const char *end = ring->page + ring->layout.page_size;
	unsigned long long ts;
	char *data;
	int size;

	data = ring->fresh ? kbuffer_read_event(ring->kbuf, &ts) :
			     kbuffer_next_event(ring->kbuf, &ts);
	ring->fresh = false;
	if (!data) {
		ring->loaded = false;
		return 0;
	}
	size = kbuffer_event_size(ring->kbuf);
	if (size < 0 || data < ring->page || data > end || size > end - data)
		return -EBADMSG;
	*item = (struct ring_item){ .ts = ts, .data = data, .size = size };
	return 1;
}

int ring_next(struct ring *ring, struct ring_item *item)
{
	int rc;

	do {
		if (ring->loaded) {
			rc = take_record(ring, item);
			if (rc)
				return rc;
		}
		rc = load_page(ring, item);
		if (rc <= 0)
			return rc;
	} while (!item->lost);
	return 1;
}

void ring_skip(struct ring *ring)
{
	ring->loaded = false;
}
