// SPDX-License-Identifier: GPL-2.0-only
#include "render_json_summary.h"

#include <stdlib.h>

#include "fairness.h"
#include "groups.h"
#include "json_put.h"
#include "timewaits.h"

static json_t *counters_object(const struct model_counters *c)
{
	json_t *o = json_object();
	size_t i;

	for (i = 0; i < c->n; i++)
		json_put_num(o, c->at[i].name, c->at[i].count);
	return o;
}

static json_t *member_object(const struct groups_member *m)
{
	static const char *const states[] = {
		[GROUPS_PRESENT]	= "present",
		[GROUPS_CLOSED]		= "closed",
		[GROUPS_LEFT]		= "left",
	};
	json_t *o = json_object();

	json_put_id(o, "cookie", m->cookie);
	json_put_task(o, &m->owner);
	if (m->owners)
		json_put_num(o, "owners_count", m->owners);
	json_put_text(o, "state", states[m->state]);
	json_put_count(o, "index", m->index);
	json_put_id(o, "joined_ns", m->joined);
	json_put_num(o, "picks", m->picks);
	json_put_num(o, "others", m->others);
	json_put_num(o, "clients", m->clients);
	return o;
}

static json_t *members_array(const struct groups *g,
			     const struct groups_group *group)
{
	const struct groups_member **list;
	size_t i, n = groups_members(g, group, &list);
	json_t *array = json_array();

	for (i = 0; i < n; i++)
		json_array_append_new(array, member_object(list[i]));
	free(list);
	return array;
}

static void put_fairness(json_t *o, const struct fairness *f)
{
	bool judged = f->verdict != FAIRNESS_NOTHING;

	json_put(o, "busiest_idlest", judged && f->idlest ?
		 json_real((double)f->busiest / f->idlest) : NULL);
	json_put(o, "chi_square", judged ? json_real(f->chi_square) : NULL);
	json_put(o, "degrees", judged ? json_integer(f->degrees) : NULL);
	json_put(o, "p_value", judged ? json_real(f->p_value) : NULL);
	json_put(o, "expected", judged ? json_real(f->expected) : NULL);
	json_put_text(o, "verdict", fairness_name(f->verdict));
}

static json_t *group_object(const struct groups *g,
			    const struct groups_group *group)
{
	json_t *o = json_object();
	struct fairness f;

	groups_judge(g, group, &f);
	json_put_num(o, "netns", group->netns);
	json_put_count(o, "group", group->id);
	json_put_text(o, "proto", group->proto);
	json_put_addr(o, "addr", &group->addr);
	json_put_num(o, "port", group->addr.port);
	json_put_num(o, "size", group->size);
	json_put_num(o, "picks", group->picks);
	json_put_num(o, "others", group->others);
	json_put_num(o, "clients", group->clients);
	json_put_num(o, "not_by_hash", group->unhashed);
	json_put_num(o, "forgotten", group->forgotten);
	json_put(o, "members", members_array(g, group));
	put_fairness(o, &f);
	return o;
}

static json_t *groups_array(struct model *m)
{
	const struct groups *g = model_groups(m);
	const struct groups_group **list;
	size_t i, n = groups_list(g, &list);
	json_t *array = json_array();

	for (i = 0; i < n; i++)
		if (list[i]->shown)
			json_array_append_new(array, group_object(g, list[i]));
	free(list);
	return array;
}

static json_t *timewaits_object(struct model *m, uint64_t now)
{
	const struct model_sums *sums = model_sums(m);
	json_t *o = json_object();

	json_put_num(o, "began", sums->entered);
	json_put_num(o, "overflowed", sums->overflowed);
	json_put(o, "ended", counters_object(&sums->reasons));
	json_put_num(o, "alive", timewaits_alive(model_timewaits(m), now));
	return o;
}

static json_t *listeners_object(const struct model_sums *sums)
{
	json_t *o = json_object();

	json_put_num(o, "closed", sums->closes);
	json_put_num(o, "unaccepted", sums->unaccepted);
	json_put_num(o, "reset", sums->reset);
	json_put_num(o, "migrated", sums->migrated);
	return o;
}

void render_json_summary(json_t *o, struct model *m,
			 const struct render_end *end)
{
	const struct model_sums *sums = model_sums(m);
	json_t *names = json_array();
	size_t i;

	for (i = 0; i < end->n_unavailable; i++)
		json_array_append_new(names, json_string(end->unavailable[i]));
	json_put(o, "events", counters_object(&sums->types));
	json_put_num(o, "lost", model_lost_events(m));
	json_put_num(o, "missed", model_missed_calls(m));
	json_put(o, "unavailable", names);
	json_put(o, "refusals", counters_object(&sums->rules));
	json_put(o, "groups", groups_array(m));
	json_put_num(o, "picks_forgotten", groups_forgotten(model_groups(m)));
	json_put(o, "time_waits", timewaits_object(m, end->ts));
	json_put(o, "listeners", listeners_object(sums));
}
