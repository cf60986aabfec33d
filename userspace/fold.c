// SPDX-License-Identifier: GPL-2.0-only
#include "fold.h"

#include <stdlib.h>
#include <string.h>

#include "columns.h"

/* Without the colours: ours are all ESC [ ... m. */
static size_t columns_of(const char *line)
{
	size_t n = 0;

	for (; *line; line++) {
		if (*line == '\033')
			line += strcspn(line, "m");
		else
			n++;
		if (!*line)
			break;
	}
	return n;
}

static void put_line(FILE *out, const char *text, size_t width)
{
	struct columns c = { .rest = text };
	char line[COLUMNS_LINE_LEN];
	size_t columns;

	if (columns_of(text) <= width) {
		fprintf(out, "%s\n", text);
		return;
	}
	while (columns_next(&c, width, line, &columns))
		fprintf(out, "%s\n", line);
}

void fold_put(FILE *out, const char *text, size_t len, size_t width)
{
	char *copy = strndup(text, len), *rest = copy, *line;

	while (rest && *rest && (line = strsep(&rest, "\n")))
		put_line(out, line, width);
	free(copy);
}
