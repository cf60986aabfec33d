/* SPDX-License-Identifier: GPL-2.0-only */
/* A team of worker processes: start them, count with them, end them. */
#ifndef DEMO_TEAM_H
#define DEMO_TEAM_H

#include <stdbool.h>

#include "demo_handover.h"
#include "demo_socket.h"
#include "demo_worker.h"

/**
 * struct demo_team - the parent's view of its workers
 * @name: the workers are named this and a number from 1
 * @workers: how many to start
 * @clients: end when so many have come and gone; 0 for never
 * @shared: open one listener for all instead of one each
 * @hand_over: the same, but accept here and hand the clients over
 * @manner: how they treat clients
 * @pick: who picks the one that gets a client; NULL for the kernel's hash
 * @reports: the latest of each, @started of them
 *
 * The caller fills in what stands before @reports; the rest starts as zero.
 */
struct demo_team {
	const char *name;
	int workers;
	int clients;
	bool shared;
	bool hand_over;
	const struct demo_manner *manner;
	const struct demo_pick *pick;
	const struct demo_listener *listener;
	const struct demo_endpoint *on;

	struct demo_report *reports;
	int started;
	int ready;     /* how many of them listen */
	bool stopping; /* all were told to end */
	int err;
	int shared_fd;
	struct demo_handover handover;
	int signals;
	int pipe[2];
};

/**
 * demo_team_run - start all, wait until all have ended
 *
 * They end after @clients clients, by SIGTERM or SIGINT, or because one of
 * them failed.
 *
 * Return: 0 or -errno; @reports are valid until demo_team_free().
 */
int demo_team_run(struct demo_team *team);

/** demo_team_free - forget the reports */
void demo_team_free(struct demo_team *team);

/** demo_team_worker_name - the name of worker @index, from 0 */
void demo_team_worker_name(const struct demo_team *team, int index,
			   char name[DEMO_NAME_LEN]);

/** demo_team_accepted - how many clients all have accepted together */
int demo_team_accepted(const struct demo_team *team);

#endif
