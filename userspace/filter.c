// SPDX-License-Identifier: GPL-2.0-only
#include "filter.h"

#include <string.h>
#include <sys/socket.h>

bool filter_shows(const struct filter *f, const char *type)
{
	size_t i;

	for (i = 0; i < f->events; i++)
		if (!strcmp(f->event[i], type))
			return true;
	return !f->events;
}

static bool port_matches(const struct filter *f, const struct model_head *head)
{
	size_t i;

	for (i = 0; i < f->ports; i++)
		if (f->port[i] == head->port || f->port[i] == head->other_port)
			return true;
	return !f->ports;
}

/* The process that asked, or the one whose socket it is about. */
static bool pid_matches(const struct filter *f, const struct model_head *head)
{
	size_t i;

	for (i = 0; i < f->pids; i++)
		if (f->pid[i] == head->task.pid ||
		    f->pid[i] == head->owner_pid ||
		    f->pid[i] == head->other_pid)
			return true;
	return !f->pids;
}

static bool family_matches(const struct filter *f,
			   const struct model_head *head)
{
	if (!f->inet && !f->inet6)
		return true;
	return (f->inet && head->family == AF_INET) ||
	       (f->inet6 && head->family == AF_INET6);
}

static bool proto_matches(const struct filter *f, const struct model_head *head)
{
	if (!f->tcp && !f->udp)
		return true;
	return (f->tcp && !strcmp(head->proto, "tcp")) ||
	       (f->udp && !strcmp(head->proto, "udp"));
}

bool filter_matches(const struct filter *f, const struct model_head *head)
{
	if (f->failed_only && !head->failed)
		return false;
	if (f->netns && (!head->has_netns || head->netns != f->netns))
		return false;
	return filter_shows(f, head->type) && port_matches(f, head) &&
	       pid_matches(f, head) && family_matches(f, head) &&
	       proto_matches(f, head);
}
