/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * THE viewer table: for each event the fields it needs, how it is read, what it
 * teaches the model and how it is shown. Userspace names an event nowhere else.
 */
#ifndef REUSETRACE_EVENTS_H
#define REUSETRACE_EVENTS_H

#include "decode.h"
#include "filter.h"
#include "model.h"
#include "owner.h"
#include "render.h"

#define EVENTS_ROWS_MAX	16
#define EVENTS_NUMBERS	64	/* of formats that have a quick way to their row */

/* Where an event goes to. */
struct events {
	struct decode *decode;
	const struct filter *filter;
	struct model *model;
	struct render *render;
	struct owner *owner;	/* NULL: names come from events alone */
	bool recorded;		/* a recording need not have every event */
	uint64_t strangers;	/* left out: their control group is not known */
	bool usable[EVENTS_ROWS_MAX];	/* set by events_announce() */
	/* Of events by decode_number(): the row plus one; 0: not looked for. */
	uint8_t row[EVENTS_NUMBERS];
};

/**
 * events_names - the events that have a row
 *
 * Return: their names, NULL behind the last.
 */
const char *const *events_names(void);

/**
 * events_announce - find out which rows can be used
 * @ev: its decode knows the formats
 *
 * An event of the table that the running module's format gives too few fields
 * for is announced here, once, and then shown in the kernel's words.
 */
void events_announce(struct events *ev);

/**
 * events_needed - what must the kernel tell for what is shown?
 * @d: knows the formats
 * @filter: what is shown
 * @name: the event
 * @text: set to its tracefs filter, empty for none
 * @size: of @text
 *
 * Return: false when the event itself is not needed.
 */
bool events_needed(const struct decode *d, const struct filter *filter,
		   const char *name, char *text, size_t size);

/**
 * events_paired - does every refusal shown come as two events?
 * @filter: what is shown
 */
bool events_paired(const struct filter *filter);

/**
 * events_picks - picks that were counted, on their way to the model
 * @ev: where they go to
 * @p: what is known of them; its owner is filled in
 */
void events_picks(struct events *ev, struct model_picks *p);

/**
 * events_handle - one record, on its way to the screen
 * @ev: where it goes to
 * @rec: the record, ts, cpu, data and size set
 */
void events_handle(struct events *ev, struct decode_record *rec);

#endif
