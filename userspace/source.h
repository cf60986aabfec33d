/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Records of all CPUs in the order of their time, and what the ring buffer
 * lost. live.h, folder.h and recording.h give the streams.
 *
 * Memory is bounded: one record of each stream is held.
 */
#ifndef REUSETRACE_SOURCE_H
#define REUSETRACE_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ring.h"

struct source;

enum source_kind {
	SOURCE_RECORD,
	SOURCE_LOST,
	SOURCE_OUTPUT,		/* its data is a struct model_output */
};

/* One record, or the news that records before this time are gone. */
struct source_item {
	enum source_kind kind;
	uint64_t ts;
	int cpu;
	void *data;		/* valid until source_pop() */
	size_t size;
	int64_t lost;		/* -1: the kernel does not say how many */
};

/* One stream of items in the order of time. */
struct source_input {
	enum source_kind kind;	/* of items that have data */
	int cpu;
	int (*next)(void *ctx, struct ring_item *item);	/* as ring_next() */
	void (*close)(void *ctx);
	void *ctx;
	/* All losses, by the kernel's account; 0 or -errno. NULL: none. */
	int (*losses)(void *ctx, uint64_t *n);
};

/**
 * source_new - a source of given streams
 * @input: the streams, copied; source_close() closes them
 * @n: their number; of items of one time, an earlier stream's comes first
 *
 * Return: the source, or NULL when memory is short, nothing closed.
 */
struct source *source_new(const struct source_input *input, size_t n);

/**
 * source_close - give everything back
 * @src: the source, or NULL
 */
void source_close(struct source *src);

/**
 * source_tick - look again at CPUs that had nothing
 * @src: the source
 */
void source_tick(struct source *src);

/**
 * source_peek - the next item, in the order of time
 * @src: the source
 * @limit: later items stay for another time
 * @item: set when there is one
 *
 * Return: 1 with an item, 0 without, or a negative errno, said already: one CPU
 * cannot be read any more, the others can, by asking again.
 */
int source_peek(struct source *src, uint64_t limit, struct source_item *item);

/**
 * source_pop - done with the item that source_peek() gave
 * @src: the source
 */
void source_pop(struct source *src);

/**
 * source_unreported - losses the kernel counted beyond those handed out
 * @src: the source, read to its end
 *
 * Return: how many, 0 when the two accounts agree or there is no other.
 */
int64_t source_unreported(struct source *src);

#endif
