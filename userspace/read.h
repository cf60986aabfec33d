/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Records to plain values, event by event. A reader may count on the fields
 * that its row in events.c names; what its event does not tell stays empty.
 */
#ifndef REUSETRACE_READ_H
#define REUSETRACE_READ_H

#include "decode.h"
#include "model.h"

union read_event {
	struct model_head head;
	struct model_bind bind;
	struct model_conflict conflict;
	struct model_steer steer;
	struct model_tw tw;
	struct model_group group;
	struct model_listener listener;
	struct model_migrate migrate;
};

/**
 * read_head - what every event has
 * @rec: the record, of a known event
 * @head: set
 */
void read_head(const struct decode_record *rec, struct model_head *head);

/* The rest of one event each; the head has been read. */
void read_bind(const struct decode_record *rec, union read_event *e);
void read_conflict(const struct decode_record *rec, union read_event *e);
void read_steer(const struct decode_record *rec, union read_event *e);
void read_tw_enter(const struct decode_record *rec, union read_event *e);
void read_tw_state(const struct decode_record *rec, union read_event *e);
void read_tw_exit(const struct decode_record *rec, union read_event *e);
void read_group(const struct decode_record *rec, union read_event *e);
void read_listener(const struct decode_record *rec, union read_event *e);
void read_migrate(const struct decode_record *rec, union read_event *e);

#endif
