// SPDX-License-Identifier: GPL-2.0-only
#include "render.h"

#include <stdlib.h>
#include <string.h>

#include "fixes.h"
#include "json_put.h"
#include "log.h"
#include "render_json_summary.h"

#define SCHEMA		1

struct lines {
	struct render r;
	struct json object;	/* the one in hand */
};

static struct json *new_object(struct render *r, const char *type, uint64_t ts)
{
	struct json *o = &((struct lines *)r)->object;

	json_begin(o);
	json_put_num(o, "v", SCHEMA);
	json_put_text(o, "type", type);
	json_put_num(o, "ts_ns", ts);
	return o;
}

static struct json *new_event(struct render *r, const struct model_head *head)
{
	struct json *o = new_object(r, head->type, head->ts);

	json_put_num(o, "cpu", head->cpu);
	json_put_count(o, "netns", head->has_netns ? (int64_t)head->netns : -1);
	if (head->task.pid) {
		json_put_num(o, "pid", head->task.pid);
		json_put_text(o, "comm", head->task.comm);
	}
	return o;
}

static void write_object(struct render *r, struct json *o)
{
	if (json_end(o, r->config.out))
		log_error("memory is short: an object is left out");
}

static void put_options(struct json *o, const struct model_sock *sock)
{
	json_put_bool(o, "reuseaddr", sock->reuseaddr);
	json_put_bool(o, "reuseport", sock->reuseport);
	json_put_bool(o, "v6only", sock->v6only);
	json_put_num(o, "ifindex", sock->ifindex);
	json_put_uid(o, "uid", sock->uid);
	json_put_id(o, "cookie", sock->cookie);
	json_put_id(o, "inode", sock->inode);
}

static void put_asked(struct json *o, const char *op,
		      const struct model_head *head,
		      const struct model_sock *sock)
{
	json_put_text(o, "op", op);
	json_put_text(o, "proto", head->proto);
	json_put_text(o, "family", sock->family);
	json_put_addr(o, "addr", &sock->addr);
	json_put_num(o, "port", sock->addr.port);
}

static void json_bind(struct render *r, const struct model_bind *ev)
{
	struct json *o = new_event(r, &ev->head);

	put_asked(o, ev->op, &ev->head, &ev->sock);
	json_put_id(o, "bound_port", ev->bound_port);
	json_put_text(o, "result", ev->result);
	json_put_text(o, "why", ev->ok ? ev->why : "");
	json_put_count(o, "owners", ev->owners);
	json_put_count(o, "over_time_wait", ev->over_time_wait);
	put_options(o, &ev->sock);
	if (!ev->sock.addr.port)
		json_put_count(o, "passed_over", ev->passed_over);
	json_put_if(o, "truncated", ev->truncated);
	write_object(r, o);
}

static void put_holder(struct json *o, const struct model_conflict *ev)
{
	if (!ev->holder.addr.family) {
		json_put_null(o, "holder");
		return;
	}
	json_open(o, "holder");
	json_put_text(o, "state", ev->holder_state);
	json_put_text(o, "family", ev->holder.family);
	json_put_addr(o, "addr", &ev->holder.addr);
	json_put_port(o, "port", &ev->holder.addr);
	json_put_addr(o, "peer_addr", &ev->holder_peer);
	json_put_port(o, "peer_port", &ev->holder_peer);
	put_options(o, &ev->holder);
	json_put_bool(o, "orphan", ev->holder_orphan);
	json_put_task(o, &ev->holder_task);
	json_put_if(o, "owner_inferred", ev->holder_server);
	if (ev->holder_owners)
		json_put_num(o, "owners_count", ev->holder_owners);
	if (!strcmp(ev->holder_state, "TIME_WAIT"))
		json_put_count(o, "left_ms", ev->time_wait.left_ms);
	json_close(o);
}

/* All of TIME_WAIT on the port, as far as seen. */
static void put_time_wait(struct json *o, const struct model_time_wait *tw)
{
	if (!tw->count) {
		json_put_null(o, "time_wait");
		return;
	}
	json_open(o, "time_wait");
	json_put_num(o, "count", tw->count);
	json_put_num(o, "oldest_ms", tw->oldest_ms);
	json_put_count(o, "free_in_ms", tw->free_ms);
	json_close(o);
}

static void put_fixes(struct json *o, const struct model_conflict *ev)
{
	struct fixes fixes;
	size_t i, j;

	fixes_find(ev, &fixes);
	json_open_list(o, "fixes");
	for (i = 0; i < fixes.n; i++) {
		json_open_list(o, NULL);
		for (j = 0; j < fixes.fix[i].n; j++)
			json_put_text(o, NULL, fixes.fix[i].change[j]);
		json_close_list(o);
	}
	json_close_list(o);
}

static void json_conflict(struct render *r, const struct model_conflict *ev)
{
	struct json *o = new_event(r, &ev->head);

	put_asked(o, ev->op, &ev->head, &ev->sock);
	put_options(o, &ev->sock);
	json_put_text(o, "rule", ev->rule);
	json_put_text(o, "overlap", ev->overlap);
	json_put_names(o, "reuseaddr_blocked_by", &ev->reuseaddr_blocked);
	json_put_names(o, "reuseport_blocked_by", &ev->reuseport_blocked);
	put_holder(o, ev);
	put_fixes(o, ev);
	if (!strcmp(ev->rule, "time-wait-holds-port"))
		put_time_wait(o, &ev->time_wait);
	json_put_if(o, "inferred", ev->inferred);
	json_put_if(o, "truncated", ev->truncated);
	write_object(r, o);
}

static void json_steer(struct render *r, const struct model_steer *ev)
{
	struct json *o = new_event(r, &ev->head);

	json_put_text(o, "proto", ev->head.proto);
	json_put_text(o, "family", ev->family);
	json_put_addr(o, "src", &ev->src);
	json_put_port(o, "sport", &ev->src);
	json_put_addr(o, "dst", &ev->dst);
	json_put_port(o, "dport", &ev->dst);
	json_put_num(o, "hash", ev->hash);
	json_put_count(o, "group", ev->group);
	json_put_num(o, "size", ev->size);
	json_put_count(o, "index", ev->index);
	json_put_text(o, "via", ev->via);
	json_put_id(o, "cookie", ev->cookie);
	json_put_id(o, "inode", ev->inode);
	json_put_owner(o, "owner", &ev->owner);
	if (ev->owners)
		json_put_num(o, "owners_count", ev->owners);
	if (ev->tcp_flags.n)
		json_put_names(o, "tcp_flags", &ev->tcp_flags);
	json_put_if(o, "inferred", ev->inferred);
	json_put_if(o, "not_final", ev->not_final);
	json_put_if(o, "redirected", ev->redirected);
	write_object(r, o);
}

static struct json *new_tw(struct render *r, const struct model_tw *ev)
{
	struct json *o = new_event(r, &ev->head);

	json_put_text(o, "family", ev->family);
	json_put_addr(o, "addr", &ev->addr);
	json_put_port(o, "port", &ev->addr);
	json_put_addr(o, "peer_addr", &ev->peer);
	json_put_port(o, "peer_port", &ev->peer);
	json_put_id(o, "cookie", ev->cookie);
	json_put_owner(o, "owner", &ev->owner);
	json_put_if(o, "owner_inferred", ev->owner.pid && ev->server);
	if (!ev->seen_enter)
		json_put_bool(o, "seen_enter", false);
	return o;
}

static void json_tw_enter(struct render *r, const struct model_tw *ev)
{
	struct json *o = new_tw(r, ev);

	json_put_text(o, "substate", ev->substate);
	json_put_count(o, "timeout_ms", ev->overflow ? -1 : (int64_t)ev->timeout_ms);
	json_put_bool(o, "reuseaddr", ev->reuseaddr);
	json_put_bool(o, "reuseport", ev->reuseport);
	json_put_id(o, "inode", ev->inode);
	json_put_if(o, "overflow", ev->overflow);
	json_put_if(o, "owner_closed", ev->closer);
	json_put_if(o, "both_closed", ev->both_closed);
	write_object(r, o);
}

static void json_tw_state(struct render *r, const struct model_tw *ev)
{
	struct json *o = new_tw(r, ev);

	json_put_text(o, "from", ev->from);
	json_put_text(o, "to", ev->to);
	json_put_num(o, "timeout_ms", ev->timeout_ms);
	write_object(r, o);
}

static void json_tw_exit(struct render *r, const struct model_tw *ev)
{
	struct json *o = new_tw(r, ev);

	json_put_text(o, "substate", ev->substate);
	json_put_text(o, "reason", ev->reason);
	json_put_count(o, "lived_ms", ev->lived_ms);
	json_put_num(o, "left_ms", ev->left_ms);
	if (!strcmp(ev->reason, "connect-reuse") &&
	    ev->tcp_tw_reuse != MODEL_TW_REUSE_UNKNOWN)
		json_put_count(o, "tcp_tw_reuse", ev->tcp_tw_reuse);
	json_put_if(o, "tproxy", ev->tproxy);
	json_put_if(o, "inferred", ev->inferred);
	write_object(r, o);
}

static void json_group(struct render *r, const struct model_group *ev,
		       const struct groups_peers *peers)
{
	struct json *o = new_event(r, &ev->head);

	(void)peers;
	json_put_text(o, "action", ev->action);
	json_put_count(o, "group", ev->group);
	json_put_num(o, "size", ev->size);
	json_put_num(o, "closed", ev->closed);
	json_put_text(o, "proto", ev->head.proto);
	json_put_text(o, "family", ev->family);
	json_put_addr(o, "addr", &ev->addr);
	json_put_port(o, "port", &ev->addr);
	json_put_id(o, "cookie", ev->cookie);
	json_put_id(o, "inode", ev->inode);
	json_put_owner(o, "owner", &ev->owner);
	if (ev->owners)
		json_put_num(o, "owners_count", ev->owners);
	write_object(r, o);
}

static void json_listener(struct render *r, const struct model_listener *ev)
{
	struct json *o = new_event(r, &ev->head);

	json_put_text(o, "family", ev->family);
	json_put_addr(o, "addr", &ev->addr);
	json_put_num(o, "port", ev->head.port);
	json_put_count(o, "group", ev->group);
	json_put_num(o, "unaccepted", ev->unaccepted);
	json_put_num(o, "reset", ev->reset);
	json_put_num(o, "migrated", ev->migrated);
	json_put_id(o, "cookie", ev->cookie);
	json_put_if(o, "inferred", ev->inferred);
	write_object(r, o);
}

static void json_migrate(struct render *r, const struct model_migrate *ev)
{
	struct json *o = new_event(r, &ev->head);

	json_put_num(o, "port", ev->head.port);
	json_put_count(o, "group", ev->group);
	json_put_id(o, "from", ev->from);
	json_put_id(o, "to", ev->to);
	json_put_text(o, "stage", ev->stage);
	json_put_text(o, "result", ev->result);
	json_put_owner(o, "from_owner", &ev->from_owner);
	json_put_owner(o, "to_owner", &ev->to_owner);
	write_object(r, o);
}

static void json_other(struct render *r, const struct model_head *head,
		       const char *text)
{
	struct json *o = new_event(r, head);

	json_put_text(o, "text", text);
	write_object(r, o);
}

static void json_output(struct render *r, const struct model_output *ev)
{
	struct json *o = new_object(r, "output", ev->ts);

	json_put_text(o, "stream", ev->stream);
	json_put_id(o, "pid", ev->task.pid);
	json_put_bytes(o, "line", ev->line, ev->len);
	write_object(r, o);
}

static void json_lost(struct render *r, const struct model_lost *ev)
{
	struct json *o = new_object(r, "lost", ev->ts);

	json_put_text(o, "where", ev->where);
	json_put_text(o, "probe", ev->probe ? ev->probe : "");
	json_put_count(o, "count", ev->count);
	write_object(r, o);
}

static void json_summary(struct render *r, struct model *m,
			 const struct render_end *end)
{
	struct json *o = new_object(r, "summary", end->ts);

	render_json_summary(o, m, end);
	write_object(r, o);
}

static void json_tick(struct render *r, uint64_t now)
{
	(void)r;
	(void)now;
}

static void json_free_render(struct render *r)
{
	json_free(&((struct lines *)r)->object);
	free(r);
}

static const struct render_ops json_ops = {
	.bind = json_bind,
	.conflict = json_conflict,
	.steer = json_steer,
	.tw_enter = json_tw_enter,
	.tw_state = json_tw_state,
	.tw_exit = json_tw_exit,
	.group = json_group,
	.listener = json_listener,
	.migrate = json_migrate,
	.other = json_other,
	.output = json_output,
	.lost = json_lost,
	.summary = json_summary,
	.tick = json_tick,
	.free = json_free_render,
};

struct render *render_json_new(const struct render_config *config)
{
	struct lines *l = calloc(1, sizeof(*l));

	if (!l)
		return NULL;
	l->r.ops = &json_ops;
	l->r.config = *config;
	return &l->r;
}
