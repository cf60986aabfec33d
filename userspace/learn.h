/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What each event teaches of sockets, their owners, groups and TIME_WAITs,
 * shown or not; and what is known already is filled into the event.
 */
#ifndef REUSETRACE_LEARN_H
#define REUSETRACE_LEARN_H

#include "events.h"
#include "read.h"
#include "told.h"

void learn_bind(struct events *ev, union read_event *e);
void learn_conflict(struct events *ev, union read_event *e);
void learn_steer(struct events *ev, union read_event *e);
/* Of picks that were counted. */
void learn_picks(struct events *ev, struct model_picks *p);
void learn_tw_enter(struct events *ev, union read_event *e);
void learn_tw_state(struct events *ev, union read_event *e);
void learn_tw_exit(struct events *ev, union read_event *e);
void learn_group(struct events *ev, union read_event *e);
void learn_listener(struct events *ev, union read_event *e);
void learn_migrate(struct events *ev, union read_event *e);

/**
 * learn_socket - a socket older than the first event, and who has it
 * @ctx: a struct events
 * @sock: the socket
 */
void learn_socket(void *ctx, const struct told_socket *sock);

/**
 * learn_survey - all sockets there are now
 * @ev: its model learns them
 */
void learn_survey(struct events *ev);

#endif
