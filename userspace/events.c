// SPDX-License-Identifier: GPL-2.0-only
#include "events.h"

#include <stdio.h>
#include <string.h>

#include "groups.h"
#include "log.h"
#include "read.h"
#include "timewaits.h"

#define FIELDS_MAX	40
#define TEXT_LEN	2048

/* All there is to say about one event. */
struct row {
	const char *name;
	const char *fields[FIELDS_MAX];	/* without one of them: kernel's text */
	void (*read)(const struct decode_record *rec, union read_event *e);
	/* What it teaches of sockets and their owners, shown or not. */
	void (*learn)(struct events *ev, union read_event *e);
	/* Counted in the model and shown. */
	void (*show)(struct events *ev, const union read_event *e);
};

/* Who has the socket: now, by /proc, or else when an event last said. */
static void find_owner(struct events *ev, uint64_t cookie, uint64_t inode,
		       struct model_task *task, uint32_t *processes)
{
	struct owner_found found;

	model_owner(ev->model, cookie, task);
	if (!ev->owner || !owner_find(ev->owner, inode, task, &found))
		return;
	model_learn(ev->model, cookie, inode, &found.task);
	*task = found.task;
	*processes = found.processes;
}

static void learn_bind(struct events *ev, union read_event *e)
{
	struct model_bind *b = &e->bind;

	model_learn(ev->model, b->sock.cookie, b->sock.inode, &b->head.task);
	if (!b->ok)
		return;
	model_listens(ev->model, b->head.netns, b->bound_port, &b->head.task);
	if (b->sock.reuseport)
		groups_name(model_groups(ev->model), b->sock.cookie,
			    &b->head.task);
}

static void show_bind(struct events *ev, const union read_event *e)
{
	model_count_bind(ev->model, &e->bind);
	ev->render->ops->bind(ev->render, &e->bind);
}

/* The dead owner of a TIME_WAIT, or at least who served that port. */
static void find_server(struct events *ev, const struct model_head *head,
			uint16_t port, struct model_task *task, bool *server)
{
	if (!task->pid)
		*server = model_listener(ev->model, head->netns, port, task);
}

static void learn_conflict(struct events *ev, union read_event *e)
{
	struct model_conflict *c = &e->conflict;
	bool dead = c->holder_orphan || !strcmp(c->holder_state, "TIME_WAIT");

	model_learn(ev->model, c->sock.cookie, c->sock.inode, &c->head.task);
	timewaits_on(model_timewaits(ev->model), c->head.netns, c->head.port,
		     dead ? c->holder.cookie : 0, c->head.ts, &c->time_wait);
	if (!c->holder.addr.family)
		return;
	find_owner(ev, c->holder.cookie, c->holder.inode, &c->holder_task,
		   &c->holder_owners);
	if (dead)
		find_server(ev, &c->head, c->holder.addr.port, &c->holder_task,
			    &c->holder_server);
}

static void show_conflict(struct events *ev, const union read_event *e)
{
	model_count_conflict(ev->model, &e->conflict);
	ev->render->ops->conflict(ev->render, &e->conflict);
}

static void learn_steer(struct events *ev, union read_event *e)
{
	struct model_steer *s = &e->steer;

	find_owner(ev, s->cookie, s->inode, &s->owner, &s->owners);
	s->head.owner_pid = s->owner.pid;
	groups_pick(model_groups(ev->model), s);
}

static void show_steer(struct events *ev, const union read_event *e)
{
	groups_show(model_groups(ev->model), e->head.netns, e->steer.group,
		    e->head.proto);
	ev->render->ops->steer(ev->render, &e->steer);
}

static void learn_tw_enter(struct events *ev, union read_event *e)
{
	struct model_tw *t = &e->tw;

	if (!t->closer)
		model_owner(ev->model, t->cookie, &t->owner);
	find_server(ev, &t->head, t->head.port, &t->owner, &t->server);
	timewaits_enter(model_timewaits(ev->model), t);
	t->head.owner_pid = t->owner.pid;
}

static void learn_tw_state(struct events *ev, union read_event *e)
{
	timewaits_state(model_timewaits(ev->model), &e->tw);
	e->head.owner_pid = e->tw.owner.pid;
}

static void learn_tw_exit(struct events *ev, union read_event *e)
{
	timewaits_exit(model_timewaits(ev->model), &e->tw);
	e->head.owner_pid = e->tw.owner.pid;
}

static void show_tw_enter(struct events *ev, const union read_event *e)
{
	model_count_enter(ev->model, &e->tw);
	ev->render->ops->tw_enter(ev->render, &e->tw);
}

static void show_tw_state(struct events *ev, const union read_event *e)
{
	ev->render->ops->tw_state(ev->render, &e->tw);
}

static void show_tw_exit(struct events *ev, const union read_event *e)
{
	model_count_exit(ev->model, &e->tw);
	ev->render->ops->tw_exit(ev->render, &e->tw);
}

/* A socket may close because its process ends: /proc knows it no more. */
static void learn_group(struct events *ev, union read_event *e)
{
	struct model_group *g = &e->group;

	find_owner(ev, g->cookie, g->inode, &g->owner, &g->owners);
	if (!g->owner.pid)
		g->owner = g->head.task;
	g->head.owner_pid = g->owner.pid;
	groups_change(model_groups(ev->model), g);
}

static void show_group(struct events *ev, const union read_event *e)
{
	const struct model_group *g = &e->group;
	struct groups *groups = model_groups(ev->model);
	const struct groups_group *group;
	struct groups_peers peers = { 0 };

	groups_show(groups, g->head.netns, g->group, g->head.proto);
	group = groups_find(groups, g->head.netns, g->group, g->head.proto);
	if (group)
		groups_peers(groups, group, g->cookie, &g->owner, &peers);
	ev->render->ops->group(ev->render, g, &peers);
}

static void learn_listener(struct events *ev, union read_event *e)
{
	struct model_task owner = e->head.task;

	model_owner(ev->model, e->listener.cookie, &owner);
	e->head.owner_pid = owner.pid;
}

static void show_listener(struct events *ev, const union read_event *e)
{
	model_count_listener(ev->model, &e->listener);
	ev->render->ops->listener(ev->render, &e->listener);
}

/* The event tells no family: its group's is known from other events. */
static void learn_migrate(struct events *ev, union read_event *e)
{
	struct model_migrate *m = &e->migrate;
	const struct groups_group *group =
		groups_find(model_groups(ev->model), m->head.netns, m->group,
			    m->head.proto);

	if (group)
		m->head.family = group->addr.family;
	model_owner(ev->model, m->from, &m->from_owner);
	model_owner(ev->model, m->to, &m->to_owner);
	m->head.owner_pid = m->from_owner.pid;
	m->head.other_pid = m->to_owner.pid;
}

static void show_migrate(struct events *ev, const union read_event *e)
{
	ev->render->ops->migrate(ev->render, &e->migrate);
}

static const struct row rows[] = {
	{
		.name = "bind",
		.fields = {
			"cookie", "inode", "netns", "uid", "ifindex", "result",
			"owners", "over_time_wait", "tgid", "family", "port",
			"bound_port", "op", "proto", "why", "reuseaddr",
			"reuseport", "v6only", "truncated", "addr", "comm",
		},
		.read = read_bind,
		.learn = learn_bind,
		.show = show_bind,
	},
	{
		.name = "bind_conflict",
		.fields = {
			"cookie", "inode", "netns", "uid", "ifindex", "tgid",
			"family", "port", "op", "proto", "reuseaddr",
			"reuseport", "v6only", "rule", "overlap",
			"reuseaddr_blocked_by", "reuseport_blocked_by",
			"holder_cookie", "holder_inode", "holder_uid",
			"holder_ifindex", "holder_family", "holder_state",
			"holder_reuseaddr", "holder_reuseport", "holder_v6only",
			"holder_orphan", "holder_addr", "holder_peer",
			"inferred", "truncated", "addr", "comm",
		},
		.read = read_conflict,
		.learn = learn_conflict,
		.show = show_conflict,
	},
	{
		.name = "steer",
		.fields = {
			"cookie", "inode", "netns", "hash", "group", "index",
			"size", "family", "sport", "dport", "proto", "via",
			"inferred", "src", "dst",
		},
		.read = read_steer,
		.learn = learn_steer,
		.show = show_steer,
	},
	{
		.name = "tw_enter",
		.fields = {
			"cookie", "inode", "netns", "timeout_ms", "family",
			"port", "substate", "reuseaddr", "reuseport",
			"overflow", "addr", "peer",
		},
		.read = read_tw_enter,
		.learn = learn_tw_enter,
		.show = show_tw_enter,
	},
	{
		.name = "tw_state",
		.fields = {
			"cookie", "netns", "timeout_ms", "family", "port",
			"from", "to", "addr", "peer",
		},
		.read = read_tw_state,
		.learn = learn_tw_state,
		.show = show_tw_state,
	},
	{
		.name = "tw_exit",
		.fields = {
			"cookie", "netns", "left_ms", "family", "port",
			"substate", "reason", "inferred", "addr", "peer",
		},
		.read = read_tw_exit,
		.learn = learn_tw_exit,
		.show = show_tw_exit,
	},
	{
		.name = "group",
		.fields = {
			"cookie", "inode", "netns", "group", "size", "closed",
			"family", "port", "action", "proto", "addr",
		},
		.read = read_group,
		.learn = learn_group,
		.show = show_group,
	},
	{
		.name = "listener_close",
		.fields = {
			"cookie", "netns", "group", "unaccepted", "reset",
			"migrated", "tgid", "family", "port", "inferred",
			"addr", "comm",
		},
		.read = read_listener,
		.learn = learn_listener,
		.show = show_listener,
	},
	{
		.name = "migrate",
		.fields = {
			"from", "to", "netns", "group", "port", "stage",
			"result",
		},
		.read = read_migrate,
		.learn = learn_migrate,
		.show = show_migrate,
	},
	/* The next event goes here: Documentation/adding-an-event.md. */
};

#define N_ROWS	(sizeof(rows) / sizeof(rows[0]))

const char *const *events_names(void)
{
	static const char *names[N_ROWS + 1];
	size_t i;

	for (i = 0; i < N_ROWS; i++)
		names[i] = rows[i].name;
	return names;
}

static const char *missing_field(const struct row *row,
				 const struct decode_event *event)
{
	const char *const *field = row->fields;

	while (*field && decode_has(event, *field))
		field++;
	return *field;
}

static bool check_row(const struct events *ev, const struct row *row)
{
	const struct decode_event *event = decode_find(ev->decode, row->name);
	const char *missing;

	if (!event && ev->recorded)
		return false;
	if (!event) {
		log_notice("this module has no event %s", row->name);
		return false;
	}
	missing = missing_field(row, event);
	if (missing)
		log_notice("this module's %s has no field %s: it is shown in the kernel's words",
			   row->name, missing);
	return !missing;
}

void events_announce(struct events *ev)
{
	size_t i;

	_Static_assert(N_ROWS <= EVENTS_ROWS_MAX, "raise EVENTS_ROWS_MAX");
	for (i = 0; i < N_ROWS; i++)
		ev->usable[i] = check_row(ev, &rows[i]);
}

bool events_paired(const struct filter *filter)
{
	return filter_shows(filter, "bind") &&
	       filter_shows(filter, "bind_conflict");
}

static const struct row *row_of(const struct events *ev,
				const struct decode_record *rec)
{
	size_t i;

	for (i = 0; i < N_ROWS; i++)
		if (!strcmp(rows[i].name, decode_name(rec->event)))
			return ev->usable[i] ? &rows[i] : NULL;
	return NULL;
}

static void show_text(struct events *ev, const struct decode_record *rec,
		      const struct model_head *head)
{
	char text[TEXT_LEN];

	if (rec->event)
		decode_text(rec, text, sizeof(text));
	else
		snprintf(text, sizeof(text), "%zu bytes in no format we know",
			 rec->size);
	ev->render->ops->other(ev->render, head, text);
}

static void handle_known(struct events *ev, const struct row *row,
			 const struct decode_record *rec, union read_event *e)
{
	row->read(rec, e);
	row->learn(ev, e);
	if (!filter_matches(ev->filter, &e->head))
		return;
	model_count(ev->model, e->head.type);
	row->show(ev, e);
}

void events_handle(struct events *ev, struct decode_record *rec)
{
	union read_event e = { 0 };
	const struct row *row = NULL;

	if (decode_record(ev->decode, rec)) {
		e.head.type = "unknown";
		e.head.ts = rec->ts;
		e.head.cpu = rec->cpu;
	} else {
		read_head(rec, &e.head);
		row = row_of(ev, rec);
	}
	if (row) {
		handle_known(ev, row, rec, &e);
	} else if (filter_matches(ev->filter, &e.head)) {
		model_count(ev->model, e.head.type);
		show_text(ev, rec, &e.head);
	}
}
