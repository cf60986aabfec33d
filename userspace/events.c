// SPDX-License-Identifier: GPL-2.0-only
#include "events.h"

#include <stdio.h>
#include <string.h>

#include "groups.h"
#include "learn.h"
#include "log.h"
#include "push.h"
#include "read.h"

#define FIELDS_MAX	40
#define TEXT_LEN	2048
#define SERVES_MAX	10
#define ROW_COUNTED	"steer"

/* All there is to say about one event. */
struct row {
	const char *name;
	const char *fields[FIELDS_MAX];	/* without one of them: kernel's text */
	void (*read)(const struct decode_record *rec, union read_event *e);
	/* What it teaches of sockets and their owners, shown or not. */
	void (*learn)(struct events *ev, union read_event *e);
	/* Counted in the model and shown. */
	void (*show)(struct events *ev, const union read_event *e);
	/* Events that say more when this one was learned. */
	const char *serves[SERVES_MAX];
	struct push push;
	bool counted;		/* not needed where picks are counted */
};

static void show_bind(struct events *ev, const union read_event *e)
{
	model_count_bind(ev->model, &e->bind);
	ev->render->ops->bind(ev->render, &e->bind);
}

static void show_conflict(struct events *ev, const union read_event *e)
{
	model_count_conflict(ev->model, &e->conflict);
	ev->render->ops->conflict(ev->render, &e->conflict);
}

static void show_steer(struct events *ev, const union read_event *e)
{
	groups_show(model_groups(ev->model), e->head.netns, e->steer.group,
		    e->head.proto);
	ev->render->ops->steer(ev->render, &e->steer);
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

static void show_listener(struct events *ev, const union read_event *e)
{
	model_count_listener(ev->model, &e->listener);
	ev->render->ops->listener(ev->render, &e->listener);
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
		.serves = {
			"bind_conflict", "steer", "tw_enter", "tw_state",
			"tw_exit", "group", "listener_close", "migrate",
		},
		.push.port = { "port", "bound_port" },
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
		.serves = { "group" },
		.counted = true,
		.push = {
			.port = { "dport" },
			.failed_field = "via",
			.failed_value = "bpf-drop",
			.only_shown = true,
		},
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
		.serves = {
			"bind_conflict", "tw_enter", "tw_state", "tw_exit",
		},
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
		.serves = {
			"bind_conflict", "tw_enter", "tw_state", "tw_exit",
		},
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
		.serves = {
			"bind_conflict", "tw_enter", "tw_state", "tw_exit",
		},
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
		.serves = { "steer", "migrate" },
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

static const struct row *row_named(const char *name)
{
	size_t i;

	for (i = 0; i < N_ROWS; i++)
		if (!strcmp(rows[i].name, name))
			return &rows[i];
	return NULL;
}

/* Shown, or good to know for what is shown. */
static bool is_wanted(const struct filter *f, const char *name,
		      const struct row *row)
{
	const char *const *other = row ? row->serves : NULL;

	if (row && row->counted && f->count)
		return false;
	if (filter_shows(f, name))
		return true;
	while (other && *other && !filter_shows(f, *other))
		other++;
	return other && *other;
}

bool events_needed(const struct decode *d, const struct filter *filter,
		   const char *name, char *text, size_t size)
{
	const struct decode_event *event = decode_find(d, name);
	const struct row *row = row_named(name);

	return event && is_wanted(filter, name, row) &&
	       push_text(event, row ? &row->push : NULL, filter, text, size);
}

bool events_paired(const struct filter *filter)
{
	return filter_shows(filter, "bind") &&
	       filter_shows(filter, "bind_conflict");
}

static const struct row *row_of(struct events *ev,
				const struct decode_record *rec)
{
	unsigned int number = decode_number(rec->event);
	const struct row *row = NULL;

	if (number < EVENTS_NUMBERS && ev->row[number])
		row = &rows[ev->row[number] - 1];
	else
		row = row_named(decode_name(rec->event));
	if (row && number < EVENTS_NUMBERS)
		ev->row[number] = row - rows + 1;
	return row && ev->usable[row - rows] ? row : NULL;
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

/* Left out because nobody knows where its process belongs. */
static bool is_stranger(const struct filter *f, const struct model_head *head)
{
	return f->cgroup[0] && !head->task.cgroup && !head->owner_cgroup &&
	       !head->other_cgroup && filter_shows(f, head->type) &&
	       filter_kind(f, head);
}

static void handle_known(struct events *ev, const struct row *row,
			 const struct decode_record *rec, union read_event *e)
{
	row->read(rec, e);
	/* The same whether the kernel could be asked to leave it out or not. */
	if (!is_wanted(ev->filter, row->name, row) ||
	    !filter_place(ev->filter, &e->head) ||
	    (row->push.only_shown && !filter_kind(ev->filter, &e->head)))
		return;
	if (ev->owner)
		owner_cgroup(ev->owner, &e->head.task);
	row->learn(ev, e);
	if (!filter_matches(ev->filter, &e->head)) {
		ev->strangers += is_stranger(ev->filter, &e->head);
		return;
	}
	model_count(ev->model, e->head.type);
	row->show(ev, e);
}

void events_picks(struct events *ev, struct model_picks *p)
{
	p->head.type = ROW_COUNTED;
	if (!filter_place(ev->filter, &p->head))
		return;
	learn_picks(ev, p);
	if (!filter_matches(ev->filter, &p->head))
		return;
	model_count_picks(ev->model, p->opened + p->others);
	groups_show(model_groups(ev->model), p->head.netns, p->group,
		    p->head.proto);
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
