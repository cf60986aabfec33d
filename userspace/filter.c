// SPDX-License-Identifier: GPL-2.0-only
#include "filter.h"

#include <string.h>
#include <sys/socket.h>

#include "cgroup.h"

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

static bool cgroup_matches(const struct filter *f,
			   const struct model_head *head)
{
	return !f->cgroup[0] || cgroup_within(head->task.cgroup, f->cgroup) ||
	       cgroup_within(head->owner_cgroup, f->cgroup) ||
	       cgroup_within(head->other_cgroup, f->cgroup);
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

bool filter_place(const struct filter *f, const struct model_head *head)
{
	if (f->netns && (!head->has_netns || head->netns != f->netns))
		return false;
	return port_matches(f, head) && proto_matches(f, head);
}

bool filter_kind(const struct filter *f, const struct model_head *head)
{
	return (!f->failed_only || head->failed) && family_matches(f, head);
}

bool filter_matches(const struct filter *f, const struct model_head *head)
{
	return filter_shows(f, head->type) && filter_place(f, head) &&
	       filter_kind(f, head) && pid_matches(f, head) &&
	       cgroup_matches(f, head);
}
