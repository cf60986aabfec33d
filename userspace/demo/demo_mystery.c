// SPDX-License-Identifier: GPL-2.0-only
/*
 * demo-mystery: five services that misbehave, for the labs m1 to m5. What is
 * wrong with each is in the teacher's answers, and in the trace.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "demo_actor.h"
#include "demo_common.h"

#define PORT	      9527
#define USER	      1000
#define WORKERS	      8
#define MESSAGES      80
#define CLIENTS	      5
#define SERVED	      2 /* of them; the others have to wait */
#define RELOADS	      2
#define COUNT_WAIT_MS 5000

static void tell(const char *who, int result)
{
	if (result < 0)
		demo_say("%s does not start: %s", who, strerror(-result));
	else
		demo_say("%s is up", who);
}

/* From the first call that fails on there are no more. */
static int serve(struct demo_actor *actor, const char *name, int uid, int kind,
		 int port)
{
	int result = demo_actor_start(actor, name, uid);

	if (!result)
		result = demo_actor_ask(actor, DEMO_ACT_SOCKET, kind);
	if (!result)
		result = demo_actor_ask(actor, DEMO_ACT_BIND, port);
	if (!result && !(kind & DEMO_UDP))
		result = demo_actor_ask(actor, DEMO_ACT_LISTEN, 16);
	return result;
}

static int for_one_user(void)
{
	struct demo_actor one, two, three;

	tell("the service", serve(&one, "app", 0, DEMO_REUSEPORT, PORT));
	demo_say("user %d starts a second instance", USER);
	tell("the second instance",
	     serve(&two, "app", USER, DEMO_REUSEPORT, PORT));
	demo_say("root starts a second instance, with the same command line");
	tell("the second instance",
	     serve(&three, "app", 0, DEMO_REUSEPORT, PORT));
	demo_actor_end(&three);
	demo_actor_end(&two);
	demo_actor_end(&one);
	return 0;
}

static int at_start(void)
{
	struct demo_actor blue, green;
	int result;

	if (demo_actor_start(&blue, "blue", 0) ||
	    demo_actor_start(&green, "green", 0))
		return 1;
	demo_say("blue and green prepare themselves");
	result = demo_actor_ask(&blue, DEMO_ACT_SOCKET, DEMO_REUSEADDR);
	result |= demo_actor_ask(&blue, DEMO_ACT_BIND, PORT);
	result |= demo_actor_ask(&green, DEMO_ACT_SOCKET, DEMO_REUSEADDR);
	result |= demo_actor_ask(&green, DEMO_ACT_BIND, PORT);
	tell("blue", demo_actor_ask(&blue, DEMO_ACT_LISTEN, 16));
	tell("green", demo_actor_ask(&green, DEMO_ACT_LISTEN, 16));
	demo_actor_end(&green);
	demo_actor_end(&blue);
	return result ? 1 : 0;
}

/* Some may still be on their way: until all were counted. */
static void count(struct demo_actor *worker, int *got)
{
	int64_t end = demo_now_ms() + COUNT_WAIT_MS;
	int all = 0;

	while (all < MESSAGES && demo_now_ms() < end)
		for (int i = 0; i < WORKERS; i++) {
			int more =
				demo_actor_ask(&worker[i], DEMO_ACT_COUNT, 0);

			got[i] += more;
			all += more;
		}
}

static int by_one_worker(void)
{
	struct demo_actor worker[WORKERS] = { 0 }, gateway;
	int got[WORKERS] = { 0 }, failed = 0;
	char name[16];

	for (int i = 0; i < WORKERS; i++) {
		snprintf(name, sizeof(name), "w%d", i + 1);
		failed |= serve(&worker[i], name, 0, DEMO_UDP | DEMO_REUSEPORT,
				PORT);
	}
	demo_say("%d workers are up, %d messages come", WORKERS, MESSAGES);
	failed |= demo_actor_start(&gateway, "gateway", 0);
	failed |= demo_actor_ask(&gateway, DEMO_ACT_SOCKET, DEMO_UDP);
	failed |= demo_actor_ask(&gateway, DEMO_ACT_CONNECT, PORT);
	failed |= demo_actor_ask(&gateway, DEMO_ACT_SEND, MESSAGES);
	count(worker, got);
	for (int i = 0; i < WORKERS; i++) {
		demo_say("w%d has handled %d", i + 1, got[i]);
		demo_actor_end(&worker[i]);
	}
	demo_actor_end(&gateway);
	return failed ? 1 : 0;
}

/* The next generation is up before the one before it leaves. */
static int reload(struct demo_actor *old, struct demo_actor *new)
{
	struct demo_actor clients;
	int failed = demo_actor_start(&clients, "clients", 0);

	for (int i = 0; i < CLIENTS; i++)
		failed |= demo_actor_ask(&clients, DEMO_ACT_CONNECT, PORT);
	failed |= demo_actor_ask(old, DEMO_ACT_ACCEPT, SERVED);
	demo_say("%d clients are connected; the service is reloaded", CLIENTS);
	tell("the next generation", serve(new, "app", 0, DEMO_REUSEPORT, PORT));
	failed |= demo_actor_ask(old, DEMO_ACT_CLOSE, 0);
	demo_say("%d clients say: Connection reset by peer",
		 demo_actor_ask(&clients, DEMO_ACT_RESETS, CLIENTS - SERVED));
	demo_actor_end(&clients);
	return failed;
}

static int at_reload(void)
{
	struct demo_actor app[RELOADS + 1] = { 0 };
	int failed = serve(&app[0], "app", 0, DEMO_REUSEPORT, PORT);

	tell("the service", failed);
	for (int i = 0; i < RELOADS && !failed; i++)
		failed = reload(&app[i], &app[i + 1]);
	for (int i = 0; i <= RELOADS; i++)
		demo_actor_end(&app[i]);
	return failed ? 1 : 0;
}

static int when_up(void)
{
	struct demo_actor mirror, updater, shop;
	int failed = serve(&mirror, "mirror", 0, 0, PORT);

	failed |= demo_actor_start(&updater, "updater", 0);
	failed |= demo_actor_ask(&updater, DEMO_ACT_CONNECT, PORT);
	demo_say("the shop is configured for port %d, and sets SO_REUSEADDR",
		 updater.port);
	demo_say("no server has that port: ss -tln shows nobody there");
	tell("the shop", serve(&shop, "shop", 0, DEMO_REUSEADDR, updater.port));
	demo_actor_end(&shop);
	demo_actor_end(&updater);
	demo_actor_end(&mirror);
	return failed ? 1 : 0;
}

static int (*const mysteries[])(void) = {
	for_one_user, at_start, by_one_worker, at_reload, when_up,
};

int main(int argc, char **argv)
{
	int number = argc == 2 ? atoi(argv[1]) : 0;

	if (number < 1 || number > 5) {
		fprintf(stderr, "demo-mystery takes a number from 1 to 5\n");
		return DEMO_EXIT_USAGE;
	}
	demo_start("mystery");
	return mysteries[number - 1]();
}
