// SPDX-License-Identifier: GPL-2.0-only
/* demo-server: one listener, an echo, and the two options to choose from. */
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "demo_common.h"
#include "demo_options.h"
#include "demo_service.h"
#include "demo_socket.h"

struct server_options {
	const char *addr;
	const char *name;
	const char *group;
	int port;
	int user;
	int close_listener_after;
	int count;
	bool idle_exit;
	struct demo_listener listener;
	struct demo_manner manner;
};

static const struct server_options defaults = {
	.addr = "0.0.0.0",
	.name = "server",
	.port = 9527,
	.user = -1,
	.listener.backlog = 128,
	.manner.tell_left = true,
};

#define FIELD(name) offsetof(struct server_options, name)

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
	  .max = 65535,
	  .help = "port to bind to, 0 for any" },
	{ .name = "udp",
	  .letter = 'u',
	  .field = FIELD(listener.udp),
	  .help = "answer datagrams instead of connections" },
	{ .name = "reuseaddr",
	  .letter = 'r',
	  .field = FIELD(listener.reuseaddr),
	  .help = "set SO_REUSEADDR before bind()" },
	{ .name = "reuseport",
	  .letter = 'R',
	  .field = FIELD(listener.reuseport),
	  .help = "set SO_REUSEPORT before bind()" },
	{ .name = "late",
	  .letter = 'l',
	  .field = FIELD(listener.late),
	  .help = "set them after bind() instead" },
	{ .name = "group",
	  .letter = 'g',
	  .kind = DEMO_TEXT,
	  .value = "ADDRESS",
	  .field = FIELD(group),
	  .help = "join this multicast group, with --udp" },
	{ .name = "user",
	  .kind = DEMO_NUMBER,
	  .value = "UID",
	  .field = FIELD(user),
	  .max = INT_MAX,
	  .help = "become this user first; needs root" },
	{ .name = "backlog",
	  .letter = 'b',
	  .kind = DEMO_NUMBER,
	  .value = "N",
	  .field = FIELD(listener.backlog),
	  .max = 65535,
	  .help = "clients that may wait for accept()" },
	{ .name = "defer-accept",
	  .field = FIELD(listener.defer_accept),
	  .help = "keep clients half-open until they speak" },
	{ .name = "ignore",
	  .field = FIELD(manner.ignore),
	  .help = "never accept; leave all clients waiting" },
	{ .name = "http",
	  .field = FIELD(manner.http),
	  .help = "answer HTTP requests instead" },
	{ .name = "close-listener-after",
	  .kind = DEMO_NUMBER,
	  .value = "N",
	  .field = FIELD(close_listener_after),
	  .min = 1,
	  .max = INT_MAX,
	  .help = "close the listener only, after N clients" },
	{ .name = "count",
	  .letter = 'c',
	  .kind = DEMO_NUMBER,
	  .value = "N",
	  .field = FIELD(count),
	  .min = 1,
	  .max = INT_MAX,
	  .help = "end when N clients have come and gone" },
	{ .name = "idle-exit",
	  .letter = 'i',
	  .field = FIELD(idle_exit),
	  .help = "end when the last client has left" },
	{ .name = "name",
	  .letter = 'n',
	  .kind = DEMO_NAME,
	  .value = "LABEL",
	  .field = FIELD(name),
	  .help = "the process's name" },
};
/* clang-format on */

static const struct demo_program program = {
	.name = "demo-server",
	.summary = "Greets each client with its pid, and echoes what it sends.",
	.notes = "SIGUSR1 closes the listener and keeps the clients; "
		 "SIGTERM ends it.",
	.options = options,
	.option_count = sizeof(options) / sizeof(*options),
	.defaults = &defaults,
};

static bool finished(const struct demo_service *service,
		     const struct server_options *opts)
{
	bool alone = service->accepted && service->accepted == service->left;

	return (opts->count && service->left >= opts->count) ||
	       (opts->idle_exit && alone);
}

static int serve(struct demo_service *service,
		 const struct server_options *opts)
{
	while (!finished(service, opts)) {
		int got = demo_service_step(service);

		if (got < 0)
			return got;
		if (got == SIGTERM || got == SIGINT)
			break;
		if (got == SIGUSR1 ||
		    (opts->close_listener_after &&
		     service->accepted >= opts->close_listener_after))
			demo_service_close_listener(service);
	}
	demo_say("ends, clients accepted: %d", service->accepted);
	return 0;
}

static int run(const struct server_options *opts,
	       const struct demo_endpoint *on)
{
	struct demo_service service = { .manner = opts->manner };
	int signals = demo_signals_open(SIGTERM, SIGINT, SIGUSR1, 0);
	int listener, err;

	if (signals < 0)
		return signals;
	listener = demo_listen(&opts->listener, on);
	err = listener;
	if (listener >= 0)
		err = demo_service_open(&service, listener, signals);
	if (!err)
		err = serve(&service, opts);
	demo_service_close(&service);
	close(signals);
	return err;
}

static void set_group(struct server_options *opts, struct demo_endpoint *group)
{
	if (!opts->group)
		return;
	if (!opts->listener.udp)
		demo_usage_error(&program, "--group needs --udp");
	demo_options_address(&program, group, opts->group, opts->port);
	opts->listener.group = group;
}

int main(int argc, char **argv)
{
	struct server_options opts = defaults;
	struct demo_endpoint on = { 0 }, group = { 0 };

	demo_options_parse(&program, &opts, argc, argv);
	opts.manner.udp = opts.listener.udp;
	demo_options_address(&program, &on, opts.addr, opts.port);
	set_group(&opts, &group);
	demo_start(opts.name);
	if (opts.user >= 0 && demo_become_user(opts.user))
		return EXIT_FAILURE;
	return run(&opts, &on) ? EXIT_FAILURE : EXIT_SUCCESS;
}
