/* SPDX-License-Identifier: GPL-2.0-only */
/* A program's options: one row each, for getopt_long and for --help. */
#ifndef DEMO_OPTIONS_H
#define DEMO_OPTIONS_H

#include <stddef.h>

#include "demo_socket.h"

/* How an option's value is written, and which field it fills. */
enum demo_kind {
	DEMO_FLAG,   /* bool; takes no value */
	DEMO_NUMBER, /* int, from min to max */
	DEMO_TEXT,   /* const char * */
	DEMO_NAME,   /* const char *, fit to name a process */
};

/**
 * struct demo_option - one option
 * @name: written --name
 * @letter: written -l, or 0
 * @value: what --help calls the value, such as "MS"; NULL for a flag
 * @help: one line
 * @field: offsetof() its field in the program's options
 */
struct demo_option {
	const char *name;
	char letter;
	enum demo_kind kind;
	const char *value;
	const char *help;
	size_t field;
	int min, max;
};

/**
 * struct demo_program - what a program says of itself
 * @defaults: an options structure before any option; --help shows it
 * @notes: lines after the options in --help
 */
struct demo_program {
	const char *name;
	const char *summary;
	const char *notes;
	const struct demo_option *options;
	size_t option_count;
	const void *defaults;
};

/**
 * demo_options_parse - fill @into from the command line
 * @into: the program's options structure, already a copy of the defaults
 *
 * Ends the program for --help (status 0) and for a command line that makes
 * no sense (status 2, one sentence). Options that all programs share take
 * effect here.
 */
void demo_options_parse(const struct demo_program *program, void *into,
			int argc, char **argv);

/**
 * demo_options_address - the values of --addr and --port as an endpoint
 *
 * Refuses what is no address, as demo_usage_error() does.
 */
void demo_options_address(const struct demo_program *program,
			  struct demo_endpoint *ep, const char *addr, int port);

/** demo_usage_error - refuse the command line in one sentence, status 2 */
void demo_usage_error(const struct demo_program *program, const char *fmt, ...)
	__attribute__((format(printf, 2, 3), noreturn));

#endif
