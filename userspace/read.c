// SPDX-License-Identifier: GPL-2.0-only
#include "read.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "addr.h"

/* The fields a row names are there: events_announce() has checked. */
static int64_t num(const struct decode_record *rec, const char *field)
{
	int64_t value = 0;

	decode_num(rec, field, &value);
	return value;
}

/* A field that came with later modules. */
static int64_t num_or(const struct decode_record *rec, const char *field,
		      int64_t otherwise)
{
	decode_num(rec, field, &otherwise);
	return otherwise;
}

/* A symbol the module has no word for is "-": nothing is told. */
static void symbol(const struct decode_record *rec, const char *field,
		   char *name)
{
	if (decode_symbol(rec, field, name) || !strcmp(name, "-"))
		name[0] = '\0';
}

static void address(const struct decode_record *rec, const char *field,
		    struct model_addr *addr)
{
	size_t size;
	const void *bytes = decode_raw(rec, field, &size);

	if (!bytes || addr_parse(bytes, size, addr))
		*addr = (struct model_addr){ 0 };
}

void read_head(const struct decode_record *rec, struct model_head *head)
{
	*head = (struct model_head){
		.type = decode_name(rec->event),
		.ts = rec->ts,
		.cpu = rec->cpu,
	};
	if (decode_has(rec->event, "netns")) {
		head->has_netns = true;
		head->netns = num(rec, "netns");
	}
	if (decode_has(rec->event, "proto"))
		symbol(rec, "proto", head->proto);
	if (decode_has(rec->event, "family"))
		head->family = num(rec, "family");
	if (decode_has(rec->event, "port"))
		head->port = num(rec, "port");
	/* The running task matters only where the event says which it was. */
	if (!decode_has(rec->event, "tgid") || decode_in_softirq(rec))
		return;
	head->task.pid = num(rec, "tgid");
	decode_str(rec, "comm", head->task.comm, sizeof(head->task.comm));
}

static void read_sock(const struct decode_record *rec, struct model_sock *sock)
{
	*sock = (struct model_sock){
		.cookie = num(rec, "cookie"),
		.inode = num(rec, "inode"),
		.uid = num(rec, "uid"),
		.ifindex = num(rec, "ifindex"),
		.reuseaddr = num(rec, "reuseaddr"),
		.reuseport = num(rec, "reuseport"),
		.v6only = num(rec, "v6only"),
	};
	symbol(rec, "family", sock->family);
	address(rec, "addr", &sock->addr);
}

static void read_result(const struct decode_record *rec, char *result)
{
	if (decode_symbol(rec, "result", result))
		snprintf(result, MODEL_NAME_LEN, "errno %lld",
			 llabs(num(rec, "result")));
}

void read_bind(const struct decode_record *rec, union read_event *e)
{
	struct model_bind *b = &e->bind;

	b->ok = !num(rec, "result");
	b->bound_port = num(rec, "bound_port");
	b->owners = num(rec, "owners");
	b->over_time_wait = num(rec, "over_time_wait");
	b->passed_over = num_or(rec, "passed_over", -1);
	b->truncated = num(rec, "truncated");
	read_sock(rec, &b->sock);
	read_result(rec, b->result);
	symbol(rec, "op", b->op);
	symbol(rec, "why", b->why);
	b->sock.addr.port = b->head.port;
	b->head.other_port = b->bound_port;
	b->head.failed = !b->ok;
}

static void read_holder(const struct decode_record *rec,
			struct model_conflict *c)
{
	c->holder = (struct model_sock){
		.cookie = num(rec, "holder_cookie"),
		.inode = num(rec, "holder_inode"),
		.uid = num(rec, "holder_uid"),
		.ifindex = num(rec, "holder_ifindex"),
		.reuseaddr = num(rec, "holder_reuseaddr"),
		.reuseport = num(rec, "holder_reuseport"),
		.v6only = num(rec, "holder_v6only"),
	};
	symbol(rec, "holder_family", c->holder.family);
	symbol(rec, "holder_state", c->holder_state);
	address(rec, "holder_addr", &c->holder.addr);
	address(rec, "holder_peer", &c->holder_peer);
	/* A peer has a port. */
	if (!c->holder_peer.port)
		c->holder_peer.family = 0;
	c->holder_orphan = num(rec, "holder_orphan");
	/* A TIME_WAIT has no user; the kernel does not look for one either. */
	if (!strcmp(c->holder_state, "TIME_WAIT"))
		c->holder.uid = MODEL_NO_UID;
}

void read_conflict(const struct decode_record *rec, union read_event *e)
{
	struct model_conflict *c = &e->conflict;

	read_sock(rec, &c->sock);
	read_holder(rec, c);
	symbol(rec, "op", c->op);
	symbol(rec, "rule", c->rule);
	symbol(rec, "overlap", c->overlap);
	decode_flags(rec, "reuseaddr_blocked_by", &c->reuseaddr_blocked);
	decode_flags(rec, "reuseport_blocked_by", &c->reuseport_blocked);
	c->inferred = num(rec, "inferred");
	c->truncated = num(rec, "truncated");
	c->sock.addr.port = c->head.port;
	c->head.failed = true;
}

void read_steer(const struct decode_record *rec, union read_event *e)
{
	struct model_steer *s = &e->steer;

	s->hash = num(rec, "hash");
	s->group = num(rec, "group");
	s->size = num(rec, "size");
	s->index = num(rec, "index");
	s->cookie = num(rec, "cookie");
	s->inode = num(rec, "inode");
	s->inferred = num(rec, "inferred");
	s->not_final = num_or(rec, "not_final", 0);
	s->redirected = num_or(rec, "redirected", 0);
	decode_flags(rec, "tcp_flags", &s->tcp_flags);
	symbol(rec, "family", s->family);
	decode_symbol(rec, "via", s->via);
	address(rec, "src", &s->src);
	address(rec, "dst", &s->dst);
	s->head.port = num(rec, "dport");
	s->head.failed = !strcmp(s->via, "bpf-drop");
}


/* These events tell of TCP only, so they do not say so. */
static void set_tcp(struct model_head *head)
{
	strcpy(head->proto, "tcp");
}

/* What the three events of a TIME_WAIT have in common. */
static void read_tw(const struct decode_record *rec, struct model_tw *t)
{
	t->cookie = num(rec, "cookie");
	symbol(rec, "family", t->family);
	address(rec, "addr", &t->addr);
	address(rec, "peer", &t->peer);
	set_tcp(&t->head);
	t->lived_ms = -1;
}

void read_tw_enter(const struct decode_record *rec, union read_event *e)
{
	struct model_tw *t = &e->tw;

	read_tw(rec, t);
	t->inode = num(rec, "inode");
	t->timeout_ms = num(rec, "timeout_ms");
	t->reuseaddr = num(rec, "reuseaddr");
	t->reuseport = num(rec, "reuseport");
	t->overflow = num(rec, "overflow");
	t->both_closed = num_or(rec, "both_closed", 0);
	t->owner.pid = num_or(rec, "closer_tgid", 0);
	t->closer = t->owner.pid;
	if (t->closer)
		decode_str(rec, "closer_comm", t->owner.comm,
			   sizeof(t->owner.comm));
	symbol(rec, "substate", t->substate);
	t->head.failed = t->overflow;
}

void read_tw_state(const struct decode_record *rec, union read_event *e)
{
	struct model_tw *t = &e->tw;

	read_tw(rec, t);
	t->timeout_ms = num(rec, "timeout_ms");
	symbol(rec, "from", t->from);
	symbol(rec, "to", t->to);
}

void read_tw_exit(const struct decode_record *rec, union read_event *e)
{
	struct model_tw *t = &e->tw;

	read_tw(rec, t);
	t->left_ms = num(rec, "left_ms");
	t->inferred = num(rec, "inferred");
	t->tproxy = num_or(rec, "tproxy", 0);
	t->tcp_tw_reuse = num_or(rec, "tcp_tw_reuse",
				 MODEL_TW_REUSE_UNKNOWN);
	symbol(rec, "substate", t->substate);
	symbol(rec, "reason", t->reason);
}

void read_group(const struct decode_record *rec, union read_event *e)
{
	struct model_group *g = &e->group;

	g->cookie = num(rec, "cookie");
	g->inode = num(rec, "inode");
	g->group = num(rec, "group");
	g->size = num(rec, "size");
	g->closed = num(rec, "closed");
	symbol(rec, "family", g->family);
	symbol(rec, "action", g->action);
	address(rec, "addr", &g->addr);
	g->addr.port = g->head.port;
}

void read_listener(const struct decode_record *rec, union read_event *e)
{
	struct model_listener *l = &e->listener;

	l->cookie = num(rec, "cookie");
	l->group = num(rec, "group");
	l->unaccepted = num(rec, "unaccepted");
	l->reset = num(rec, "reset");
	l->migrated = num(rec, "migrated");
	l->inferred = num(rec, "inferred");
	symbol(rec, "family", l->family);
	address(rec, "addr", &l->addr);
	set_tcp(&l->head);
	l->head.failed = l->reset;
}

void read_migrate(const struct decode_record *rec, union read_event *e)
{
	struct model_migrate *m = &e->migrate;

	m->group = num(rec, "group");
	m->from = num(rec, "from");
	m->to = num(rec, "to");
	symbol(rec, "stage", m->stage);
	symbol(rec, "result", m->result);
	set_tcp(&m->head);
	m->head.failed = !strcmp(m->result, "failed");
}
