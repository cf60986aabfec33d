// SPDX-License-Identifier: GPL-2.0-only
#include "learn.h"

#include <string.h>

#include "groups.h"
#include "log.h"
#include "survey.h"
#include "timewaits.h"

/* Whose socket an event is about. */
static void about(struct model_head *head, const struct model_task *owner)
{
	head->owner_pid = owner->pid;
	head->owner_cgroup = owner->cgroup;
}

/* Who has the socket: now, by /proc, or else when an event last said. */
static void find_owner(struct events *ev, uint64_t ts, uint64_t cookie,
		       uint64_t inode, struct model_task *task,
		       uint32_t *processes)
{
	struct owner_found found;

	model_owner(ev->model, cookie, task);
	if (!ev->owner || !owner_find(ev->owner, inode, ts, task, &found))
		return;
	model_learn(ev->model, cookie, inode, &found.task);
	*task = found.task;
	*processes = found.processes;
}

void learn_bind(struct events *ev, union read_event *e)
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

/* The dead owner of a TIME_WAIT, or at least who served that port. */
static void find_server(struct events *ev, const struct model_head *head,
			uint16_t port, struct model_task *task, bool *server)
{
	if (!task->pid)
		*server = model_listener(ev->model, head->netns, port, task);
}

void learn_conflict(struct events *ev, union read_event *e)
{
	struct model_conflict *c = &e->conflict;
	bool dead = c->holder_orphan || !strcmp(c->holder_state, "TIME_WAIT");

	model_learn(ev->model, c->sock.cookie, c->sock.inode, &c->head.task);
	timewaits_on(model_timewaits(ev->model), c->head.netns, c->head.port,
		     dead ? c->holder.cookie : 0, c->head.ts, &c->time_wait);
	if (!c->holder.addr.family)
		return;
	find_owner(ev, c->head.ts, c->holder.cookie, c->holder.inode,
		   &c->holder_task, &c->holder_owners);
	if (dead)
		find_server(ev, &c->head, c->holder.addr.port, &c->holder_task,
			    &c->holder_server);
}

void learn_steer(struct events *ev, union read_event *e)
{
	struct model_steer *s = &e->steer;

	find_owner(ev, s->head.ts, s->cookie, s->inode, &s->owner, &s->owners);
	about(&s->head, &s->owner);
	groups_pick(model_groups(ev->model), s);
}

void learn_picks(struct events *ev, struct model_picks *p)
{
	/* They happened until now. */
	find_owner(ev, UINT64_MAX, p->cookie, p->inode, &p->owner, &p->owners);
	about(&p->head, &p->owner);
	groups_add(model_groups(ev->model), p);
}

void learn_tw_enter(struct events *ev, union read_event *e)
{
	struct model_tw *t = &e->tw;
	uint32_t processes;

	if (!t->closer)
		find_owner(ev, t->head.ts, t->cookie, t->inode, &t->owner,
			   &processes);
	else if (ev->owner)
		owner_cgroup(ev->owner, &t->owner);
	find_server(ev, &t->head, t->head.port, &t->owner, &t->server);
	timewaits_enter(model_timewaits(ev->model), t);
	about(&t->head, &t->owner);
}

void learn_tw_state(struct events *ev, union read_event *e)
{
	timewaits_state(model_timewaits(ev->model), &e->tw);
	about(&e->head, &e->tw.owner);
}

void learn_tw_exit(struct events *ev, union read_event *e)
{
	timewaits_exit(model_timewaits(ev->model), &e->tw);
	about(&e->head, &e->tw.owner);
}

/* A socket may close because its process ends: /proc knows it no more. */
void learn_group(struct events *ev, union read_event *e)
{
	struct model_group *g = &e->group;

	find_owner(ev, g->head.ts, g->cookie, g->inode, &g->owner, &g->owners);
	if (!g->owner.pid)
		g->owner = g->head.task;
	about(&g->head, &g->owner);
	groups_change(model_groups(ev->model), g);
}

void learn_listener(struct events *ev, union read_event *e)
{
	struct model_task owner = e->head.task;

	model_owner(ev->model, e->listener.cookie, &owner);
	about(&e->head, &owner);
}

/* The event tells no family: its group's is known from other events. */
void learn_migrate(struct events *ev, union read_event *e)
{
	struct model_migrate *m = &e->migrate;
	const struct groups_group *group =
		groups_find(model_groups(ev->model), m->head.netns, m->group,
			    m->head.proto);

	if (group)
		m->head.family = group->addr.family;
	model_owner(ev->model, m->from, &m->from_owner);
	model_owner(ev->model, m->to, &m->to_owner);
	about(&m->head, &m->from_owner);
	m->head.other_pid = m->to_owner.pid;
	m->head.other_cgroup = m->to_owner.cgroup;
}

void learn_socket(void *ctx, const struct told_socket *sock)
{
	struct model_task task = sock->task;
	struct events *ev = ctx;

	if (ev->owner)
		owner_cgroup(ev->owner, &task);
	model_learn(ev->model, sock->cookie, sock->inode, &task);
	if (sock->listens)
		model_listens(ev->model, sock->netns, sock->port, &task);
}

void learn_survey(struct events *ev)
{
	int closed = survey_run(learn_socket, ev);

	if (closed)
		log_notice("%d network namespaces cannot be looked into: who has older sockets there is known only when they are picked",
			   closed);
}
