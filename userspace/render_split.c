// SPDX-License-Identifier: GPL-2.0-only
/*
 * Two panes: what COMMAND printed on the left, what the kernel decided on the
 * right, each thing on a row of its own, so that time runs down. The rows stay
 * in the terminal's history; when its size changes, the page is drawn again.
 */
#include "render.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#include "columns.h"
#include "fold.h"
#include "render_line.h"

#define ENTRIES		256	/* kept for drawing again */
#define TIME_LEN	32
#define WIDTH_LEAST	40
#define LINE_LEN	4096

struct entry {
	char *text;		/* NULL: none */
	uint64_t ts;
	uint64_t before;	/* ts of the one before, or the start */
	bool left;
};

/* The column in the middle. */
static const struct {
	const char *name;
	int width;
} times[] = {
	[RENDER_TIME_RELATIVE]	= { "seconds", 8 },
	[RENDER_TIME_DELTA]	= { "+seconds", 8 },
	[RENDER_TIME_WALL]	= { "time", 12 },
	[RENDER_TIME_NONE]	= { "", 0 },
};

struct split {
	struct render r;
	struct render *inner;	/* writes the right pane's text */
	char *text;		/* which is this */
	size_t size;
	struct entry entry[ENTRIES];
	size_t entries;		/* ever */
	int32_t writer;		/* of the last line on the left */
	uint64_t start;
	uint64_t last;		/* ts of the last entry */
	unsigned int width;
	unsigned int height;
};

static struct split *split_of(struct render *r)
{
	return (struct split *)r;
}

static int time_width(const struct split *s)
{
	return times[s->r.config.timestamp].width;
}

static unsigned int between(const struct split *s)
{
	return time_width(s) + (time_width(s) ? 3 : 2);
}

static unsigned int left_width(const struct split *s)
{
	return (s->width - between(s)) * 2 / 5;
}

static unsigned int right_width(const struct split *s)
{
	return s->width - between(s) - left_width(s) - 1;
}

static void put_span(int64_t ns, const char *sign, char *text)
{
	int64_t ms = ns < 0 ? 0 : ns / 1000000;

	snprintf(text, TIME_LEN, "%s%" PRId64 ".%03d", sign, ms / 1000,
		 (int)(ms % 1000));
}

static void put_time(const struct split *s, const struct entry *e, char *text)
{
	switch (s->r.config.timestamp) {
	case RENDER_TIME_RELATIVE:
		put_span(e->ts - s->start, "", text);
		break;
	case RENDER_TIME_DELTA:
		put_span(e->ts - e->before, "+", text);
		break;
	case RENDER_TIME_WALL:
		render_line_wall(s->r.config.wall_offset + e->ts, text);
		text[times[RENDER_TIME_WALL].width] = '\0';
		break;
	case RENDER_TIME_NONE:
		text[0] = '\0';
		break;
	}
}

static void put_row(const struct split *s, const struct entry *e,
		    const char *time, const char *line, size_t columns)
{
	FILE *f = s->r.config.out;
	int left = left_width(s), used = e->left ? columns : 0;
	bool color = s->r.config.color;

	fprintf(f, "%s%*s %s%*s%s%s|%s%s\n", e->left ? line : "", left - used,
		"", color ? "\033[2m" : "", time_width(s), time,
		color ? "\033[0m" : "", time_width(s) ? " " : "",
		e->left ? "" : " ", e->left ? "" : line);
}

static size_t count_rows(const struct split *s, const struct entry *e)
{
	struct columns c = { .rest = e->text };
	char line[COLUMNS_LINE_LEN];
	size_t columns, n = 0;

	while (columns_next(&c, e->left ? left_width(s) : right_width(s), line,
			    &columns))
		n++;
	return n;
}

static void put_entry(const struct split *s, const struct entry *e)
{
	struct columns c = { .rest = e->text };
	char line[COLUMNS_LINE_LEN], time[TIME_LEN];
	size_t columns;

	put_time(s, e, time);
	while (columns_next(&c, e->left ? left_width(s) : right_width(s), line,
			    &columns)) {
		put_row(s, e, time, line, columns);
		time[0] = '\0';
	}
}

static void put_header(const struct split *s)
{
	const char *on = s->r.config.color ? "\033[1;4m" : "";
	const char *off = s->r.config.color ? "\033[0m" : "";

	fprintf(s->r.config.out, "%s%-*.*s %*s%s| %-*.*s%s\n", on,
		left_width(s), left_width(s), "the program says",
		time_width(s), times[s->r.config.timestamp].name,
		time_width(s) ? " " : "", right_width(s), right_width(s),
		"the kernel decides", off);
}

static void redraw(const struct split *s)
{
	size_t from = s->entries, rows = 1, more;
	size_t oldest = s->entries > ENTRIES ? s->entries - ENTRIES : 0;

	fputs("\033[H\033[2J", s->r.config.out);
	put_header(s);
	while (from > oldest) {
		more = count_rows(s, &s->entry[(from - 1) % ENTRIES]);
		if (rows + more >= s->height)
			break;
		rows += more;
		from--;
	}
	for (; from < s->entries; from++)
		put_entry(s, &s->entry[from % ENTRIES]);
}

/* The first time the header comes, later the whole page. */
static void follow_size(struct split *s)
{
	unsigned int width = s->width;
	struct winsize size;

	if (ioctl(fileno(s->r.config.out), TIOCGWINSZ, &size) ||
	    !size.ws_col) {
		size.ws_col = 80;
		size.ws_row = 24;
	}
	s->height = size.ws_row;
	s->width = size.ws_col < WIDTH_LEAST ? WIDTH_LEAST : size.ws_col;
	if (!width)
		put_header(s);
	else if (width != s->width)
		redraw(s);
}

static void add_entry(struct split *s, uint64_t ts, bool left, const char *text)
{
	struct entry *e = &s->entry[s->entries % ENTRIES];

	free(e->text);
	if (!s->start)
		s->start = s->r.config.start ? s->r.config.start : ts;
	*e = (struct entry){
		.text = strdup(text),
		.ts = ts,
		.before = s->last ? s->last : s->start,
		.left = left,
	};
	if (!e->text)
		return;
	s->last = ts;
	s->entries++;
	follow_size(s);
	put_entry(s, e);
}

/* What the inner renderer has written since; its length, not its end, counts. */
static void take_text(struct split *s, uint64_t ts)
{
	FILE *mem = s->inner->config.out;
	char *text;

	fflush(mem);
	if (!s->size)
		return;
	text = strndup(s->text, s->size);
	if (text)
		add_entry(s, ts, false, text);
	free(text);
	rewind(mem);
}

#define DELEGATE(name, type)						\
static void split_##name(struct render *r, const struct type *ev)	\
{									\
	struct split *s = split_of(r);					\
									\
	s->inner->ops->name(s->inner, ev);				\
	take_text(s, ev->head.ts);					\
}

DELEGATE(bind, model_bind)
DELEGATE(conflict, model_conflict)
DELEGATE(steer, model_steer)
DELEGATE(tw_enter, model_tw)
DELEGATE(tw_state, model_tw)
DELEGATE(tw_exit, model_tw)
DELEGATE(listener, model_listener)
DELEGATE(migrate, model_migrate)

static void split_group(struct render *r, const struct model_group *ev,
			const struct groups_peers *peers)
{
	struct split *s = split_of(r);

	s->inner->ops->group(s->inner, ev, peers);
	take_text(s, ev->head.ts);
}

static void split_other(struct render *r, const struct model_head *head,
			const char *text)
{
	struct split *s = split_of(r);

	s->inner->ops->other(s->inner, head, text);
	take_text(s, head->ts);
}

/* The writer is named when it is another one than before. */
static void split_output(struct render *r, const struct model_output *ev)
{
	struct split *s = split_of(r);
	char line[LINE_LEN], text[LINE_LEN + 64], who[RENDER_LINE_TASK_LEN];
	const char *mark = strcmp(ev->stream, "stderr") ? "" : "(stderr) ";

	columns_plain(ev->line, ev->len, line, sizeof(line));
	if (ev->task.pid == s->writer)
		snprintf(text, sizeof(text), "%s%s", mark, line);
	else
		snprintf(text, sizeof(text), "%s:\n%s%s",
			 render_line_task(&ev->task, "?", who), mark, line);
	s->writer = ev->task.pid;
	add_entry(s, ev->ts, true, *line ? text : " ");
}

static void split_lost(struct render *r, const struct model_lost *ev)
{
	struct split *s = split_of(r);

	s->inner->ops->lost(s->inner, ev);
	take_text(s, ev->ts);
}

/* The sums have the whole width. */
static void split_summary(struct render *r, struct model *m,
			  const struct render_end *end)
{
	struct split *s = split_of(r);

	split_of(r)->inner->ops->tick(s->inner, UINT64_MAX);
	take_text(s, end->ts);
	s->inner->ops->summary(s->inner, m, end);
	fflush(s->inner->config.out);
	fold_put(r->config.out, s->text, s->size, s->width);
}

static void split_tick(struct render *r, uint64_t now)
{
	struct split *s = split_of(r);

	s->inner->ops->tick(s->inner, now);
	take_text(s, now);
	follow_size(s);
}

static void split_free(struct render *r)
{
	struct split *s = split_of(r);
	size_t i;

	if (s->inner) {
		fclose(s->inner->config.out);
		s->inner->ops->free(s->inner);
	}
	for (i = 0; i < ENTRIES; i++)
		free(s->entry[i].text);
	free(s->text);
	free(s);
}

static const struct render_ops split_ops = {
	.bind = split_bind,
	.conflict = split_conflict,
	.steer = split_steer,
	.tw_enter = split_tw_enter,
	.tw_state = split_tw_state,
	.tw_exit = split_tw_exit,
	.group = split_group,
	.listener = split_listener,
	.migrate = split_migrate,
	.other = split_other,
	.output = split_output,
	.lost = split_lost,
	.summary = split_summary,
	.tick = split_tick,
	.free = split_free,
};

struct render *render_split_new(const struct render_config *config)
{
	struct split *s = calloc(1, sizeof(*s));
	struct render_config inner = *config;

	if (!s)
		return NULL;
	s->r.ops = &split_ops;
	s->r.config = *config;
	s->writer = -1;
	inner.timestamp = RENDER_TIME_NONE;
	inner.width = 0;
	inner.out = open_memstream(&s->text, &s->size);
	if (inner.out)
		s->inner = render_text_new(&inner);
	if (s->inner)
		return &s->r;
	if (inner.out)
		fclose(inner.out);
	split_free(&s->r);
	return NULL;
}
