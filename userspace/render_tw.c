// SPDX-License-Identifier: GPL-2.0-only
#include "render_tw.h"

#include <stdio.h>
#include <string.h>

#include "addr.h"
#include "phrase.h"
#include "rules.h"

#define CONNECTION_WIDTH	38

/* The side that keeps the TIME_WAIT is the one that closed first. */
static void begin(struct render_line *l, const struct model_tw *ev,
		  const char *what)
{
	char own[ADDR_TEXT_LEN], peer[ADDR_TEXT_LEN];
	struct phrase p = { "" };

	render_line_begin(l, ev->head.ts, "kernel", what);
	phrase_add(&p, "tcp %s to %s", addr_port(&ev->addr, own),
		   addr_port(&ev->peer, peer));
	render_line_put(l, RENDER_PLAIN, CONNECTION_WIDTH, p.text);
}

static void end(const struct render_line *l, enum render_line_color color,
		const struct phrase *p, const struct model_tw *ev)
{
	render_line_put(l, color, 0, p->text);
	render_line_end(l);
	render_line_ids(l, &ev->head, ev->cookie, ev->inode);
}

static void add_owner(struct phrase *p, const struct model_tw *ev)
{
	char who[RENDER_LINE_OWNER_LEN];

	if (!ev->owner.pid)
		return;
	render_line_owner(&ev->owner, 0, "", who);
	if (ev->closer)
		phrase_add(p, "; %s closed first", who);
	else if (ev->server)
		phrase_add(p, "; %s served that port", who);
	else
		phrase_add(p, "; it was %s's", who);
}

void render_tw_enter(struct render_line *l, const struct model_tw *ev)
{
	char span[RENDER_LINE_SPAN_LEN];
	struct phrase p = { "" };

	begin(l, ev, "tw_enter");
	if (ev->overflow) {
		phrase_add(&p, "no TIME_WAIT: net.ipv4.tcp_max_tw_buckets are in use");
		end(l, RENDER_NOTE, &p, ev);
		return;
	}
	phrase_add(&p, "%s for %s", ev->substate,
		   render_line_span(ev->timeout_ms, span));
	if (!strcmp(ev->substate, "FIN_WAIT2"))
		phrase_add(&p, ", the peer has yet to close");
	phrase_add(&p, "; %s", render_line_options(ev->reuseaddr,
						   ev->reuseport));
	if (ev->both_closed)
		phrase_add(&p, "; both sides closed at once");
	add_owner(&p, ev);
	end(l, RENDER_PLAIN, &p, ev);
}

void render_tw_state(struct render_line *l, const struct model_tw *ev)
{
	char span[RENDER_LINE_SPAN_LEN];
	struct phrase p = { "" };

	begin(l, ev, "tw_state");
	render_line_span(ev->timeout_ms, span);
	if (!strcmp(ev->from, ev->to))
		phrase_add(&p, "%s again for %s: a packet came", ev->to, span);
	else
		phrase_add(&p, "%s becomes %s for %s: the peer closed as well",
			   ev->from, ev->to, span);
	end(l, RENDER_PLAIN, &p, ev);
}

static void add_reason(struct phrase *p, const struct model_tw *ev)
{
	phrase_add(p, "%s", ev->tproxy ? "a transparent proxy took it over" :
					 rules_line(ev->reason));
	if (strcmp(ev->reason, "connect-reuse"))
		return;
	if (ev->tcp_tw_reuse == MODEL_TW_REUSE_UNASKED)
		phrase_add(p, " (its port was chosen by bind())");
	else if (ev->tcp_tw_reuse >= 0)
		phrase_add(p, " (net.ipv4.tcp_tw_reuse is %d)",
			   ev->tcp_tw_reuse);
}

void render_tw_exit(struct render_line *l, const struct model_tw *ev)
{
	char span[RENDER_LINE_SPAN_LEN];
	struct phrase p = { "" };

	begin(l, ev, "tw_exit");
	if (ev->lived_ms >= 0)
		phrase_add(&p, "gone after %s: ",
			   render_line_span(ev->lived_ms, span));
	else
		phrase_add(&p, "gone, it began before anybody looked: ");
	add_reason(&p, ev);
	if (ev->left_ms)
		phrase_add(&p, ", %s before its time",
			   render_line_span(ev->left_ms, span));
	if (ev->inferred)
		phrase_add(&p, " (inferred)");
	end(l, RENDER_PLAIN, &p, ev);
}
