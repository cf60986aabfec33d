/* SPDX-License-Identifier: GPL-2.0-only */
/* The files of tracefs: where they are, and what they say. */
#ifndef REUSETRACE_TRACING_H
#define REUSETRACE_TRACING_H

#include <stddef.h>
#include <stdint.h>

#define TRACING_MODULE	"/sys/module/reusetrace"

/**
 * tracing_find - tracefs on this machine, ready to be used
 *
 * Return: its folder, or NULL after saying the first thing that is in the way
 * and how to get it out of the way.
 */
const char *tracing_find(void);

/**
 * tracing_text - a whole file; these tell no size beforehand
 * @path: the file; NULL: memory was short
 * @size: set to its length
 *
 * Return: what it says, terminated, to be freed; NULL with errno set.
 */
char *tracing_text(const char *path, size_t *size);

/**
 * tracing_losses - how many records a CPU's buffer has lost
 * @stats: what its file stats says
 */
uint64_t tracing_losses(const char *stats);

#endif
