// SPDX-License-Identifier: GPL-2.0-only
/* reusetrace-view: what the kernel decided about sharing ports, and why. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "doctor.h"
#include "events.h"
#include "guard.h"
#include "log.h"
#include "options.h"
#include "record.h"
#include "render_explain.h"
#include "rules.h"
#include "session.h"
#include "terminal.h"

#ifndef VERSION
#define VERSION "unknown"
#endif

#define STATUS_USAGE	2

struct verb {
	const char *name;	/* NULL: when none is named */
	const char *usage;
	const char *help;
	size_t operands_min;
	size_t operands_max;
	bool command;		/* takes -- COMMAND */
	int (*run)(const struct options *o);
};

static int report(const struct options *o)
{
	return session_report(o, o->operand[0]);
}

static int run_report(const struct options *o)
{
	return guard_run(report, o, o->operand[0]);
}

static int run_top(const struct options *o)
{
	struct options top = *o;

	if (!terminal_usable())
		return 1;
	top.top = true;
	return session_live(&top);
}

static int run_explain(const struct options *o)
{
	const struct rules_rule *rule;

	if (!o->operands) {
		render_explain_list();
		return 0;
	}
	rule = rules_find(o->operand[0]);
	if (!rule) {
		log_error("nothing is called %s: reusetrace-view explain lists what is explained",
			  o->operand[0]);
		return STATUS_USAGE;
	}
	render_explain(rule);
	return 0;
}

static const struct verb verbs[] = {
	{
		.usage = "[OPTIONS] [-- COMMAND [ARG...]]",
		.help = "watch; with COMMAND: run it, its output in place among the events",
		.command = true,
		.run = session_live,
	},
	{
		.name = "record",
		.usage = "record -o FILE [OPTIONS] [-- COMMAND [ARG...]]",
		.help = "write a trace.dat, COMMAND's output in it; trace-cmd and KernelShark open it",
		.command = true,
		.run = record_run,
	},
	{
		.name = "top",
		.usage = "top [OPTIONS]",
		.help = "a full-screen dashboard: groups, TIME_WAITs, refusals",
		.run = run_top,
	},
	{
		.name = "report",
		.usage = "report FILE [OPTIONS]",
		.help = "the same over a trace.dat or a copied tracing folder; no root, no module",
		.operands_min = 1,
		.operands_max = 1,
		.run = run_report,
	},
	{
		.name = "explain",
		.usage = "explain [NAME]",
		.help = "a rule, event or word explained, or the list of them",
		.operands_max = 1,
		.run = run_explain,
	},
	{
		.name = "doctor",
		.usage = "doctor [--json]",
		.help = "what works on this machine, and what to do where not",
		.run = doctor_run,
	},
};

#define N_VERBS	(sizeof(verbs) / sizeof(verbs[0]))

static int help(void)
{
	char *options = options_help();
	size_t i;

	log_answer("reusetrace-view shows what the kernel decided about sharing ports, and why.\n\n");
	for (i = 0; i < N_VERBS; i++)
		log_answer("  reusetrace-view %s\n      %s\n", verbs[i].usage,
			   verbs[i].help);
	log_answer("\n%s\nExit status: 0 fine, 1 failed, 2 wrong usage, 3 events were lost;\nCOMMAND's own where one was given, 128+N for signal N.\n",
		   options ? options : "");
	free(options);
	return 0;
}

static const struct verb *find_verb(int argc, char **argv)
{
	size_t i;

	for (i = 1; argc > 1 && i < N_VERBS; i++)
		if (!strcmp(verbs[i].name, argv[1]))
			return &verbs[i];
	return &verbs[0];
}

static int check_usage(const struct verb *verb, const struct options *o)
{
	if (o->command && !verb->command)
		log_error("%s runs no COMMAND: leave out what follows --",
			  verb->name);
	else if (o->operands > verb->operands_max && !verb->name)
		log_error("there is no command %s: see reusetrace-view --help; a program to run goes after --",
			  o->operand[0]);
	else if (o->operands > verb->operands_max)
		log_error("%s: too many arguments: reusetrace-view %s",
			  o->operand[verb->operands_max], verb->usage);
	else if (o->operands < verb->operands_min)
		log_error("something is missing: reusetrace-view %s",
			  verb->usage);
	else
		return 0;
	return STATUS_USAGE;
}

static int run(const struct verb *verb, const struct options *o)
{
	int status;

	if (o->help)
		return help();
	if (o->version) {
		log_answer("reusetrace-view %s\n", VERSION);
		return 0;
	}
	status = check_usage(verb, o);
	if (status)
		return status;
	log_quiet(o->quiet);
	return verb->run(o);
}

/* What we open must not take the place of a stream that was closed. */
static int check_streams(void)
{
	if (fcntl(STDIN_FILENO, F_GETFD) < 0 &&
	    open("/dev/null", O_RDONLY) < 0)
		return 1;
	if (fcntl(STDOUT_FILENO, F_GETFD) < 0) {
		log_error("standard output is closed: there is nowhere to show events");
		return 1;
	}
	if (fcntl(STDERR_FILENO, F_GETFD) < 0 &&
	    open("/dev/null", O_WRONLY) < 0)
		return 1;
	return 0;
}

int main(int argc, char **argv)
{
	struct options o = { .known_events = events_names() };
	const struct verb *verb = find_verb(argc, argv);
	int skip = verb->name ? 1 : 0, status, error;

	if (check_streams())
		return 1;
	o.verb = verb->name ? verb->name : "watch";
	if (options_parse(&o, argc - skip, argv + skip))
		return STATUS_USAGE;
	status = run(verb, &o);
	error = fflush(stdout) ? errno : ferror(stdout) ? EIO : 0;
	if (error && !status) {
		log_error("cannot write to standard output: %s",
			  strerror(error));
		status = 1;
	}
	return status;
}
