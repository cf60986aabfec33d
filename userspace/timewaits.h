/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The TIME_WAITs that are alive, as far as their beginning was seen: by cookie,
 * and by port. No I/O.
 *
 * Memory is bounded: TIMEWAITS_MAX of them, the longest untouched one forgotten
 * first; one that outlives its timer by more than TIMEWAITS_LATE_MS was ended
 * by an event that got lost, and counts no more.
 */
#ifndef REUSETRACE_TIMEWAITS_H
#define REUSETRACE_TIMEWAITS_H

#include <stddef.h>
#include <stdint.h>

#include "model.h"

#define TIMEWAITS_MAX		131072
#define TIMEWAITS_LATE_MS	10000	/* timers may be an eighth late */

/* One port with TIME_WAITs. */
struct timewaits_port {
	uint32_t netns;
	uint16_t port;
	uint32_t count;
	int64_t oldest_ms;	/* its age */
	int64_t next_ms;	/* until the first one's timer ends it */
	int64_t free_ms;	/* until the last one's does */
};

struct timewaits;

/**
 * timewaits_new - an empty table
 *
 * Return: the table, or NULL when memory is short.
 */
struct timewaits *timewaits_new(void);

/**
 * timewaits_free - forget all
 * @t: the table, or NULL
 */
void timewaits_free(struct timewaits *t);

/**
 * timewaits_enter - one was born
 * @t: the table
 * @ev: its tw_enter, with the owner; seen_enter is set
 */
void timewaits_enter(struct timewaits *t, struct model_tw *ev);

/**
 * timewaits_state - its timer was set again
 * @t: the table
 * @ev: its tw_state; seen_enter and the owner are set
 */
void timewaits_state(struct timewaits *t, struct model_tw *ev);

/**
 * timewaits_exit - one ended
 * @t: the table
 * @ev: its tw_exit; seen_enter, the owner and lived_ms are set
 */
void timewaits_exit(struct timewaits *t, struct model_tw *ev);

/**
 * timewaits_on - what a bind finds on a port
 * @t: the table
 * @netns: the port's namespace
 * @port: the port
 * @cookie: the TIME_WAIT whose time left is asked for; 0: none
 * @now: the time
 * @found: set
 */
void timewaits_on(const struct timewaits *t, uint32_t netns, uint16_t port,
		  uint64_t cookie, uint64_t now, struct model_time_wait *found);

/**
 * timewaits_alive - how many there are on all ports
 * @t: the table
 * @now: the time
 */
uint32_t timewaits_alive(const struct timewaits *t, uint64_t now);

/**
 * timewaits_ports - the ports with most of them
 * @t: the table
 * @now: the time
 * @ports: set, those with most first
 * @max: how many fit
 *
 * Return: how many ports were set.
 */
size_t timewaits_ports(const struct timewaits *t, uint64_t now,
		       struct timewaits_port *ports, size_t max);

#endif
