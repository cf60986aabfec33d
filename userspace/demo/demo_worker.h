/* SPDX-License-Identifier: GPL-2.0-only */
/* A worker process, and what it reports to the process that started it. */
#ifndef DEMO_WORKER_H
#define DEMO_WORKER_H

#include <stdint.h>
#include <sys/types.h>

#include "demo_common.h"
#include "demo_pick.h"
#include "demo_service.h"
#include "demo_socket.h"

/**
 * struct demo_report - one write to the parent's pipe, its latest counts
 * @index: which worker, from 0
 * @cookie: of its listener
 * @accepted, @left: as in struct demo_service
 */
struct demo_report {
	int index;
	pid_t pid;
	uint64_t cookie;
	int accepted;
	int left;
};

/**
 * struct demo_worker - what a worker is told
 * @name: its process name
 * @listener: how to open its own; NULL when it uses @shared
 * @on: where to listen
 * @manner: how to treat clients
 * @pick: who picks the member that gets a client; NULL for the kernel's hash
 * @shared: the inherited listener, or what clients are handed over through
 * @signals: from demo_signals_open(), with SIGTERM and SIGINT
 * @pipe: where its reports go; the first one says that it listens
 */
struct demo_worker {
	int index;
	char name[DEMO_NAME_LEN];
	const struct demo_listener *listener;
	const struct demo_endpoint *on;
	const struct demo_manner *manner;
	const struct demo_pick *pick;
	int shared;
	int signals;
	int pipe;
};

/** demo_worker_run - serve until SIGTERM or SIGINT; 0 or -errno */
int demo_worker_run(const struct demo_worker *worker);

#endif
