// SPDX-License-Identifier: GPL-2.0-only
#include "demo_line.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

ssize_t demo_lines_read(struct demo_lines *lines, int fd)
{
	size_t room = sizeof(lines->text) - lines->used;
	ssize_t got;

	if (!room)
		return -EMSGSIZE;
	got = read(fd, lines->text + lines->used, room);
	if (got < 0)
		return -errno;
	lines->used += got;
	return got;
}

int demo_lines_take(struct demo_lines *lines, char *line, size_t room)
{
	char *end = memchr(lines->text, '\n', lines->used);
	size_t len;

	if (!end)
		return 0;
	len = end - lines->text;
	snprintf(line, room, "%.*s", (int)len, lines->text);
	lines->used -= len + 1;
	memmove(lines->text, end + 1, lines->used);
	return 1;
}
