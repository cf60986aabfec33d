// SPDX-License-Identifier: GPL-2.0-only
/* demo-workers: several processes serve one port; who gets how many? */
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

#include "demo_common.h"
#include "demo_options.h"
#include "demo_pick.h"
#include "demo_team.h"

struct workers_options {
	const char *addr;
	const char *name;
	int port;
	int workers;
	int clients;
	int pick_of;
	bool shared;
	bool hand_over;
	const char *pick;
	struct demo_manner manner;
	struct demo_listener listener;
};

static const struct workers_options defaults = {
	.addr = "0.0.0.0",
	.name = "w",
	.port = 9527,
	.workers = 4,
	.listener.backlog = 128,
};

#define FIELD(name) offsetof(struct workers_options, name)

/* clang-format off: one row, few lines */
static const struct demo_option options[] = {
	{ .name = "addr",
	  .letter = 'a',
	  .kind = DEMO_TEXT,
	  .value = "ADDRESS",
	  .field = FIELD(addr),
	  .help = "IPv4 or IPv6 address to bind to" },
	{ .name = "port",
	  .letter = 'p',
	  .kind = DEMO_NUMBER,
	  .value = "PORT",
	  .field = FIELD(port),
	  .min = 1,
	  .max = 65535,
	  .help = "port to bind to" },
	{ .name = "udp",
	  .letter = 'u',
	  .field = FIELD(listener.udp),
	  .help = "answer datagrams instead of connections" },
	{ .name = "workers",
	  .letter = 'w',
	  .kind = DEMO_NUMBER,
	  .value = "N",
	  .field = FIELD(workers),
	  .min = 1,
	  .max = 9999,
	  .help = "processes to start" },
	{ .name = "shared",
	  .letter = 's',
	  .field = FIELD(shared),
	  .help = "one listener that all inherit, no SO_REUSEPORT" },
	{ .name = "hand-over",
	  .field = FIELD(hand_over),
	  .help = "one process accepts and hands clients over in turn" },
	{ .name = "pick",
	  .kind = DEMO_TEXT,
	  .value = "HOW",
	  .field = FIELD(pick),
	  .help = "who picks the worker instead of the hash; see below" },
	{ .name = "pick-of",
	  .kind = DEMO_NUMBER,
	  .value = "N",
	  .field = FIELD(pick_of),
	  .min = 1,
	  .max = 9999,
	  .help = "the picking program's divisor, for --workers" },
	{ .name = "http",
	  .field = FIELD(manner.http),
	  .help = "answer HTTP requests instead" },
	{ .name = "quiet",
	  .letter = 'q',
	  .field = FIELD(manner.quiet),
	  .help = "print no line for each client" },
	{ .name = "reuseaddr",
	  .letter = 'r',
	  .field = FIELD(listener.reuseaddr),
	  .help = "set SO_REUSEADDR as well" },
	{ .name = "backlog",
	  .letter = 'b',
	  .kind = DEMO_NUMBER,
	  .value = "N",
	  .field = FIELD(listener.backlog),
	  .max = 65535,
	  .help = "clients that may wait, per listener" },
	{ .name = "clients",
	  .letter = 'c',
	  .kind = DEMO_NUMBER,
	  .value = "N",
	  .field = FIELD(clients),
	  .min = 1,
	  .max = INT_MAX,
	  .help = "end when N clients in all have come and gone" },
	{ .name = "name",
	  .letter = 'n',
	  .kind = DEMO_NAME,
	  .value = "LABEL",
	  .field = FIELD(name),
	  .help = "workers are named LABEL1, LABEL2, ..." },
};
/* clang-format on */

static const struct demo_program program = {
	.name = "demo-workers",
	.summary = "Starts workers that each listen on the same address and "
		   "port (SO_REUSEPORT).",
	.notes = "--pick takes one of\n" DEMO_PICK_HELP
		 "A number beyond the workers is no answer: the hash picks.\n\n"
		 "SIGTERM ends all. The last two lines are for machines:\n"
		 "  cookies PID COOKIE ...   the SO_COOKIE of each listener\n"
		 "  accepted PID N ...       what each worker accepted",
	.options = options,
	.option_count = sizeof(options) / sizeof(*options),
	.defaults = &defaults,
};

static int percent(int part, int whole)
{
	return whole ? (part * 100 + whole / 2) / whole : 0;
}

static void print_table(const struct demo_team *team)
{
	int all = demo_team_accepted(team);
	char name[DEMO_NAME_LEN];

	demo_say("%-15s %7s %10s %9s %6s", "worker", "pid", "cookie",
		 "accepted", "share");
	for (int i = 0; i < team->started; i++) {
		const struct demo_report *row = &team->reports[i];

		demo_team_worker_name(team, i, name);
		demo_say("%-15s %7d %10" PRIu64 " %9d %5d%%", name, row->pid,
			 row->cookie, row->accepted,
			 percent(row->accepted, all));
	}
	demo_say("%-15s %7s %10s %9d", "all", "", "", all);
}

static void print_for_machines(const struct demo_team *team)
{
	FILE *text = demo_machine_line();

	if (!text)
		return;
	fprintf(text, "cookies");
	for (int i = 0; i < team->started; i++)
		fprintf(text, " %d %" PRIu64, team->reports[i].pid,
			team->reports[i].cookie);
	fprintf(text, "\naccepted");
	for (int i = 0; i < team->started; i++)
		fprintf(text, " %d %d", team->reports[i].pid,
			team->reports[i].accepted);
	demo_machine_line_end(text);
}

static int run_team(struct demo_team *team)
{
	int err = demo_team_run(team);

	if (team->ready) {
		print_table(team);
		print_for_machines(team);
	}
	demo_team_free(team);
	return err;
}

static int play(const struct workers_options *opts,
		const struct demo_endpoint *on)
{
	struct demo_pick pick = { .map = -1, .program = -1 };
	struct demo_team team = {
		.name = opts->name,
		.workers = opts->workers,
		.clients = opts->clients,
		.shared = opts->shared,
		.hand_over = opts->hand_over,
		.manner = &opts->manner,
		.pick = opts->pick ? &pick : NULL,
		.listener = &opts->listener,
		.on = on,
	};
	int err = 0;

	if (opts->pick)
		err = demo_pick_open(&pick, opts->pick,
				     opts->pick_of ? opts->pick_of
						   : opts->workers);
	if (!err)
		err = run_team(&team);
	demo_pick_close(&pick);
	return err;
}

static void check(const struct workers_options *opts)
{
	if (opts->shared && opts->hand_over)
		demo_usage_error(&program,
				 "--shared and --hand-over exclude each other");
	if (opts->pick && (opts->shared || opts->hand_over))
		demo_usage_error(&program,
				 "--pick needs a listener for each worker");
	if (opts->pick && !demo_pick_known(opts->pick))
		demo_usage_error(&program, "--pick takes no '%s'", opts->pick);
	if (opts->listener.udp && (opts->hand_over || opts->manner.http))
		demo_usage_error(&program,
				 "--udp takes no --hand-over or --http");
}

int main(int argc, char **argv)
{
	struct workers_options opts = defaults;
	struct demo_endpoint on = { 0 };

	demo_options_parse(&program, &opts, argc, argv);
	check(&opts);
	opts.listener.reuseport = !opts.shared && !opts.hand_over;
	opts.manner.udp = opts.listener.udp;
	opts.manner.handed = opts.hand_over;
	demo_options_address(&program, &on, opts.addr, opts.port);
	demo_start("workers");
	return play(&opts, &on) ? EXIT_FAILURE : EXIT_SUCCESS;
}
