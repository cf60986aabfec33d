// SPDX-License-Identifier: GPL-2.0-only
#include "render_line.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "cgroup.h"
#include "digits.h"
#include "phrase.h"

#define NSEC_PER_SEC	1000000000LL
#define WHO_WIDTH	16
#define WHAT_WIDTH	8
#define INDENT		4	/* of a detail, behind the time */
#define DETAIL_LEN	1024
#define COLUMN_LEN	64
#define NAME_MOST	16
#define RELATIVE_LEN	32	/* 20 digits, a point, a sign, spaces */

static const char *const colors[] = {
	[RENDER_PLAIN]	= "",
	[RENDER_GOOD]	= "\033[32m",
	[RENDER_BAD]	= "\033[1;31m",
	[RENDER_NOTE]	= "\033[33m",
	[RENDER_FAINT]	= "\033[2m",
	[RENDER_STRONG]	= "\033[1m",
};

/* Right-aligned in 11 columns, two behind; RELATIVE_LEN spaces stand there. */
static char *relative(int64_t ns, char *end)
{
	uint64_t us = (ns < 0 ? -ns : ns) / 1000;
	char *at = end - 2, *point = at - 6;

	/* A million more, so that there are six digits behind the point. */
	digits_before(at, us % 1000000 + 1000000);
	at = digits_before(point - 1, us / 1000000);
	*--point = '.';
	if (ns < 0)
		*--at = '-';
	return at > end - 13 ? end - 13 : at;
}

static void put_relative(const struct render_line *l, int64_t ns)
{
	char text[RELATIVE_LEN], *end = text + sizeof(text), *at;

	memset(text, ' ', sizeof(text));
	at = relative(ns, end);
	fwrite_unlocked(at, 1, end - at, l->config->out);
}

void render_line_wall(int64_t ns, char *text)
{
	time_t seconds = ns / NSEC_PER_SEC;
	struct tm tm;
	char clock[16];

	localtime_r(&seconds, &tm);
	strftime(clock, sizeof(clock), "%H:%M:%S", &tm);
	snprintf(text, RENDER_LINE_WALL_LEN, "%s.%06d", clock,
		 (int)(ns % NSEC_PER_SEC / 1000));
}

static void put_wall(const struct render_line *l, uint64_t ts)
{
	char text[RENDER_LINE_WALL_LEN];

	render_line_wall(ts + l->config->wall_offset, text);
	fprintf(l->config->out, "%s  ", text);
}

void render_line_pass(struct render_line *l, uint64_t ts)
{
	if (!l->start)
		l->start = l->config->start ? l->config->start : ts;
}

/* Of the times that are counted from another. */
static int64_t counted(const struct render_line *l, uint64_t ts)
{
	return ts - (l->config->timestamp == RENDER_TIME_DELTA ? l->last :
								 l->start);
}

static void put_time(const struct render_line *l, uint64_t ts)
{
	if (l->config->timestamp == RENDER_TIME_WALL)
		put_wall(l, ts);
	else if (l->config->timestamp != RENDER_TIME_NONE)
		put_relative(l, counted(l, ts));
}

static int time_width(const struct render_line *l)
{
	switch (l->config->timestamp) {
	case RENDER_TIME_NONE:
		return 0;
	case RENDER_TIME_WALL:
		return 17;
	default:
		return 13;
	}
}

static void put_spaces(FILE *f, size_t n)
{
	static const char spaces[] = "                                ";

	for (; n >= sizeof(spaces); n -= sizeof(spaces) - 1)
		fwrite_unlocked(spaces, 1, sizeof(spaces) - 1, f);
	fwrite_unlocked(spaces, 1, n, f);
}

/* Every event has columns: most are put by one call. */
static void put_column(FILE *f, const char *text, size_t len, size_t width)
{
	char column[COLUMN_LEN];

	if (len >= width || width + 2 > sizeof(column)) {
		fwrite_unlocked(text, 1, len, f);
		put_spaces(f, width > len ? width - len + 2 : 2);
		return;
	}
	memcpy(column, text, len);
	memset(column + len, ' ', width - len + 2);
	fwrite_unlocked(column, 1, width + 2, f);
}

void render_line_put(const struct render_line *l, enum render_line_color color,
		     int width, const char *text)
{
	bool colored = l->config->color && color != RENDER_PLAIN;
	size_t len = strlen(text);
	FILE *f = l->config->out;

	if (width && !colored) {
		put_column(f, text, len, width);
		return;
	}
	if (colored)
		fputs_unlocked(colors[color], f);
	fwrite_unlocked(text, 1, len, f);
	if (colored)
		fputs_unlocked("\033[0m", f);
	if (width)
		put_spaces(f, (size_t)width > len ? width - len + 2 : 2);
}

static char *add_column(char *at, const char *text, size_t len, size_t width)
{
	memcpy(at, text, len);
	memset(at + len, ' ', width + 2 - len);
	return at + width + 2;
}

/* Most lines begin so: all three columns by one call. */
static bool begin_at_once(const struct render_line *l, uint64_t ts,
			  const char *who, const char *what)
{
	size_t who_len = strlen(who), what_len = strlen(what);
	char text[RELATIVE_LEN + 2 * COLUMN_LEN], *from, *at;

	if (l->config->color || who_len > WHO_WIDTH || what_len > WHAT_WIDTH ||
	    l->config->timestamp == RENDER_TIME_WALL ||
	    l->config->timestamp == RENDER_TIME_NONE)
		return false;
	memset(text, ' ', RELATIVE_LEN);
	from = relative(counted(l, ts), text + RELATIVE_LEN);
	at = add_column(text + RELATIVE_LEN, who, who_len, WHO_WIDTH);
	at = add_column(at, what, what_len, WHAT_WIDTH);
	fwrite_unlocked(from, 1, at - from, l->config->out);
	return true;
}

void render_line_begin(struct render_line *l, uint64_t ts, const char *who,
		       const char *what)
{
	render_line_pass(l, ts);
	if (!l->last)
		l->last = ts;
	if (!begin_at_once(l, ts, who, what)) {
		put_time(l, ts);
		render_line_put(l, RENDER_STRONG, WHO_WIDTH, who);
		render_line_put(l, RENDER_PLAIN, WHAT_WIDTH, what);
	}
	l->last = ts;
}

void render_line_end(const struct render_line *l)
{
	putc_unlocked('\n', l->config->out);
}

/* How much of @text fits into @room, broken at a space if there is one. */
static size_t fitting(const char *text, size_t room)
{
	size_t len = strlen(text), at;

	if (len <= room)
		return len;
	for (at = room; at; at--)
		if (text[at] == ' ')
			return at;
	return len;
}

void render_line_detail(const struct render_line *l,
			enum render_line_color color, const char *format, ...)
{
	int indent = time_width(l) + INDENT;
	size_t room = l->config->width > (unsigned int)indent + 20 ?
		      l->config->width - indent : SIZE_MAX;
	char text[DETAIL_LEN], part[DETAIL_LEN];
	const char *rest = text;
	size_t len;
	va_list ap;

	va_start(ap, format);
	phrase_vprint(text, sizeof(text), format, ap);
	va_end(ap);
	while (*rest) {
		len = fitting(rest, room);
		phrase_print(part, sizeof(part), "%.*s", (int)len, rest);
		put_spaces(l->config->out, indent);
		render_line_put(l, color, 0, part);
		render_line_end(l);
		rest += len;
		rest += strspn(rest, " ");
	}
}

/* As "%.16s", what is no letter replaced; up to the terminator. */
static char *put_name(char *at, const char *name, size_t room)
{
	unsigned char c;

	for (; room && (c = *name); room--, name++)
		*at++ = c < ' ' || c == 0x7f ? '?' : c;
	*at = '\0';
	return at;
}

const char *render_line_task(const struct model_task *task,
			     const char *unknown, char *text)
{
	char digits[DIGITS_MAX + 1], *end = digits + sizeof(digits), *at = end;
	char *to;

	if (!task->pid) {
		put_name(text, unknown, RENDER_LINE_TASK_LEN - 1);
		return text;
	}
	at = digits_before(end, task->pid < 0 ? -(int64_t)task->pid : task->pid);
	if (task->pid < 0)
		*--at = '-';
	to = put_name(text, task->comm, NAME_MOST);
	*to++ = '[';
	memcpy(to, at, end - at);
	to += end - at;
	*to++ = ']';
	*to = '\0';
	return text;
}

const char *render_line_owner(const struct model_task *task, uint32_t processes,
			      const char *unknown, char *text)
{
	char who[RENDER_LINE_TASK_LEN], unit[CGROUP_UNIT_LEN], more[40] = "";
	const char *name = task->pid ? cgroup_unit(task->cgroup, unit) : NULL;

	if (!name && (!task->pid || processes < 2))
		return render_line_task(task, unknown, text);
	render_line_task(task, unknown, who);
	if (task->pid && processes > 1)
		phrase_print(more, sizeof(more), " and %u more process%s",
			     processes - 1, processes > 2 ? "es" : "");
	phrase_print(text, RENDER_LINE_OWNER_LEN, "%s%s%s%s%s", who,
		     name ? " in " : "", name ? name : "", more,
		     *more ? " with the same socket" : "");
	return text;
}

const char *render_line_span(int64_t ms, char *text)
{
	if (ms < 1000)
		phrase_print(text, RENDER_LINE_SPAN_LEN, "%" PRId64 " ms", ms);
	else
		phrase_print(text, RENDER_LINE_SPAN_LEN,
			     "%" PRId64 ".%" PRId64 " s", ms / 1000,
			     ms % 1000 / 100);
	return text;
}

const char *render_line_options(bool reuseaddr, bool reuseport)
{
	if (reuseaddr)
		return reuseport ? "SO_REUSEADDR, SO_REUSEPORT" :
				   "SO_REUSEADDR, no SO_REUSEPORT";
	return reuseport ? "no SO_REUSEADDR, SO_REUSEPORT" :
			   "no SO_REUSEADDR, no SO_REUSEPORT";
}

void render_line_ids(const struct render_line *l, const struct model_head *head,
		     uint64_t cookie, uint64_t inode)
{
	char with_inode[40] = "";

	if (!l->config->ids)
		return;
	if (inode)
		phrase_print(with_inode, sizeof(with_inode), ", inode %" PRIu64,
			     inode);
	render_line_detail(l, RENDER_FAINT, "cookie %" PRIu64 "%s, netns %u, cpu %d",
			   cookie, with_inode, head->netns, head->cpu);
}

const char *render_line_plural(uint64_t n)
{
	return n == 1 ? "" : "s";
}
