// SPDX-License-Identifier: GPL-2.0-only
#include "recording.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "log.h"
#include "mark.h"
#include "pages.h"
#include "ring.h"
#include "trace_dat.h"

#define SYSTEM		"reusetrace"
#define EVENTS_MAX	64
#define LINE_MAX_BYTES	(1 << 16)

/* All streams of a file share it; the last to be closed closes it. */
struct file {
	struct trace_dat *dat;
	unsigned int users;
	size_t n_events;
	uint16_t event[EVENTS_MAX];	/* numbers of our events */
	bool has_print;
	uint16_t print;			/* the trace_marker's event */
	size_t print_text;		/* where its text begins */
};

/* One CPU of one buffer, read for its events, or for its marks. */
struct stream {
	struct file *file;
	const struct trace_dat_part *part;
	struct ring *ring;
	struct model_output output;	/* the item handed out */
	char *line;			/* of output, when in pieces */
	size_t len;
};

static bool number_of(const char *text, uint16_t *id)
{
	const char *at = strstr(text, "\nID: ");
	long value = at ? strtol(at + strlen("\nID: "), NULL, 10) : -1;

	if (value < 0 || value > UINT16_MAX)
		return false;
	*id = value;
	return true;
}

static void learn_print(struct file *f, const char *text)
{
	const char *at = strstr(text, "char buf");
	unsigned int offset;

	at = at ? strstr(at, "offset:") : NULL;
	if (!at || sscanf(at, "offset:%5u", &offset) != 1)
		return;
	f->print_text = offset;
	f->has_print = number_of(text, &f->print);
}

static void learn_event(struct file *f, struct decode *d,
			const struct trace_dat_format *format)
{
	uint16_t id;

	if (!number_of(format->text, &id) || f->n_events == EVENTS_MAX)
		return;
	f->event[f->n_events++] = id;
	if (decode_add_format(d, format->system, format->text, format->size))
		log_notice("cannot make sense of the format of event %u: it is shown by number",
			   id);
}

static int learn_formats(struct file *f, struct decode *d)
{
	const struct trace_dat *t = f->dat;
	size_t i;

	for (i = 0; i < t->n_formats; i++) {
		if (!strcmp(t->format[i].system, SYSTEM))
			learn_event(f, d, &t->format[i]);
		else
			learn_print(f, t->format[i].text);
	}
	if (f->n_events)
		return 0;
	log_error("%s has no events of " SYSTEM ": record with reusetrace-view record, or trace-cmd record -e " SYSTEM,
		  t->path);
	return -ENOENT;
}

static bool is_ours(const struct file *f, uint16_t id)
{
	size_t i;

	for (i = 0; i < f->n_events; i++)
		if (f->event[i] == id)
			return true;
	return false;
}

static int id_of(const struct ring_item *item)
{
	uint16_t id;

	if (!item->data || item->size < sizeof(id))
		return -1;
	memcpy(&id, item->data, sizeof(id));
	return id;
}

static int next_event(void *ctx, struct ring_item *item)
{
	struct stream *s = ctx;
	int rc;

	do
		rc = ring_next(s->ring, item);
	while (rc > 0 && item->data && !is_ours(s->file, id_of(item)));
	return rc;
}

/* The events' streams tell of losses and damage; these leave that out. */
static bool next_mark(struct stream *s, struct mark *mark)
{
	const struct file *f = s->file;
	struct ring_item item;

	while (ring_next(s->ring, &item) > 0)
		if (id_of(&item) == f->print && item.size > f->print_text &&
		    !mark_parse(mark, (char *)item.data + f->print_text,
				item.size - f->print_text))
			return true;
	return false;
}

static bool append(struct stream *s, const struct mark *mark)
{
	char *line;

	if (s->len + mark->len > LINE_MAX_BYTES)
		return false;
	line = realloc(s->line, s->len + mark->len + 1);
	if (!line)
		return false;
	s->line = line;
	memcpy(line + s->len, mark->text, mark->len);
	s->len += mark->len;
	return true;
}

static void hand_out(struct stream *s, const struct mark *mark,
		     struct ring_item *item)
{
	s->output = (struct model_output){
		.ts = mark->value,
		.stream = mark->stream,
		.task = mark->task,
		.line = s->line,
		.len = s->len,
	};
	*item = (struct ring_item){ .ts = mark->at, .data = &s->output };
}

static int next_output(void *ctx, struct ring_item *item)
{
	struct stream *s = ctx;
	struct mark mark;

	s->len = 0;
	while (next_mark(s, &mark)) {
		if (mark.kind != MARK_OUTPUT)
			continue;
		if (append(s, &mark) && mark.more)
			continue;
		hand_out(s, &mark, item);
		return 1;
	}
	return 0;
}

static void close_file(struct file *f)
{
	if (--f->users)
		return;
	trace_dat_close(f->dat);
	free(f);
}

static void close_stream(void *ctx)
{
	struct stream *s = ctx;

	ring_free(s->ring);
	close_file(s->file);
	free(s->line);
	free(s);
}

static struct stream *new_stream(struct file *f, const struct trace_dat_part *p)
{
	struct stream *s = calloc(1, sizeof(*s));
	struct ring_input input;

	if (!s || pages_open(&input, &p->pages, p->way, p->cut)) {
		free(s);
		return NULL;
	}
	s->ring = ring_new_from(&f->dat->layout, &input);
	if (!s->ring) {
		free(s);
		return NULL;
	}
	s->file = f;
	s->part = p;
	f->users++;
	return s;
}

static void add_probe(struct probes *p, const struct mark *mark)
{
	char row[MARK_TEXT_MAX + 1];

	memcpy(row, mark->text, mark->len);
	row[mark->len] = '\0';
	probes_add(p, row);
}

/* Recordings of earlier versions have no text there. */
static void add_owner(struct told *t, const struct mark *mark)
{
	struct told_socket sock = {
		.inode = mark->value,
		.cookie = mark->at,
		.task = mark->task,
	};
	char text[MARK_TEXT_MAX + 1], listens[8];
	int end = 0;

	memcpy(text, mark->text, mark->len);
	text[mark->len] = '\0';
	if (sscanf(text, "%" SCNu32 " %" SCNu16 " %7s %n", &sock.netns,
		   &sock.port, listens, &end) == 3 && end) {
		sock.listens = !strcmp(listens, "listen");
		if (text[end] == '/')
			sock.task.cgroup = text + end;
	}
	told_add(t, &sock);
}

static void learn_mark(struct recording *rec, const struct mark *mark)
{
	switch (mark->kind) {
	case MARK_START:
		rec->begun = true;
		rec->start = mark->at;
		rec->wall_offset = mark->value;
		break;
	case MARK_END:
		rec->ended = true;
		rec->end = mark->at;
		break;
	case MARK_PROBE_BEFORE:
		add_probe(&rec->before, mark);
		break;
	case MARK_PROBE_AFTER:
		add_probe(&rec->after, mark);
		break;
	case MARK_OWNER:
		if (rec->told)
			add_owner(rec->told, mark);
		break;
	case MARK_OUTPUT:
		break;
	}
}

/* Everything but the output is needed before the first event is shown. */
static int learn_marks(struct recording *rec, struct file *f)
{
	struct stream *s;
	struct mark mark;
	size_t i;

	for (i = 0; i < f->dat->n_parts; i++) {
		s = new_stream(f, &f->dat->part[i]);
		if (!s)
			return -ENOMEM;
		while (next_mark(s, &mark))
			learn_mark(rec, &mark);
		close_stream(s);
	}
	return 0;
}

/* Parts that hold nothing need no stream. */
static bool is_empty(const struct trace_dat_part *p)
{
	return p->pages.at >= p->pages.end && !(p->counted && p->losses);
}

/* Of a buffer of its own a file does not say the right clock. */
static void notice_clock(const struct trace_dat *t)
{
	const struct trace_dat_part *p;

	for (p = t->part; p < t->part + t->n_parts; p++) {
		if (is_empty(p) || p->buffer[0] || !p->clock[0] ||
		    !strcmp(p->clock, "mono"))
			continue;
		log_notice("%s was recorded with the clock %s: its times are not CLOCK_MONOTONIC; trace-cmd record -C mono gives that",
			   t->path, p->clock);
		return;
	}
}

static void notice_buffers(const struct trace_dat *t)
{
	const struct trace_dat_part *p, *first = NULL;

	for (p = t->part; p < t->part + t->n_parts; p++) {
		if (is_empty(p))
			continue;
		if (!first)
			first = p;
		if (!strcmp(p->buffer, first->buffer))
			continue;
		log_notice("%s has several buffers: an event recorded into two of them is shown twice",
			   t->path);
		return;
	}
}

static int losses_of(void *ctx, uint64_t *n)
{
	const struct stream *s = ctx;

	*n = s->part->losses;
	return 0;
}

static int add_input(struct source_input *in, struct file *f,
		     const struct trace_dat_part *p, enum source_kind kind)
{
	*in = (struct source_input){
		.kind = kind,
		.cpu = p->cpu,
		.next = kind == SOURCE_OUTPUT ? next_output : next_event,
		.close = close_stream,
		.ctx = new_stream(f, p),
	};
	if (kind == SOURCE_RECORD && p->counted)
		in->losses = losses_of;
	return in->ctx ? 0 : -ENOMEM;
}

/* Events stand before output of the same time. */
static struct source *new_source(struct file *f, bool with_output)
{
	const struct trace_dat *t = f->dat;
	struct source_input *in = calloc(2 * t->n_parts + 1, sizeof(*in));
	struct source *src = NULL;
	size_t i, n = 0;
	int rc = in ? 0 : -ENOMEM;

	for (i = 0; i < t->n_parts && !rc; i++)
		if (!is_empty(&t->part[i]))
			rc = add_input(&in[n++], f, &t->part[i], SOURCE_RECORD);
	for (i = 0; i < t->n_parts && !rc && with_output; i++)
		if (!is_empty(&t->part[i]))
			rc = add_input(&in[n++], f, &t->part[i], SOURCE_OUTPUT);
	if (!rc)
		src = source_new(in, n);
	while (!src && n--)
		if (in[n].ctx)
			close_stream(in[n].ctx);
	free(in);
	return src;
}

static void say_cut(struct recording *rec, const struct trace_dat *t)
{
	rec->cut = t->missing || t->salvaged || (rec->begun && !rec->ended);
	if (t->missing)
		log_error("%s is cut short: %llu bytes of events are missing",
			  t->path, (unsigned long long)t->missing);
	else if (rec->cut)
		log_error("%s ends early: the recording was broken off",
			  t->path);
}

static struct source *open_source(struct recording *rec, struct file *f,
				  struct decode *d)
{
	struct trace_dat *t = f->dat;

	if (learn_formats(f, d) || (f->has_print && learn_marks(rec, f)))
		return NULL;
	say_cut(rec, t);
	notice_clock(t);
	notice_buffers(t);
	return new_source(f, f->has_print && rec->begun);
}

struct source *recording_open(struct recording *rec, struct decode *d,
			      const char *path)
{
	struct file *f = calloc(1, sizeof(*f));
	struct source *src;

	*rec = (struct recording){ .told = told_new() };
	if (!f)
		return NULL;
	f->users = 1;
	f->dat = trace_dat_open(path);
	src = f->dat ? open_source(rec, f, d) : NULL;
	close_file(f);
	return src;
}
