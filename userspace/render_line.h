/* SPDX-License-Identifier: GPL-2.0-only */
/* The columns, colours and line breaks of the text renderer. */
#ifndef REUSETRACE_RENDER_LINE_H
#define REUSETRACE_RENDER_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model.h"
#include "render.h"

#define RENDER_LINE_TASK_LEN	40
#define RENDER_LINE_OWNER_LEN	160
#define RENDER_LINE_SPAN_LEN	24
#define RENDER_LINE_WALL_LEN	32

enum render_line_color {
	RENDER_PLAIN,
	RENDER_GOOD,
	RENDER_BAD,
	RENDER_NOTE,		/* a person should look at it */
	RENDER_FAINT,
	RENDER_STRONG,
};

/* The state of the page. */
struct render_line {
	const struct render_config *config;
	uint64_t start;		/* relative times count from here; 0: not yet */
	uint64_t last;		/* time of the line before */
};

/**
 * render_line_wall - a time of day, to the microsecond
 * @ns: CLOCK_REALTIME
 * @text: RENDER_LINE_WALL_LEN bytes
 */
void render_line_wall(int64_t ns, char *text);

/**
 * render_line_pass - time goes on without a line
 * @l: the page
 * @ts: when something happened that is not shown
 */
void render_line_pass(struct render_line *l, uint64_t ts);

/**
 * render_line_begin - the first columns: when, who, what
 * @l: the page
 * @ts: when
 * @who: who
 * @what: in one word
 */
void render_line_begin(struct render_line *l, uint64_t ts, const char *who,
		       const char *what);

/**
 * render_line_put - a piece of a line, in a colour
 * @l: the page
 * @color: what it means
 * @width: padded to this on the right; 0: as it is
 * @text: the piece
 */
void render_line_put(const struct render_line *l, enum render_line_color color,
		     int width, const char *text);

/**
 * render_line_end - end the line
 * @l: the page
 */
void render_line_end(const struct render_line *l);

/**
 * render_line_detail - a sentence under a line, broken where it gets too long
 * @l: the page
 * @color: what it means
 * @format: printf's
 */
void render_line_detail(const struct render_line *l,
			enum render_line_color color, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/**
 * render_line_task - a process as comm[pid]
 * @task: the process
 * @unknown: what to say when it is not known
 * @text: RENDER_LINE_TASK_LEN bytes
 *
 * A process chooses its own name: what a terminal could take for a command
 * becomes a question mark.
 *
 * Return: @text.
 */
const char *render_line_task(const struct model_task *task,
			     const char *unknown, char *text);

/**
 * render_line_owner - a process, its unit or container, and how many others
 * @task: the process
 * @processes: that have the same socket; 0: not known
 * @unknown: what to say when it is not known
 * @text: RENDER_LINE_OWNER_LEN bytes
 *
 * Return: @text.
 */
const char *render_line_owner(const struct model_task *task, uint32_t processes,
			      const char *unknown, char *text);

/**
 * render_line_span - a time span, in the unit that suits it
 * @ms: milliseconds
 * @text: RENDER_LINE_SPAN_LEN bytes
 *
 * Return: @text.
 */
const char *render_line_span(int64_t ms, char *text);

/**
 * render_line_options - the options of a socket that decide about sharing
 * @reuseaddr: has it SO_REUSEADDR?
 * @reuseport: has it SO_REUSEPORT?
 *
 * Return: in words.
 */
const char *render_line_options(bool reuseaddr, bool reuseport);

/**
 * render_line_ids - a socket's numbers, if they are wanted
 * @l: the page
 * @head: of its event
 * @cookie: the socket
 * @inode: its inode, 0: none
 */
void render_line_ids(const struct render_line *l, const struct model_head *head,
		     uint64_t cookie, uint64_t inode);

/**
 * render_line_plural - what makes a word one of many
 * @n: how many
 */
const char *render_line_plural(uint64_t n);

#endif
