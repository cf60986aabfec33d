/* SPDX-License-Identifier: GPL-2.0-only */
/* The command line, read by the same table that --help is made of. */
#ifndef REUSETRACE_OPTIONS_H
#define REUSETRACE_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "filter.h"
#include "render.h"

#define OPTIONS_OPERANDS	4

enum options_color {
	OPTIONS_COLOR_AUTO,
	OPTIONS_COLOR_ALWAYS,
	OPTIONS_COLOR_NEVER,
};

struct options {
	struct filter filter;
	const char *const *known_events;	/* that -e takes; ends with NULL */
	const char *verb;			/* "watch": none is named; NULL: any */
	bool json;
	bool split;
	bool top;				/* set by the verb */
	enum render_timestamp timestamp;
	enum options_color color;
	unsigned int buffer_kb;			/* 0: as it is */
	const char *output;			/* of record; NULL: not given */
	bool quiet;
	unsigned int verbose;			/* how often -v was given */
	bool version;
	bool help;
	size_t operands;
	const char *operand[OPTIONS_OPERANDS];	/* what is no option, before -- */
	char **command;				/* after --; NULL: none */
};

/**
 * options_parse - read the arguments
 * @o: set; known_events and verb must be set beforehand
 * @argc: of main()
 * @argv: of main(); its order changes, and @o points into it
 *
 * Return: 0, or -EINVAL after saying what is wrong.
 */
int options_parse(struct options *o, int argc, char **argv);

/**
 * options_help - the options, one a line, for --help
 *
 * Return: the text, to be freed, or NULL when memory is short.
 */
char *options_help(void);

#endif
