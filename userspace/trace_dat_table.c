// SPDX-License-Identifier: GPL-2.0-only
#include "trace_dat_table.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tracing.h"

#define SYSTEM		"reusetrace"
#define PRINT		"name: print\n"	/* ftrace's, of the trace_marker */
#define FORMAT_MAX	(1u << 20)
#define FORMATS_MAX	256		/* that we keep */
#define STATS_MAX	(1u << 14)
#define PARTS_MAX	(1u << 14)

static int expect_text(struct cursor *c, const char *want)
{
	char text[TRACE_DAT_NAME];
	int rc = cursor_text(c, text, sizeof(text));

	if (rc)
		return rc;
	return strcmp(text, want) ? -EBADMSG : 0;
}

int trace_dat_read_pages_head(struct trace_dat *t, struct cursor *c)
{
	uint64_t size;
	char *text;
	int rc = expect_text(c, "header_page");

	if (!rc)
		rc = cursor_u64(c, &size);
	if (!rc)
		rc = cursor_block(c, size, FORMAT_MAX, &text);
	if (rc)
		return rc;
	rc = ring_layout_parse(&t->layout, text) ? -EBADMSG : 0;
	free(text);
	if (!rc)
		rc = expect_text(c, "header_event");
	if (!rc)
		rc = cursor_u64(c, &size);
	return rc ? rc : cursor_skip(c, size);
}

static bool is_needed(const char *system, const char *text)
{
	return !strcmp(system, SYSTEM) ||
	       (!strcmp(system, "ftrace") &&
		!strncmp(text, PRINT, strlen(PRINT)));
}

static int keep_format(struct trace_dat *t, const char *system, char *text,
		       size_t size)
{
	struct trace_dat_format *format;

	if (t->n_formats == FORMATS_MAX)
		return -EBADMSG;
	format = realloc(t->format, (t->n_formats + 1) * sizeof(*format));
	if (!format)
		return -ENOMEM;
	t->format = format;
	format += t->n_formats++;
	*format = (struct trace_dat_format){ .text = text, .size = size };
	snprintf(format->system, sizeof(format->system), "%s", system);
	return 0;
}

static int read_format(struct trace_dat *t, struct cursor *c,
		       const char *system)
{
	uint64_t size;
	char *text;
	int rc = cursor_u64(c, &size);

	if (!rc)
		rc = cursor_block(c, size, FORMAT_MAX, &text);
	if (rc)
		return rc;
	if (is_needed(system, text)) {
		rc = keep_format(t, system, text, size);
		if (!rc)
			return 0;
	}
	free(text);
	return rc;
}

int trace_dat_read_system(struct trace_dat *t, struct cursor *c,
			  const char *system)
{
	uint32_t n;
	int rc = cursor_u32(c, &n);

	while (!rc && n--)
		rc = read_format(t, c, system);
	return rc;
}

int trace_dat_read_systems(struct trace_dat *t, struct cursor *c)
{
	char system[TRACE_DAT_NAME];
	uint32_t n;
	int rc = cursor_u32(c, &n);

	while (!rc && n--) {
		rc = cursor_text(c, system, sizeof(system));
		if (!rc)
			rc = trace_dat_read_system(t, c, system);
	}
	return rc;
}

/* What lies beyond the file's end is missing; whole pages are left. */
static void clamp(struct trace_dat *t, struct trace_dat_part *p, uint64_t size)
{
	const uint64_t left = p->pages.at < t->size ? t->size - p->pages.at : 0;

	/* The number of chunks before the first is not counted. */
	if (size && p->way)
		size += sizeof(uint32_t);
	p->cut = size > left;
	if (p->cut) {
		t->missing += size - left;
		size = left;
		if (!p->way)
			size -= size % t->layout.page_size;
	}
	if (!size)
		p->pages.at = 0;
	p->pages.end = p->pages.at + size;
}

int trace_dat_add_part(struct trace_dat *t, const struct trace_dat_part *part,
		       struct cursor *c)
{
	struct trace_dat_part *p;
	uint64_t size;

	if (!t->layout.page_size || t->n_parts == PARTS_MAX)
		return -EBADMSG;
	p = realloc(t->part, (t->n_parts + 1) * sizeof(*p));
	if (!p)
		return -ENOMEM;
	t->part = p;
	p += t->n_parts;
	*p = *part;
	p->pages.fd = t->fd;
	if (cursor_u64(c, &p->pages.at) || cursor_u64(c, &size))
		return -ENODATA;
	if (size > INT64_MAX || p->pages.at > INT64_MAX)
		return -EBADMSG;
	clamp(t, p, size);
	t->n_parts++;
	return 0;
}

int trace_dat_read_stats(struct trace_dat_stats *s, const char *text)
{
	struct trace_dat_stat *row;
	unsigned int cpu;

	if (sscanf(text, "\nBuffer: %63[^\n]", s->buffer) == 1)
		return 0;
	if (sscanf(text, "CPU: %7u", &cpu) != 1 || s->n == STATS_MAX)
		return 0;
	row = realloc(s->row, (s->n + 1) * sizeof(*row));
	if (!row)
		return -ENOMEM;
	s->row = row;
	row += s->n++;
	*row = (struct trace_dat_stat){
		.cpu = cpu,
		.losses = tracing_losses(text),
	};
	strcpy(row->buffer, s->buffer);
	return 0;
}

static void finish_part(struct trace_dat_part *p, const char *clock,
			const struct trace_dat_stats *s)
{
	size_t i;

	if (!p->buffer[0])
		snprintf(p->clock, sizeof(p->clock), "%s", clock);
	for (i = 0; i < s->n; i++) {
		if (s->row[i].cpu != p->cpu ||
		    strcmp(s->row[i].buffer, p->buffer))
			continue;
		p->counted = true;
		p->losses = s->row[i].losses;
	}
}

void trace_dat_finish(struct trace_dat *t, const char *clock,
		      const struct trace_dat_stats *s)
{
	size_t i;

	for (i = 0; i < t->n_parts; i++)
		finish_part(&t->part[i], clock, s);
}
