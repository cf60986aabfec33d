/* SPDX-License-Identifier: GPL-2.0-only */
/* Text with colours, broken into lines of a given width. No I/O. */
#ifndef REUSETRACE_COLUMNS_H
#define REUSETRACE_COLUMNS_H

#include <stdbool.h>
#include <stddef.h>

#define COLUMNS_LINE_LEN	1024

/* Where in a text the next line begins; start with { .rest = TEXT }. */
struct columns {
	const char *rest;
	bool prose;		/* what begins at the margin goes on there */
	size_t indent;		/* of the lines that continue one */
	char color[16];		/* to be taken up again */
	bool begun;
};

/**
 * columns_next - the next line
 * @c: the text; a newline in it ends a line, runs of spaces inside a line
 *	become one, and lines that continue another one are indented, but in
 *	prose
 * @width: of a line; at least 8
 * @line: COLUMNS_LINE_LEN bytes; set, its colour ended with it
 * @columns: set to how many columns it takes
 *
 * Return: false when there is no more.
 */
bool columns_next(struct columns *c, size_t width, char *line, size_t *columns);

/**
 * columns_plain - take out what a terminal would take for a command
 * @from: any bytes
 * @len: their number
 * @to: set, terminated
 * @size: of @to
 */
void columns_plain(const char *from, size_t len, char *to, size_t size);

#endif
