/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One CPU's ring buffer, page by page: records, and the gaps between them. It
 * holds one page at a time.
 */
#ifndef REUSETRACE_RING_H
#define REUSETRACE_RING_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct ring;

/* What events/header_page says of every page. */
struct ring_layout {
	size_t page_size;
	size_t head_size;
	size_t long_size;
};

/* A record, or the news that records before this time are gone. */
struct ring_item {
	uint64_t ts;
	void *data;		/* NULL: news of a loss */
	size_t size;
	int64_t lost;		/* 0: none; -1: the kernel does not say how many */
};

/**
 * ring_layout_parse - read events/header_page
 * @layout: set
 * @text: what the file says
 *
 * Return: 0 or -EINVAL.
 */
int ring_layout_parse(struct ring_layout *layout, const char *text);

/* Where pages come from. */
struct ring_input {
	ssize_t (*read)(void *ctx, void *to, size_t size);	/* as read(2) */
	void (*close)(void *ctx);
	void *ctx;
};

/**
 * ring_new_from - start reading one CPU's pages
 * @layout: of its pages; copied
 * @input: copied; closed by ring_free(), and at once when this fails
 *
 * Return: the ring, or NULL when memory is short.
 */
struct ring *ring_new_from(const struct ring_layout *layout,
			   const struct ring_input *input);

/**
 * ring_new - start reading one CPU's pages
 * @layout: of its pages; copied
 * @fd: a trace_pipe_raw opened O_NONBLOCK, or a file of pages; closed by
 *	ring_free(), and at once when this fails
 *
 * Return: the ring, or NULL when memory is short.
 */
struct ring *ring_new(const struct ring_layout *layout, int fd);

/**
 * ring_free - close it
 * @ring: the ring, or NULL
 */
void ring_free(struct ring *ring);

/**
 * ring_next - the next record or loss
 * @ring: the ring
 * @item: set; its data is valid until the next call
 *
 * Return: 1, or 0 when there is nothing (more) for now, or -EBADMSG for damaged
 * data, -EIO for a page cut short, or what reading gave.
 */
int ring_next(struct ring *ring, struct ring_item *item);

/**
 * ring_skip - forget what is left of the page
 * @ring: the ring
 */
void ring_skip(struct ring *ring);

#endif
