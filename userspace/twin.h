/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One event that two instances have, told once. The kernel writes an event into
 * one instance after the other, each time with the time of writing. Of the one
 * event that was being written on a CPU just when we began, the module's record
 * is from before and ours from after. No I/O.
 */
#ifndef REUSETRACE_TWIN_H
#define REUSETRACE_TWIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ring.h"

#define TWIN_MAX	512	/* larger than any of our events */

struct twin_record {
	uint64_t ts;
	size_t size;		/* 0: none */
	char data[TWIN_MAX];
};

/* Of one CPU; start with zeros. */
struct twin {
	struct twin_record old;		/* the last one of the module's */
	struct twin_record skipped;	/* the last one of ours from before */
	bool begun;			/* ours has told something */
};

/**
 * twin_old - the module's instance has told this
 * @t: the CPU's
 * @item: a record from before we began
 */
void twin_old(struct twin *t, const struct ring_item *item);

/**
 * twin_skip - our instance has this from before we began
 * @t: the CPU's
 * @item: the record, which is the module's to tell
 */
void twin_skip(struct twin *t, const struct ring_item *item);

/**
 * twin_is_told - is this what the module's instance has told last?
 * @t: the CPU's
 * @item: a record of our instance from after we began
 *
 * Only of the first one it can be true, and only if ours did not have that
 * event before.
 */
bool twin_is_told(struct twin *t, const struct ring_item *item);

#endif
