/* SPDX-License-Identifier: GPL-2.0-only */
/* Lines out of a stream that comes in pieces. */
#ifndef DEMO_LINE_H
#define DEMO_LINE_H

#include <stddef.h>
#include <sys/types.h>

#define DEMO_LINE_ROOM 1024

/** struct demo_lines - what was read and not yet taken; zero is empty */
struct demo_lines {
	char text[DEMO_LINE_ROOM];
	size_t used;
};

/**
 * demo_lines_read - read more from @fd
 *
 * Return: bytes read, 0 at the end, or -errno; -EMSGSIZE when a line is too
 * long to be kept.
 */
ssize_t demo_lines_read(struct demo_lines *lines, int fd);

/**
 * demo_lines_take - take the next whole line, without its end
 * @room: of @line; a longer line is cut
 *
 * Return: 1, or 0 when there is none yet.
 */
int demo_lines_take(struct demo_lines *lines, char *line, size_t room);

#endif
