/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A trace.dat as trace-cmd writes it, versions 6 and 7: where each CPU's pages
 * lie, and the formats of the events. Read here, because libtracecmd keeps the
 * text of the formats to itself and does not survive every damaged file.
 */
#ifndef REUSETRACE_TRACE_DAT_H
#define REUSETRACE_TRACE_DAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cursor.h"
#include "ring.h"
#include "unzip.h"

#define TRACE_DAT_NAME	64

/* The option that names the program which wrote a file, and what salvage.c says. */
#define TRACE_DAT_OPTION_VERSION	9
#define TRACE_DAT_SALVAGED		"reusetrace-view salvage"

/* One CPU of one buffer. */
struct trace_dat_part {
	char buffer[TRACE_DAT_NAME];	/* "": the kernel's main buffer */
	char clock[TRACE_DAT_NAME];	/* "": not told */
	uint32_t cpu;
	struct cursor pages;
	const struct unzip *way;	/* NULL: plain pages */
	bool cut;			/* the file ends before its pages do */
	bool counted;			/* losses is set */
	uint64_t losses;		/* by the kernel's account */
};

/* What an event file under tracefs says. */
struct trace_dat_format {
	char system[TRACE_DAT_NAME];
	char *text;
	size_t size;
};

struct trace_dat {
	const char *path;
	int fd;
	uint64_t size;			/* of the file */
	char version;			/* '6' or '7' */
	const struct unzip *way;	/* of what is compressed in it */
	char way_name[TRACE_DAT_NAME];
	struct ring_layout layout;
	size_t n_formats;
	struct trace_dat_format *format;
	size_t n_parts;			/* 0: nothing was recorded */
	struct trace_dat_part *part;
	bool has_buffer;		/* be it empty */
	uint64_t missing;		/* bytes of events that are cut off */
	bool salvaged;			/* what a full disk left of a recording */
};

/**
 * trace_dat_open - read all but the events
 * @path: the file; must outlive what is returned
 *
 * Only the formats of our events and of ftrace's print are kept.
 *
 * Return: what the file says, or NULL after saying what is wrong with it.
 */
struct trace_dat *trace_dat_open(const char *path);

/**
 * trace_dat_close - forget it
 * @t: what trace_dat_open() gave, or NULL
 */
void trace_dat_close(struct trace_dat *t);

#endif
