// SPDX-License-Identifier: GPL-2.0-only
/* demo-client: many clients at once, and which process answered each. */
#include <limits.h>
#include <stdlib.h>

#include "demo_common.h"
#include "demo_crowd.h"
#include "demo_options.h"

struct client_options {
	const char *addr;
	const char *name;
	const char *from;
	int from_port;
	int port;
	struct demo_plan plan;
};

static const struct client_options defaults = {
	.addr = "127.0.0.1",
	.name = "client",
	.port = 9527,
	.plan.clients = 1,
	.plan.peers = 1,
	.plan.messages = 1,
	.plan.timeout = 10000,
};

#define FIELD(name) offsetof(struct client_options, name)

/* clang-format off: one row, few lines */
static const struct demo_option options[] = {
	{ .name = "addr",
	  .letter = 'a',
	  .kind = DEMO_TEXT,
	  .value = "ADDRESS",
	  .field = FIELD(addr),
	  .help = "the server's address" },
	{ .name = "port",
	  .letter = 'p',
	  .kind = DEMO_NUMBER,
	  .value = "PORT",
	  .field = FIELD(port),
	  .min = 1,
	  .max = 65535,
	  .help = "the server's port" },
	{ .name = "udp",
	  .letter = 'u',
	  .field = FIELD(plan.caller.udp),
	  .help = "send datagrams instead of connecting" },
	{ .name = "clients",
	  .letter = 'c',
	  .kind = DEMO_NUMBER,
	  .value = "N",
	  .field = FIELD(plan.clients),
	  .min = 1,
	  .max = 100000,
	  .help = "clients at once, a socket each" },
	{ .name = "messages",
	  .letter = 'm',
	  .kind = DEMO_NUMBER,
	  .value = "N",
	  .field = FIELD(plan.messages),
	  .max = INT_MAX,
	  .help = "messages each sends and wants back" },
	{ .name = "hold",
	  .kind = DEMO_NUMBER,
	  .value = "MS",
	  .field = FIELD(plan.hold),
	  .max = INT_MAX,
	  .help = "stay so long once all are answered" },
	{ .name = "stay",
	  .letter = 's',
	  .field = FIELD(plan.stay),
	  .help = "stay and send each line of standard input" },
	{ .name = "mute",
	  .field = FIELD(plan.mute),
	  .help = "as --stay, and say nothing before" },
	{ .name = "http",
	  .field = FIELD(plan.http),
	  .help = "ask a server with --http" },
	{ .name = "from",
	  .kind = DEMO_TEXT,
	  .value = "ADDRESS",
	  .field = FIELD(from),
	  .help = "bind() to it before connect()" },
	{ .name = "from-port",
	  .kind = DEMO_NUMBER,
	  .value = "PORT",
	  .field = FIELD(from_port),
	  .min = 1,
	  .max = 65535,
	  .help = "and to this port, the next client to the next" },
	{ .name = "peers",
	  .kind = DEMO_NUMBER,
	  .value = "N",
	  .field = FIELD(plan.peers),
	  .min = 1,
	  .max = 100,
	  .help = "go round N server addresses with each port" },
	{ .name = "late-port",
	  .field = FIELD(plan.caller.late_port),
	  .help = "set IP_BIND_ADDRESS_NO_PORT before bind()" },
	{ .name = "reuseaddr",
	  .letter = 'r',
	  .field = FIELD(plan.caller.reuseaddr),
	  .help = "set SO_REUSEADDR before bind()" },
	{ .name = "timeout",
	  .letter = 't',
	  .kind = DEMO_NUMBER,
	  .value = "MS",
	  .field = FIELD(plan.timeout),
	  .min = 1,
	  .max = INT_MAX,
	  .help = "how long to wait for answers" },
	{ .name = "quiet",
	  .letter = 'q',
	  .field = FIELD(plan.quiet),
	  .help = "print failures and the totals only" },
	{ .name = "name",
	  .letter = 'n',
	  .kind = DEMO_NAME,
	  .value = "LABEL",
	  .field = FIELD(name),
	  .help = "the process's name" },
};
/* clang-format on */

static const struct demo_program program = {
	.name = "demo-client",
	.summary = "Connects clients to a demo server and prints who answers.",
	.notes = "The last line is for machines: answered PID N PID N ...\n"
		 "Ends with status 1 when a client failed. SIGTERM ends it.",
	.options = options,
	.option_count = sizeof(options) / sizeof(*options),
	.defaults = &defaults,
};

static void check(const struct client_options *opts)
{
	const struct demo_plan *plan = &opts->plan;
	bool bound = opts->from || opts->from_port;

	if (plan->stay && plan->hold)
		demo_usage_error(&program,
				 "--stay and --hold exclude each other");
	if (plan->caller.udp && !plan->messages)
		demo_usage_error(&program, "--udp needs --messages 1 or more");
	if (plan->caller.udp && (plan->http || plan->mute))
		demo_usage_error(&program, "--udp takes no --http or --mute");
	if (!bound && (plan->caller.late_port || plan->caller.reuseaddr))
		demo_usage_error(
			&program,
			"--late-port and --reuseaddr need --from or --from-port");
}

static void set_caller(struct client_options *opts,
		       const struct demo_endpoint *to)
{
	struct demo_caller *caller = &opts->plan.caller;
	const char *any = to->addr.ss_family == AF_INET6 ? "::" : "0.0.0.0";

	caller->bind = opts->from || opts->from_port;
	demo_options_address(&program, &caller->from,
			     opts->from ? opts->from : any, opts->from_port);
}

int main(int argc, char **argv)
{
	struct client_options opts = defaults;
	struct demo_endpoint to = { 0 };

	demo_options_parse(&program, &opts, argc, argv);
	opts.plan.stay |= opts.plan.mute;
	check(&opts);
	demo_options_address(&program, &to, opts.addr, opts.port);
	set_caller(&opts, &to);
	demo_start(opts.name);
	return demo_crowd_play(&opts.plan, &to) ? EXIT_FAILURE : EXIT_SUCCESS;
}
