/* SPDX-License-Identifier: GPL-2.0-only */
/* What the module says of its probes: armed or not, calls seen and missed. */
#ifndef REUSETRACE_PROBES_H
#define REUSETRACE_PROBES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PROBES_MAX	64
#define PROBES_LIVE	"/sys/module/reusetrace/parameters/probes"

struct probes_row {
	char name[64];
	char kind[16];		/* kprobe or kretprobe */
	bool armed;
	uint64_t hits;
	uint64_t missed;
	char text[160];		/* what is not seen without it, or why not armed */
};

struct probes {
	size_t n;
	struct probes_row row[PROBES_MAX];
};

/**
 * probes_read - read the module's table
 * @p: set; empty when this fails
 * @path: PROBES_LIVE, or a copy of it
 *
 * Return: 0, or a negative errno.
 */
int probes_read(struct probes *p, const char *path);

/**
 * probes_add - one row of the module's table
 * @p: gets it, when there is room and it is one
 * @line: the row, without the end of the line; spoiled
 */
void probes_add(struct probes *p, char *line);

/**
 * probes_missed - calls a probe has missed since an earlier reading
 * @then: the earlier reading; a probe it lacks had missed none
 * @now: the probe's row today
 */
uint64_t probes_missed(const struct probes *then,
		       const struct probes_row *now);

#endif
