// SPDX-License-Identifier: GPL-2.0-only
#include "render_conflict.h"

#include <string.h>

#include "addr.h"
#include "fixes.h"
#include "phrase.h"
#include "rules.h"

static bool is_time_wait(const struct model_conflict *ev)
{
	return !strcmp(ev->holder_state, "TIME_WAIT");
}

static void add_options(struct phrase *p, const struct model_sock *sock)
{
	phrase_add(p, "%s", render_line_options(sock->reuseaddr,
						sock->reuseport));
	if (sock->v6only && !strcmp(sock->family, "inet6"))
		phrase_add(p, ", IPV6_V6ONLY");
	if (sock->ifindex)
		phrase_add(p, ", only device %d", sock->ifindex);
}

static void add_uid(struct phrase *p, const struct model_sock *sock)
{
	if (sock->uid != MODEL_NO_UID)
		phrase_add(p, " (uid %u)", sock->uid);
}

/* The states' names are those of ss; two of them say nothing to a newcomer. */
static const char *state_words(const struct model_conflict *ev)
{
	if (!strcmp(ev->head.proto, "udp"))
		return ev->holder_peer.family ? "connected UDP socket" :
						"UDP socket";
	if (!strcmp(ev->holder_state, "CLOSE"))
		return "bound, not listening";
	return *ev->holder_state ? ev->holder_state : "state unknown";
}

static void add_holder_task(struct phrase *p, const struct model_conflict *ev)
{
	char who[RENDER_LINE_OWNER_LEN];

	render_line_owner(&ev->holder_task, ev->holder_owners,
			  "a process not known by name", who);
	if (!ev->holder_orphan && !is_time_wait(ev))
		phrase_add(p, "%s", who);
	else if (!ev->holder_task.pid)
		phrase_add(p, "the kernel, no process has it any more");
	else if (ev->holder_server)
		phrase_add(p, "the kernel, no process has it any more (%s served that port)",
			   who);
	else
		phrase_add(p, "the kernel, since %s closed it", who);
}

static void put_holder(const struct render_line *l,
		       const struct model_conflict *ev)
{
	struct phrase p = { "held by " };
	char where[ADDR_TEXT_LEN];

	add_holder_task(&p, ev);
	if (!ev->holder_orphan)
		add_uid(&p, &ev->holder);
	phrase_add(&p, ": %s %s", state_words(ev),
		   addr_port(&ev->holder.addr, where));
	if (ev->holder_peer.family)
		phrase_add(&p, " to %s", addr_port(&ev->holder_peer, where));
	phrase_add(&p, ", ");
	add_options(&p, &ev->holder);
	render_line_detail(l, RENDER_PLAIN, "%s", p.text);
}

static void put_requester(const struct render_line *l,
			  const struct model_conflict *ev)
{
	struct phrase p = { "asked by " };
	char who[RENDER_LINE_OWNER_LEN];

	phrase_add(&p, "%s", render_line_owner(&ev->head.task, 0, "the kernel",
					       who));
	add_uid(&p, &ev->sock);
	phrase_add(&p, ": ");
	add_options(&p, &ev->sock);
	render_line_detail(l, RENDER_PLAIN, "%s", p.text);
}

static void put_overlap(const struct render_line *l,
			const struct model_conflict *ev)
{
	char asked[ADDR_TEXT_LEN], held[ADDR_TEXT_LEN];

	addr_host(&ev->sock.addr, asked);
	addr_host(&ev->holder.addr, held);
	if (!strcmp(ev->overlap, "holder-wildcard"))
		render_line_detail(l, RENDER_PLAIN, "%s means every address, %s too.",
				   held, asked);
	else if (!strcmp(ev->overlap, "requester-wildcard"))
		render_line_detail(l, RENDER_PLAIN, "%s means every address, %s too.",
				   asked, held);
	else if (!strcmp(ev->overlap, "both-wildcard") &&
		 ev->sock.addr.family != ev->holder.addr.family)
		render_line_detail(l, RENDER_PLAIN, ":: means every IPv4 address too, unless its socket has IPV6_V6ONLY.");
}

/* How long it lasts, as far as it was seen to begin. */
static void put_time_wait(const struct render_line *l,
			  const struct model_conflict *ev)
{
	const struct model_time_wait *tw = &ev->time_wait;
	char left[RENDER_LINE_SPAN_LEN], free[RENDER_LINE_SPAN_LEN];

	if (!is_time_wait(ev))
		return;
	if (tw->left_ms < 0) {
		render_line_detail(l, RENDER_PLAIN, "It began before anybody looked; a TIME_WAIT lasts 60 s at most.");
		return;
	}
	render_line_span(tw->left_ms, left);
	render_line_span(tw->free_ms, free);
	if (tw->count > 1)
		render_line_detail(l, RENDER_PLAIN, "%s left for this one. %u of them are on port %u: without options it is free in %s.",
				   left, tw->count, ev->holder.addr.port, free);
	else
		render_line_detail(l, RENDER_PLAIN, "%s left: then port %u is free, without any option.",
				   left, ev->holder.addr.port);
}

static void put_fixes(const struct render_line *l,
		      const struct model_conflict *ev)
{
	struct phrase p = { "" }, words;
	struct fixes fixes;
	size_t i;

	fixes_find(ev, &fixes);
	for (i = 0; i < fixes.n; i++) {
		fixes_words(&fixes.fix[i], ev, words.text, sizeof(words.text));
		phrase_add(&p, "%s%s", i ? "; or " : "", words.text);
	}
	if (fixes.n)
		render_line_detail(l, RENDER_GOOD, "would work: %s", p.text);
}

void render_conflict(const struct render_line *l,
		     const struct model_conflict *ev)
{
	const struct rules_rule *rule = rules_find(ev->rule);

	if (ev->holder.addr.family) {
		put_holder(l, ev);
		put_requester(l, ev);
		put_overlap(l, ev);
		put_time_wait(l, ev);
	}
	if (ev->inferred)
		render_line_detail(l, RENDER_NOTE, "(the holder changed while it was looked at: named by inference)");
	if (rule && rule->hint)
		render_line_detail(l, RENDER_PLAIN, "%s", rule->hint);
	put_fixes(l, ev);
}
