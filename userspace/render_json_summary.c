// SPDX-License-Identifier: GPL-2.0-only
#include "render_json_summary.h"

#include <stdlib.h>

#include "fairness.h"
#include "groups.h"
#include "spread.h"
#include "timewaits.h"

#define TIME_WAIT_PORTS_MAX 16	/* those with most */

static void put_counters(struct json *o, const char *key,
			 const struct model_counters *c)
{
	size_t i;

	json_open(o, key);
	for (i = 0; i < c->n; i++)
		json_put_named(o, c->at[i].name, c->at[i].count);
	json_close(o);
}

static void put_member(struct json *o, const struct groups_group *group,
		       const struct groups_member *m)
{
	static const char *const states[] = {
		[GROUPS_PRESENT]	= "present",
		[GROUPS_CLOSED]		= "closed",
		[GROUPS_LEFT]		= "left",
	};

	json_open(o, NULL);
	json_put_id(o, "cookie", m->cookie);
	json_put_task(o, &m->owner);
	if (m->owners)
		json_put_num(o, "owners_count", m->owners);
	json_put_text(o, "state", states[m->state]);
	json_put_count(o, "index", m->index);
	json_put_id(o, "joined_ns", m->joined);
	json_put_num(o, "picks", m->picks);
	json_put_num(o, "others", m->others);
	json_put_count(o, "clients", group->counted ? -1 : (int64_t)m->clients);
	json_close(o);
}

static void put_members(struct json *o, const struct groups *g,
			const struct groups_group *group)
{
	const struct groups_member **list;
	size_t i, n = groups_members(g, group, &list);

	json_open_list(o, "members");
	for (i = 0; i < n; i++)
		put_member(o, group, list[i]);
	json_close_list(o);
	free(list);
}

static void put_real_if(struct json *o, const char *key, bool known,
			double value)
{
	if (known)
		json_put_real(o, key, value);
	else
		json_put_null(o, key);
}

static void put_fairness(struct json *o, const struct fairness *f)
{
	bool judged = f->verdict != FAIRNESS_NOTHING;

	put_real_if(o, "busiest_idlest", judged && f->idlest,
		    (double)f->busiest / f->idlest);
	put_real_if(o, "chi_square", judged, f->chi_square);
	json_put_count(o, "degrees", judged ? (int64_t)f->degrees : -1);
	put_real_if(o, "p_value", judged, f->p_value);
	put_real_if(o, "expected", judged, f->expected);
	json_put_text(o, "verdict", fairness_name(f->verdict));
}

static void put_group(struct json *o, const struct groups *g,
		      const struct groups_group *group)
{
	struct fairness f;

	spread_judge(g, group, &f);
	json_open(o, NULL);
	json_put_num(o, "netns", group->netns);
	json_put_count(o, "group", group->id);
	json_put_text(o, "proto", group->proto);
	json_put_addr(o, "addr", &group->addr);
	json_put_num(o, "port", group->addr.port);
	json_put_num(o, "size", group->size);
	json_put_num(o, "picks", group->picks);
	json_put_num(o, "others", group->others);
	json_put_count(o, "clients",
		       group->counted ? -1 : (int64_t)group->clients);
	json_put_num(o, "not_by_hash", group->unhashed);
	json_put_num(o, "forgotten", group->forgotten);
	put_members(o, g, group);
	put_fairness(o, &f);
	json_close(o);
}

static void put_groups(struct json *o, struct model *m)
{
	const struct groups *g = model_groups(m);
	const struct groups_group **list;
	size_t i, n = groups_list(g, &list);

	json_open_list(o, "groups");
	for (i = 0; i < n; i++)
		if (list[i]->shown)
			put_group(o, g, list[i]);
	json_close_list(o);
	free(list);
}

static void put_timewait_ports(struct json *o, struct model *m, uint64_t now)
{
	struct timewaits_port port[TIME_WAIT_PORTS_MAX];
	size_t i, n = timewaits_ports(model_timewaits(m), now, port,
				      TIME_WAIT_PORTS_MAX);

	json_open_list(o, "ports");
	for (i = 0; i < n; i++) {
		json_open(o, NULL);
		json_put_id(o, "netns", port[i].netns);
		json_put_num(o, "port", port[i].port);
		json_put_num(o, "count", port[i].count);
		json_put_num(o, "oldest_ms", port[i].oldest_ms);
		json_put_num(o, "free_in_ms", port[i].free_ms);
		json_close(o);
	}
	json_close_list(o);
}

static void put_timewaits(struct json *o, struct model *m, uint64_t now)
{
	const struct model_sums *sums = model_sums(m);

	json_open(o, "time_waits");
	json_put_num(o, "began", sums->entered);
	json_put_num(o, "overflowed", sums->overflowed);
	put_counters(o, "ended", &sums->reasons);
	json_put_num(o, "alive", timewaits_alive(model_timewaits(m), now));
	put_timewait_ports(o, m, now);
	json_close(o);
}

static void put_listeners(struct json *o, const struct model_sums *sums)
{
	json_open(o, "listeners");
	json_put_num(o, "closed", sums->closes);
	json_put_num(o, "unaccepted", sums->unaccepted);
	json_put_num(o, "reset", sums->reset);
	json_put_num(o, "migrated", sums->migrated);
	json_close(o);
}

void render_json_summary(struct json *o, struct model *m,
			 const struct render_end *end)
{
	const struct model_sums *sums = model_sums(m);
	size_t i;

	put_counters(o, "events", &sums->types);
	json_put_num(o, "lost", model_lost_events(m));
	json_put_num(o, "missed", model_missed_calls(m));
	json_open_list(o, "unavailable");
	for (i = 0; i < end->n_unavailable; i++)
		json_put_text(o, NULL, end->unavailable[i]);
	json_close_list(o);
	put_counters(o, "refusals", &sums->rules);
	if (sums->picks)
		json_put_num(o, "picks_counted", sums->picks);
	put_groups(o, m);
	json_put_num(o, "picks_forgotten", groups_forgotten(model_groups(m)));
	put_timewaits(o, m, end->ts);
	put_listeners(o, sums);
}
