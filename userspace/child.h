/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The COMMAND run beside the trace, and the lines it writes. The kernel stamps
 * each write when it happens and names the writer, so that lines can stand
 * among the events in their true order, however late they are read.
 *
 * Memory is bounded: one write of each stream is held, and what CHILD_WRITERS
 * writers have begun and not ended, CHILD_LINE bytes each; a longer line comes
 * in pieces.
 */
#ifndef REUSETRACE_CHILD_H
#define REUSETRACE_CHILD_H

#include <stdbool.h>
#include <stdint.h>

#include "model.h"

#define CHILD_WRITERS	64
#define CHILD_LINE	16384

struct child;

/* Called with each line, in the order they were written in. */
typedef void (*child_line_fn)(void *ctx, const struct model_output *line);

/**
 * child_start - run a program
 * @argv: its arguments, the program first, NULL last
 * @status: set when this fails: 127 for a program not found, 126 for one that
 *	cannot be run, 1 otherwise
 *
 * Return: the child, or NULL after saying why not.
 */
struct child *child_start(char **argv, int *status);

/**
 * child_free - let go of it; a program that still runs goes on
 * @c: the child, or NULL
 */
void child_free(struct child *c);

/**
 * child_tick - look again for output
 * @c: the child
 */
void child_tick(struct child *c);

/**
 * child_peek - when was the next output written?
 * @c: the child
 * @limit: later output stays for another time
 * @ts: set when there is some, CLOCK_MONOTONIC
 *
 * Return: false when there is none.
 */
bool child_peek(struct child *c, uint64_t limit, uint64_t *ts);

/**
 * child_take - the lines that the output child_peek() found completes
 * @c: the child
 * @fn: called with each
 * @ctx: for @fn
 */
void child_take(struct child *c, child_line_fn fn, void *ctx);

/**
 * child_flush - lines begun and never ended
 * @c: the child
 * @fn: called with each
 * @ctx: for @fn
 */
void child_flush(struct child *c, child_line_fn fn, void *ctx);

/**
 * child_ended - has the program itself ended?
 * @c: the child
 * @status: set to its exit status, 128+N for signal N
 *
 * What it left running in the background is not waited for.
 */
bool child_ended(struct child *c, int *status);

/**
 * child_signal - pass a signal on
 * @c: the child
 * @sig: the signal
 */
void child_signal(const struct child *c, int sig);

#endif
