/* SPDX-License-Identifier: GPL-2.0-only */
/* The ways a trace.dat may be compressed. */
#ifndef REUSETRACE_UNZIP_H
#define REUSETRACE_UNZIP_H

#include <stddef.h>

struct unzip;

/**
 * unzip_find - a way by its name
 * @name: as the file says it, such as "zstd"
 *
 * Return: the way, or NULL when this viewer was built without it.
 */
const struct unzip *unzip_find(const char *name);

/**
 * unzip_block - undo the compression of one block
 * @way: how it was compressed
 * @from: the block
 * @size: its size
 * @to: set
 * @room: how many bytes must come out
 *
 * Return: 0 or -EBADMSG.
 */
int unzip_block(const struct unzip *way, const void *from, size_t size,
		void *to, size_t room);

#endif
