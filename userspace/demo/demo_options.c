// SPDX-License-Identifier: GPL-2.0-only
#include "demo_options.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <limits.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "demo_common.h"

/* With the shared ones. */
#define MAX_OPTIONS 40
/* getopt_long gives back row + LONG_BASE for a row's long name. */
#define LONG_BASE  256
#define HELP_VALUE (LONG_BASE + MAX_OPTIONS)
/* A process name less four digits: a program may number its workers. */
#define MAX_NAME (DEMO_NAME_LEN - 1 - 4)

/* What every program takes: no field of its own, so one structure for all. */
struct shared_options {
	int copy_to;
};

/* clang-format off: one row, few lines */
static const struct demo_option shared_rows[] = {
	{ .name = "copy-to",
	  .kind = DEMO_NUMBER,
	  .value = "FD",
	  .field = offsetof(struct shared_options, copy_to),
	  .min = 1,
	  .max = INT_MAX,
	  .help = "write each line to this open descriptor, too" },
};
/* clang-format on */

#define SHARED_COUNT (sizeof(shared_rows) / sizeof(*shared_rows))

static struct shared_options shared;

static size_t row_count(const struct demo_program *program)
{
	return program->option_count + SHARED_COUNT;
}

/* The program's own rows first, then those that all share. */
static const struct demo_option *row_at(const struct demo_program *program,
					size_t i)
{
	if (i < program->option_count)
		return &program->options[i];
	return &shared_rows[i - program->option_count];
}

static bool is_shared(const struct demo_option *option)
{
	return option >= shared_rows && option < shared_rows + SHARED_COUNT;
}

void demo_usage_error(const struct demo_program *program, const char *fmt, ...)
{
	va_list args;

	fprintf(stderr, "%s: ", program->name);
	va_start(args, fmt);
	vfprintf(stderr, fmt, args);
	va_end(args);
	fprintf(stderr, "; see %s --help\n", program->name);
	exit(DEMO_EXIT_USAGE);
}

static void print_default(const struct demo_option *option, const void *field)
{
	if (option->kind == DEMO_NUMBER && *(const int *)field >= option->min)
		printf(" (default %d)", *(const int *)field);
	if ((option->kind == DEMO_TEXT || option->kind == DEMO_NAME) &&
	    *(const char *const *)field)
		printf(" (default %s)", *(const char *const *)field);
}

static void print_option(const struct demo_program *program,
			 const struct demo_option *option)
{
	char left[32];

	snprintf(left, sizeof(left), "--%s %s", option->name,
		 option->value ? option->value : "");
	if (option->letter)
		printf("  -%c, %-24s %s", option->letter, left, option->help);
	else
		printf("      %-24s %s", left, option->help);
	if (!is_shared(option))
		print_default(option,
			      (const char *)program->defaults + option->field);
	putchar('\n');
}

static void print_help(const struct demo_program *program)
{
	printf("Usage: %s [OPTION...]\n%s\n\n", program->name,
	       program->summary);
	for (size_t i = 0; i < row_count(program); i++)
		print_option(program, row_at(program, i));
	printf("  -h, %-24s this text\n", "--help");
	if (program->notes)
		printf("\n%s\n", program->notes);
}

static void set_number(const struct demo_program *program,
		       const struct demo_option *option, int *field)
{
	char *end;
	long number;

	errno = 0;
	number = strtol(optarg, &end, 10);
	if (errno || end == optarg || *end || number < option->min ||
	    number > option->max)
		demo_usage_error(
			program, "--%s takes a number from %d to %d, not '%s'",
			option->name, option->min, option->max, optarg);
	*field = (int)number;
}

static bool fits_name(char c)
{
	return isalnum((unsigned char)c) || strchr("_.-", c);
}

static void check_name(const struct demo_program *program,
		       const struct demo_option *option)
{
	size_t len = 0;

	while (optarg[len] && fits_name(optarg[len]))
		len++;
	if (!len || optarg[len] || len > MAX_NAME)
		demo_usage_error(
			program,
			"--%s takes up to %d of a-zA-Z0-9_.-, not '%s'",
			option->name, MAX_NAME, optarg);
}

static void set_option(const struct demo_program *program,
		       const struct demo_option *option, void *field)
{
	switch (option->kind) {
	case DEMO_FLAG:
		*(bool *)field = true;
		break;
	case DEMO_NUMBER:
		set_number(program, option, field);
		break;
	case DEMO_NAME:
		check_name(program, option);
		/* fall through */
	case DEMO_TEXT:
		*(const char **)field = optarg;
		break;
	}
}

/* getopt's two forms of the rows: @longs needs room for --help and the end. */
static void fill_getopt(const struct demo_program *program, char *shorts,
			struct option *longs)
{
	size_t i;

	*shorts++ = ':';
	for (i = 0; i < row_count(program); i++) {
		const struct demo_option *option = row_at(program, i);

		longs[i] = (struct option){
			.name = option->name,
			.has_arg =
				option->value ? required_argument : no_argument,
			.val = LONG_BASE + (int)i,
		};
		if (option->letter)
			*shorts++ = option->letter;
		if (option->letter && option->value)
			*shorts++ = ':';
	}
	longs[i] = (struct option){ .name = "help", .val = HELP_VALUE };
	*shorts++ = 'h';
}

static const struct demo_option *find_option(const struct demo_program *program,
					     int value)
{
	for (size_t i = 0; i < row_count(program); i++)
		if (value == LONG_BASE + (int)i ||
		    value == row_at(program, i)->letter)
			return row_at(program, i);
	return NULL;
}

/* optopt: a letter, a long name's value, or 0 for an unknown long name. */
static void refuse(const struct demo_program *program, int got, char **argv)
{
	const struct demo_option *option =
		optopt ? find_option(program, optopt) : NULL;

	if (got == ':')
		demo_usage_error(program, "--%s needs a value", option->name);
	if (option)
		demo_usage_error(program, "--%s takes no value", option->name);
	if (optopt && optopt < LONG_BASE)
		demo_usage_error(program, "unknown option '-%c'", optopt);
	demo_usage_error(program, "unknown option '%s'", argv[optind - 1]);
}

static void apply_shared(const struct demo_program *program)
{
	if (!shared.copy_to)
		return;
	if (fcntl(shared.copy_to, F_GETFD) < 0)
		demo_usage_error(
			program,
			"--copy-to takes an open descriptor, and %d is not open",
			shared.copy_to);
	demo_copy_lines(shared.copy_to);
}

void demo_options_parse(const struct demo_program *program, void *into,
			int argc, char **argv)
{
	struct option longs[MAX_OPTIONS + 2] = { 0 };
	char shorts[2 * MAX_OPTIONS + 3] = "";
	const struct demo_option *option;
	int got;

	fill_getopt(program, shorts, longs);
	opterr = 0;
	while ((got = getopt_long(argc, argv, shorts, longs, NULL)) != -1) {
		if (got == 'h' || got == HELP_VALUE) {
			print_help(program);
			exit(EXIT_SUCCESS);
		}
		if (got == '?' || got == ':')
			refuse(program, got, argv);
		option = find_option(program, got);
		set_option(program, option,
			   (is_shared(option) ? (char *)&shared : into) +
				   option->field);
	}
	if (optind < argc)
		demo_usage_error(program, "'%s' is one argument too many",
				 argv[optind]);
	apply_shared(program);
}

void demo_options_address(const struct demo_program *program,
			  struct demo_endpoint *ep, const char *addr, int port)
{
	if (demo_endpoint_parse(ep, addr, port))
		demo_usage_error(
			program,
			"--addr takes an IPv4 or IPv6 address, not '%s'", addr);
}
