/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What `record` writes into the trace_marker, so that `report` can tell the
 * same as a live run: COMMAND's lines, when it began and ended, the probes. Each
 * is one line that a person can read in `trace-cmd report` too:
 *
 *     reusetrace-view: WORD AT VALUE PID LEN COMM: TEXT
 */
#ifndef REUSETRACE_MARK_H
#define REUSETRACE_MARK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model.h"

#define MARK_MAX	1000	/* a longer write to old kernels is split */
#define MARK_TEXT_MAX	800

enum mark_kind {
	MARK_START,		/* at: COMMAND starts; value: wall offset */
	MARK_END,		/* at: it is over; value: exit status */
	MARK_PROBE_BEFORE,	/* text: a row of the module's table */
	MARK_PROBE_AFTER,
	MARK_OWNER,		/* value: a socket's inode; task has it */
	MARK_OUTPUT,		/* at: written; value: when the line began */
};

struct mark {
	enum mark_kind kind;
	uint64_t at;
	int64_t value;
	struct model_task task;
	const char *stream;	/* of output: stdout or stderr */
	bool more;		/* the line goes on in the next one */
	const char *text;
	size_t len;		/* at most MARK_TEXT_MAX */
};

/**
 * mark_print - as one line
 * @mark: what to say
 * @to: set, MARK_MAX bytes; not terminated
 *
 * Return: its length, the newline included.
 */
size_t mark_print(const struct mark *mark, char *to);

/**
 * mark_parse - read such a line
 * @mark: set; its text points into @bytes
 * @bytes: the line; what follows it does not matter
 * @size: how many bytes there are
 *
 * Return: 0, or -EINVAL when somebody else wrote it.
 */
int mark_parse(struct mark *mark, const char *bytes, size_t size);

#endif
