// SPDX-License-Identifier: GPL-2.0-only
#include "probes.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int parse_row(struct probes_row *row, char *line)
{
	char *name = strsep(&line, "\t");
	char *kind = strsep(&line, "\t");
	char *state = strsep(&line, "\t");
	char *hits = strsep(&line, "\t");
	char *missed = strsep(&line, "\t");

	if (!missed || !*name)
		return -EINVAL;
	*row = (struct probes_row){
		.armed = !strcmp(state, "armed"),
		.hits = strtoull(hits, NULL, 10),
		.missed = strtoull(missed, NULL, 10),
	};
	snprintf(row->name, sizeof(row->name), "%s", name);
	snprintf(row->kind, sizeof(row->kind), "%s", kind);
	snprintf(row->text, sizeof(row->text), "%s", line ? line : "");
	return 0;
}

void probes_add(struct probes *p, char *line)
{
	if (p->n < PROBES_MAX && !parse_row(&p->row[p->n], line))
		p->n++;
}

int probes_read(struct probes *p, const char *path)
{
	FILE *f = fopen(path, "re");
	char *line = NULL;
	size_t room = 0;

	p->n = 0;
	if (!f)
		return -errno;
	while (p->n < PROBES_MAX && getline(&line, &room, f) > 0) {
		line[strcspn(line, "\n")] = '\0';
		probes_add(p, line);
	}
	free(line);
	fclose(f);
	return 0;
}

uint64_t probes_missed(const struct probes *then,
		       const struct probes_row *now)
{
	size_t i;

	for (i = 0; i < then->n; i++) {
		if (strcmp(then->row[i].name, now->name) ||
		    strcmp(then->row[i].kind, now->kind))
			continue;
		return now->missed > then->row[i].missed ?
		       now->missed - then->row[i].missed : 0;
	}
	return now->missed;
}
