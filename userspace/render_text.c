// SPDX-License-Identifier: GPL-2.0-only
#include "render.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "addr.h"
#include "phrase.h"
#include "render_conflict.h"
#include "render_group.h"
#include "render_line.h"
#include "render_summary.h"
#include "render_tw.h"
#include "rules.h"

#define PENDING_MAX	16
#define PENDING_NS	1000000000ull	/* a bind follows its conflict at once */
#define ADDR_WIDTH	24
#define RESULT_WIDTH	10

/* A conflict that waits for the bind it explains. */
struct pending {
	bool used;
	struct model_conflict ev;
};

struct text {
	struct render r;
	struct render_line line;
	struct pending pending[PENDING_MAX];
	uint64_t hidden;	/* events, because they went well */
};

static struct text *text_of(struct render *r)
{
	return (struct text *)r;
}

static void put_asked(const struct render_line *l, const char *proto,
		      const struct model_addr *addr)
{
	char where[ADDR_TEXT_LEN], text[ADDR_TEXT_LEN + MODEL_NAME_LEN];

	phrase_print(text, sizeof(text), "%s %s", proto,
		     addr_port(addr, where));
	render_line_put(l, RENDER_PLAIN, ADDR_WIDTH, text);
}

static void show_alone(struct text *t, const struct model_conflict *ev)
{
	struct render_line *l = &t->line;
	char who[RENDER_LINE_TASK_LEN];

	render_line_begin(l, ev->head.ts,
			  render_line_task(&ev->head.task, "kernel", who),
			  ev->op);
	put_asked(l, ev->head.proto, &ev->sock.addr);
	render_line_put(l, RENDER_BAD, RESULT_WIDTH, "refused");
	render_line_put(l, RENDER_PLAIN, 0, rules_line(ev->rule));
	render_line_end(l);
	render_conflict(l, ev);
	render_line_ids(l, &ev->head, ev->sock.cookie, ev->sock.inode);
}

static void release(struct text *t, struct pending *p)
{
	p->used = false;
	show_alone(t, &p->ev);
}

static struct pending *oldest_of(struct text *t)
{
	struct pending *p, *oldest = t->pending;

	for (p = t->pending; p < t->pending + PENDING_MAX; p++) {
		if (!p->used)
			return p;
		if (p->ev.head.ts < oldest->ev.head.ts)
			oldest = p;
	}
	return oldest;
}

static void text_conflict(struct render *r, const struct model_conflict *ev)
{
	struct text *t = text_of(r);
	struct pending *p;

	if (!r->config.pair) {
		show_alone(t, ev);
		return;
	}
	p = oldest_of(t);
	if (p->used)
		release(t, p);
	p->used = true;
	p->ev = *ev;
}

static struct pending *pending_of(struct text *t, const struct model_bind *ev)
{
	struct pending *p;

	for (p = t->pending; p < t->pending + PENDING_MAX; p++)
		if (p->used && p->ev.sock.cookie == ev->sock.cookie &&
		    !strcmp(p->ev.op, ev->op))
			return p;
	return NULL;
}

static void add_reason(struct phrase *why, const struct model_bind *ev,
		       const struct pending *p)
{
	if (p)
		phrase_add(why, "%s", rules_line(p->ev.rule));
	else if (ev->ok && *ev->why)
		phrase_add(why, "%s", rules_line(ev->why));
	if (ev->ok && !ev->sock.addr.port)
		phrase_add(why, "%sgot port %u", *why->text ? "; " : "",
			   ev->bound_port);
	if (ev->ok && ev->passed_over > 0)
		phrase_add(why, ", after passing over %" PRId64 " in use",
			   ev->passed_over);
	if (ev->ok && ev->over_time_wait > 0)
		phrase_add(why, "%sover %d in TIME_WAIT",
			   *why->text ? ", " : "", ev->over_time_wait);
}

static bool is_shared(const struct model_bind *ev)
{
	return strcmp(ev->why, "port-free") && strcmp(ev->why, "no-overlap") &&
	       *ev->why;
}

static bool hides(struct text *t, const struct model_head *head,
		  bool uneventful)
{
	if (t->r.config.all || !uneventful)
		return false;
	render_line_pass(&t->line, head->ts);
	t->hidden++;
	return true;
}

static void text_bind(struct render *r, const struct model_bind *ev)
{
	struct text *t = text_of(r);
	struct render_line *l = &t->line;
	struct pending *p = ev->ok ? NULL : pending_of(t, ev);
	char who[RENDER_LINE_TASK_LEN];
	struct phrase why = { "" };

	if (hides(t, &ev->head, ev->ok && !is_shared(ev) && ev->over_time_wait <= 0))
		return;
	add_reason(&why, ev, p);
	render_line_begin(l, ev->head.ts,
			  render_line_task(&ev->head.task, "kernel", who),
			  ev->op);
	put_asked(l, ev->head.proto, &ev->sock.addr);
	render_line_put(l, ev->ok ? RENDER_GOOD : RENDER_BAD,
			*why.text ? RESULT_WIDTH : 0, ev->result);
	render_line_put(l, RENDER_PLAIN, 0, why.text);
	render_line_end(l);
	if (p) {
		p->used = false;
		render_conflict(l, &p->ev);
	}
	render_line_ids(l, &ev->head, ev->sock.cookie, ev->sock.inode);
}

/* A SYN is what one expects. */
static void add_flags(struct phrase *p, const struct model_names *flags)
{
	size_t i;

	if (flags->n == 1 && !strcmp(flags->name[0], "syn"))
		return;
	for (i = 0; i < flags->n; i++)
		phrase_add(p, "%s%s", i ? "," : " for a packet with ",
			   flags->name[i]);
}

static void put_pick(const struct render_line *l, const struct model_steer *ev)
{
	char who[RENDER_LINE_OWNER_LEN], unnamed[32] = "";
	struct phrase p = { "" };

	if (!ev->owner.pid)
		phrase_print(unnamed, sizeof(unnamed), "socket %" PRIu64,
			     ev->cookie);
	if (ev->index >= 0)
		phrase_add(&p, "member %d of %u: ", ev->index + 1, ev->size);
	if (ev->cookie)
		phrase_add(&p, "%s  ", render_line_owner(&ev->owner, ev->owners,
							 unnamed, who));
	phrase_add(&p, "%s", rules_line(ev->via));
	if (!strcmp(ev->via, "hash") || !strcmp(ev->via, "bpf-fallback"))
		phrase_add(&p, " 0x%08x", ev->hash);
	add_flags(&p, &ev->tcp_flags);
	if (ev->inferred)
		phrase_add(&p, " (inferred)");
	if (ev->not_final)
		phrase_add(&p, " (not final: the group has connected members)");
	if (ev->redirected)
		phrase_add(&p, " (redirected: the group is on another port)");
	render_line_put(l, ev->head.failed ? RENDER_BAD : RENDER_PLAIN, 0,
			p.text);
}

static void text_steer(struct render *r, const struct model_steer *ev)
{
	struct render_line *l = &text_of(r)->line;
	char from[ADDR_TEXT_LEN], to[ADDR_TEXT_LEN];
	struct phrase p = { "" };

	if (hides(text_of(r), &ev->head, !ev->head.failed))
		return;
	render_line_begin(l, ev->head.ts, "kernel", "steer");
	phrase_add(&p, "%s %s -> %s", ev->head.proto, addr_port(&ev->src, from),
		   addr_port(&ev->dst, to));
	render_line_put(l, RENDER_PLAIN, 2 * ADDR_WIDTH - 10, p.text);
	put_pick(l, ev);
	render_line_end(l);
	render_line_ids(l, &ev->head, ev->cookie, ev->inode);
}

static void text_tw_enter(struct render *r, const struct model_tw *ev)
{
	if (!hides(text_of(r), &ev->head, true))
		render_tw_enter(&text_of(r)->line, ev);
}

static void text_tw_state(struct render *r, const struct model_tw *ev)
{
	if (!hides(text_of(r), &ev->head, true))
		render_tw_state(&text_of(r)->line, ev);
}

static void text_tw_exit(struct render *r, const struct model_tw *ev)
{
	if (!hides(text_of(r), &ev->head, true))
		render_tw_exit(&text_of(r)->line, ev);
}

static void text_group(struct render *r, const struct model_group *ev,
		       const struct groups_peers *peers)
{
	if (!hides(text_of(r), &ev->head, !render_group_matters(ev)))
		render_group(&text_of(r)->line, ev, peers);
}

static void text_listener(struct render *r, const struct model_listener *ev)
{
	if (!hides(text_of(r), &ev->head, !ev->reset && !ev->migrated))
		render_group_listener(&text_of(r)->line, ev);
}

static void text_migrate(struct render *r, const struct model_migrate *ev)
{
	render_group_migrate(&text_of(r)->line, ev);
}

static void text_other(struct render *r, const struct model_head *head,
		       const char *text)
{
	struct render_line *l = &text_of(r)->line;
	char who[RENDER_LINE_TASK_LEN];

	render_line_begin(l, head->ts,
			  render_line_task(&head->task, "kernel", who),
			  head->type);
	render_line_put(l, RENDER_PLAIN, 0, text);
	render_line_end(l);
}

/* Its own colours may pass; what would move the cursor may not. */
static void put_line(const struct render_line *l, const char *line, size_t len)
{
	unsigned char c;
	size_t i;

	for (i = 0; i < len; i++) {
		c = line[i];
		fputc((c < ' ' && c != '\t' && c != '\033') || c == 0x7f ? '?' :
									 c,
		      l->config->out);
	}
}

static void text_output(struct render *r, const struct model_output *ev)
{
	struct render_line *l = &text_of(r)->line;
	char who[RENDER_LINE_TASK_LEN];
	bool error = !strcmp(ev->stream, "stderr");

	render_line_begin(l, ev->ts, render_line_task(&ev->task, "?", who),
			  error ? "err |" : "|");
	put_line(l, ev->line, ev->len);
	render_line_end(l);
}

static void text_lost(struct render *r, const struct model_lost *ev)
{
	struct render_line *l = &text_of(r)->line;
	struct phrase p = { "" };

	if (ev->count < 0)
		phrase_add(&p, "events are missing here, nobody can say how many");
	else if (ev->probe)
		phrase_add(&p, "%" PRId64 " calls of %s were missed: its probe was hit while another one ran",
		       ev->count, ev->probe);
	else if (!strcmp(ev->where, "picks"))
		phrase_add(&p, "%" PRId64 " picks were not counted: there were more members than the module counts on a CPU",
			   ev->count);
	else
		phrase_add(&p, "%" PRId64 " events are missing here: the kernel's buffer was full; --buffer-kb makes it larger",
		       ev->count);
	render_line_begin(l, ev->ts, "!", "lost");
	render_line_put(l, RENDER_NOTE, 0, p.text);
	render_line_end(l);
}

static void text_tick(struct render *r, uint64_t now)
{
	struct text *t = text_of(r);
	struct pending *p;

	for (p = t->pending; p < t->pending + PENDING_MAX; p++)
		if (p->used && p->ev.head.ts + PENDING_NS < now)
			release(t, p);
}

static void text_summary(struct render *r, struct model *m,
			 const struct render_end *end)
{
	text_tick(r, UINT64_MAX);
	if (!r->config.quiet)
		render_summary(&text_of(r)->line, m, end,
			       text_of(r)->hidden);
}

static void text_free(struct render *r)
{
	free(r);
}

static const struct render_ops text_ops = {
	.bind = text_bind,
	.conflict = text_conflict,
	.steer = text_steer,
	.tw_enter = text_tw_enter,
	.tw_state = text_tw_state,
	.tw_exit = text_tw_exit,
	.group = text_group,
	.listener = text_listener,
	.migrate = text_migrate,
	.other = text_other,
	.output = text_output,
	.lost = text_lost,
	.summary = text_summary,
	.tick = text_tick,
	.free = text_free,
};

struct render *render_text_new(const struct render_config *config)
{
	struct text *t = calloc(1, sizeof(*t));

	if (!t)
		return NULL;
	t->r.ops = &text_ops;
	t->r.config = *config;
	t->line.config = &t->r.config;
	return &t->r;
}
