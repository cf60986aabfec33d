// SPDX-License-Identifier: GPL-2.0-only
#include "demo_tally.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "demo_common.h"

static struct demo_tally_row *find(struct demo_tally *tally, pid_t pid)
{
	for (size_t i = 0; i < tally->used; i++)
		if (tally->rows[i].pid == pid)
			return &tally->rows[i];
	return NULL;
}

static struct demo_tally_row *add_row(struct demo_tally *tally, pid_t pid)
{
	struct demo_tally_row *rows =
		realloc(tally->rows, (tally->used + 1) * sizeof(*rows));

	if (!rows)
		return NULL;
	tally->rows = rows;
	rows[tally->used] = (struct demo_tally_row){ .pid = pid };
	return &rows[tally->used++];
}

int demo_tally_add(struct demo_tally *tally, pid_t pid)
{
	struct demo_tally_row *row = find(tally, pid);

	if (!row)
		row = add_row(tally, pid);
	if (!row)
		return -ENOMEM;
	row->count++;
	return 0;
}

void demo_tally_print(const struct demo_tally *tally, const char *word)
{
	FILE *text = demo_machine_line();

	if (!text)
		return;
	fprintf(text, "%s", word);
	for (size_t i = 0; i < tally->used; i++)
		fprintf(text, " %d %d", tally->rows[i].pid,
			tally->rows[i].count);
	demo_machine_line_end(text);
}

void demo_tally_free(struct demo_tally *tally)
{
	free(tally->rows);
	*tally = (struct demo_tally){ 0 };
}
