/* SPDX-License-Identifier: GPL-2.0-only */
/* The tables inside a trace.dat, which both of its versions share. */
#ifndef REUSETRACE_TRACE_DAT_TABLE_H
#define REUSETRACE_TRACE_DAT_TABLE_H

#include "trace_dat.h"

#define TRACE_DAT_CPUS_MAX	8192

/* The kernel's account of one CPU's losses, as the file tells it. */
struct trace_dat_stat {
	char buffer[TRACE_DAT_NAME];
	uint32_t cpu;
	uint64_t losses;
};

struct trace_dat_stats {
	char buffer[TRACE_DAT_NAME];	/* which the next ones are of */
	size_t n;
	struct trace_dat_stat *row;
};

/**
 * trace_dat_read_pages_head - header_page and header_event
 * @t: its layout is set
 * @c: where they are
 *
 * Return: 0 or a negative errno, as all of these.
 */
int trace_dat_read_pages_head(struct trace_dat *t, struct cursor *c);

/**
 * trace_dat_read_system - the formats of one system: their number, then each
 * @t: keeps those we need
 * @c: where they are
 * @system: the system's name
 */
int trace_dat_read_system(struct trace_dat *t, struct cursor *c,
			  const char *system);

/**
 * trace_dat_read_systems - how many systems there are, then each
 * @t: keeps the formats we need
 * @c: where they are
 */
int trace_dat_read_systems(struct trace_dat *t, struct cursor *c);

/**
 * trace_dat_add_part - where a CPU's pages lie
 * @t: gets it
 * @part: its buffer, CPU and compression
 * @c: where its offset and size stand
 */
int trace_dat_add_part(struct trace_dat *t, const struct trace_dat_part *part,
		       struct cursor *c);

/**
 * trace_dat_read_stats - a text about one CPU, or the name of a buffer
 * @s: collects them
 * @text: the text
 */
int trace_dat_read_stats(struct trace_dat_stats *s, const char *text);

/**
 * trace_dat_finish - tell the parts what was said of them elsewhere
 * @t: its parts are all there
 * @clock: of the main buffer
 * @s: the accounts of losses
 */
void trace_dat_finish(struct trace_dat *t, const char *clock,
		      const struct trace_dat_stats *s);

#endif
