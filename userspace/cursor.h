/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reading numbers and blocks in their order from a part of a file or of memory,
 * never beyond its end. Nothing that is read is trusted.
 */
#ifndef REUSETRACE_CURSOR_H
#define REUSETRACE_CURSOR_H

#include <stddef.h>
#include <stdint.h>

struct cursor {
	int fd;			/* -1: it reads memory */
	const char *bytes;	/* of memory */
	uint64_t at;
	uint64_t end;
};

/**
 * cursor_get - bytes
 * @c: the cursor
 * @to: set
 * @size: how many
 *
 * Return: 0, or -ENODATA when that many are not left, or what reading gave.
 */
int cursor_get(struct cursor *c, void *to, size_t size);

/* Little-endian numbers; as cursor_get(). */
int cursor_u16(struct cursor *c, uint16_t *value);
int cursor_u32(struct cursor *c, uint32_t *value);
int cursor_u64(struct cursor *c, uint64_t *value);

/**
 * cursor_text - a string that ends with a zero byte
 * @c: the cursor
 * @to: set
 * @size: of @to; a longer string is -EBADMSG
 *
 * Return: 0 or a negative errno.
 */
int cursor_text(struct cursor *c, char *to, size_t size);

/**
 * cursor_block - bytes in memory of their own
 * @c: the cursor
 * @size: how many; more than is left is -ENODATA
 * @max: how many are plausible; more is -EBADMSG
 * @to: set to them, a zero byte behind the last, to be freed
 *
 * Return: 0 or a negative errno.
 */
int cursor_block(struct cursor *c, uint64_t size, uint64_t max, char **to);

/**
 * cursor_skip - pass over bytes
 * @c: the cursor
 * @size: how many
 *
 * Return: 0 or -ENODATA.
 */
int cursor_skip(struct cursor *c, uint64_t size);

#endif
