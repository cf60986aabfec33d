/* SPDX-License-Identifier: GPL-2.0-only */
/* Which events are shown. An empty list lets everything pass. */
#ifndef REUSETRACE_FILTER_H
#define REUSETRACE_FILTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model.h"

#define FILTER_MAX	64
#define FILTER_PATH	4096

struct filter {
	size_t ports;
	uint16_t port[FILTER_MAX];
	size_t pids;
	int32_t pid[FILTER_MAX];
	size_t events;
	const char *event[FILTER_MAX];
	bool failed_only;
	bool count;		/* picks are counted: no event of them is shown */
	bool inet;		/* neither inet nor inet6: both */
	bool inet6;
	bool tcp;		/* neither tcp nor udp: both */
	bool udp;
	uint32_t netns;		/* 0: all */
	char cgroup[FILTER_PATH];	/* "": all */
};

/**
 * filter_shows - is an event of this name shown at all?
 * @f: the filter
 * @type: the event's name
 */
bool filter_shows(const struct filter *f, const char *type);

/**
 * filter_place - is this event where the filter looks: ports, netns, protocol?
 * @f: the filter
 * @head: what every event has
 *
 * One from elsewhere teaches nothing about those that are shown.
 */
bool filter_place(const struct filter *f, const struct model_head *head);

/**
 * filter_kind - is this event of a kind that is shown: family, failed?
 * @f: the filter
 * @head: what every event has
 */
bool filter_kind(const struct filter *f, const struct model_head *head);

/**
 * filter_matches - is this event shown?
 * @f: the filter
 * @head: what every event has; what it does not tell does not pass a filter
 *	on it
 */
bool filter_matches(const struct filter *f, const struct model_head *head);

#endif
