// SPDX-License-Identifier: GPL-2.0-only
#include "demo_crowd.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "demo_common.h"
#include "demo_conn.h"

enum { SIGNALS, INPUT, FIRST_CONN };

/**
 * struct demo_crowd - the crowd as it stands
 * @answering: some wait for an answer; otherwise all stay for a while
 * @until: when this ends, in demo_now_ms(); -1 for never
 * @since, @took: when it began, and how long it was until the first answers
 *	of all were there; -1 before
 */
struct demo_crowd {
	const struct demo_plan *plan;
	struct demo_conn *conns;
	struct pollfd *polls;
	struct demo_tally tally;
	struct demo_lines input;
	bool input_ended;
	bool answering;
	int64_t until;
	int64_t since, took;
};

static int count_state(const struct demo_crowd *crowd,
		       enum demo_conn_state state)
{
	int count = 0;

	for (int i = 0; i < crowd->plan->clients; i++)
		count += crowd->conns[i].state == state;
	return count;
}

static bool busy(const struct demo_crowd *crowd)
{
	return count_state(crowd, DEMO_CONN_CONNECTING) ||
	       count_state(crowd, DEMO_CONN_WAITING);
}

static void await_answers(struct demo_crowd *crowd)
{
	crowd->answering = true;
	crowd->until = demo_now_ms() + crowd->plan->timeout;
}

static void all_answered(struct demo_crowd *crowd)
{
	if (crowd->took < 0) {
		crowd->took = demo_now_ms() - crowd->since;
		if (crowd->plan->mute)
			demo_say("connected and silent, clients: %d",
				 count_state(crowd, DEMO_CONN_READY));
	}
	crowd->answering = false;
	crowd->until = -1;
	if (!crowd->plan->stay)
		crowd->until = demo_now_ms() + crowd->plan->hold;
}

static void open_one(struct demo_crowd *crowd, int i,
		     const struct demo_endpoint *to)
{
	const struct demo_plan *plan = crowd->plan;
	struct demo_conn *conn = &crowd->conns[i];
	struct demo_endpoint peer = *to;

	*conn = (struct demo_conn){
		.caller = plan->caller,
		.http = plan->http,
		.mute = plan->mute,
		.quiet = plan->quiet,
		.messages = plan->mute ? 0 : plan->messages,
		.tally = &crowd->tally,
	};
	demo_endpoint_shift(&peer, i % plan->peers, 0);
	if (demo_endpoint_port(&conn->caller.from))
		demo_endpoint_shift(&conn->caller.from, 0, i / plan->peers);
	demo_conn_open(conn, &peer);
}

static void open_all(struct demo_crowd *crowd, const struct demo_endpoint *to)
{
	demo_say("connects to %s, sockets: %d", to->text, crowd->plan->clients);
	for (int i = 0; i < crowd->plan->clients; i++)
		open_one(crowd, i, to);
}

static void give_up_busy(struct demo_crowd *crowd)
{
	for (int i = 0; i < crowd->plan->clients; i++)
		if (demo_conn_busy(&crowd->conns[i]))
			demo_conn_give_up(&crowd->conns[i]);
}

/* Passes the next typed line to all; false when there is none and no more. */
static bool type_line(struct demo_crowd *crowd)
{
	char line[DEMO_MESSAGE_ROOM];

	if (!demo_lines_take(&crowd->input, line, sizeof(line)))
		return !crowd->input_ended;
	for (int i = 0; i < crowd->plan->clients; i++)
		if (crowd->conns[i].state == DEMO_CONN_READY)
			demo_conn_type(&crowd->conns[i], line);
	await_answers(crowd);
	return true;
}

/* What comes next, before waiting for it; false when all is done. */
static bool advance(struct demo_crowd *crowd)
{
	if (crowd->answering && !busy(crowd))
		all_answered(crowd);
	if (!crowd->answering && !count_state(crowd, DEMO_CONN_READY))
		return false;
	if (!crowd->answering && crowd->plan->stay && !type_line(crowd))
		return false;
	if (crowd->until < 0 || demo_now_ms() < crowd->until)
		return true;
	if (crowd->answering)
		give_up_busy(crowd);
	return crowd->answering;
}

static int wait_events(struct demo_crowd *crowd)
{
	bool listen = crowd->plan->stay && !crowd->answering;
	int64_t left = crowd->until - demo_now_ms();

	crowd->polls[INPUT] = (struct pollfd){
		.fd = listen ? STDIN_FILENO : -1,
		.events = POLLIN,
	};
	for (int i = 0; i < crowd->plan->clients; i++)
		crowd->polls[FIRST_CONN + i] = (struct pollfd){
			.fd = crowd->conns[i].fd,
			.events = demo_conn_events(&crowd->conns[i]),
		};
	if (left < 0)
		left = crowd->until < 0 ? -1 : 0;
	return poll(crowd->polls, FIRST_CONN + crowd->plan->clients, (int)left);
}

static void read_input(struct demo_crowd *crowd)
{
	ssize_t got = demo_lines_read(&crowd->input, STDIN_FILENO);

	if (got == -EMSGSIZE)
		demo_complain("a typed line is too long; type shorter ones");
	if (got <= 0 && got != -EINTR && got != -EAGAIN)
		crowd->input_ended = true;
}

/* Returns false when a signal wants the end. */
static bool handle_events(struct demo_crowd *crowd)
{
	if (demo_signals_read(crowd->polls[SIGNALS].fd))
		return false;
	if (crowd->polls[INPUT].revents)
		read_input(crowd);
	for (int i = 0; i < crowd->plan->clients; i++)
		if (crowd->polls[FIRST_CONN + i].revents)
			demo_conn_handle(&crowd->conns[i]);
	return true;
}

static int run(struct demo_crowd *crowd, const struct demo_endpoint *to)
{
	crowd->since = demo_now_ms();
	crowd->took = -1;
	await_answers(crowd);
	open_all(crowd, to);
	while (advance(crowd)) {
		if (wait_events(crowd) < 0 && errno != EINTR)
			return demo_call_failed("poll()", "its sockets", errno);
		if (!handle_events(crowd))
			break;
	}
	return 0;
}

/* Returns how many clients were not answered. */
static int sum_up(const struct demo_crowd *crowd)
{
	int ready = count_state(crowd, DEMO_CONN_READY);
	int failed = crowd->plan->clients - ready;

	demo_say("clients: %d, answered: %d, failed: %d, in %d ms",
		 crowd->plan->clients, ready, failed, (int)crowd->took);
	demo_tally_print(&crowd->tally, "answered");
	return failed;
}

static void free_all(struct demo_crowd *crowd)
{
	demo_tally_free(&crowd->tally);
	free(crowd->polls);
	free(crowd->conns);
}

static int allocate(struct demo_crowd *crowd)
{
	size_t count = crowd->plan->clients;

	crowd->conns = calloc(count, sizeof(*crowd->conns));
	crowd->polls = calloc(FIRST_CONN + count, sizeof(*crowd->polls));
	if (crowd->conns && crowd->polls)
		return 0;
	free_all(crowd);
	return demo_call_failed("calloc()", "so many clients", ENOMEM);
}

/* Each client is an open file, and some are open already. */
static int check_limit(const struct demo_plan *plan)
{
	int room = demo_files_allowed() - 16;

	if (plan->clients <= room)
		return 0;
	demo_complain(
		"%d clients at once are more than the %d that the limit of open files allows; raise it with ulimit -n",
		plan->clients, room > 0 ? room : 0);
	return -EMFILE;
}

int demo_crowd_play(const struct demo_plan *plan,
		    const struct demo_endpoint *to)
{
	struct demo_crowd all = { .plan = plan };
	struct demo_crowd *crowd = &all;
	int err = check_limit(plan);
	int signals;

	if (err)
		return err;
	signals = demo_signals_open(SIGTERM, SIGINT, 0);
	if (signals < 0)
		return signals;
	err = allocate(crowd);
	if (err)
		goto err_signals;
	crowd->polls[SIGNALS] =
		(struct pollfd){ .fd = signals, .events = POLLIN };
	err = run(crowd, to);
	if (sum_up(crowd) && !err)
		err = -EIO;
	for (int i = 0; i < plan->clients; i++)
		demo_conn_close(&crowd->conns[i]);
	free_all(crowd);
err_signals:
	close(signals);
	return err;
}
