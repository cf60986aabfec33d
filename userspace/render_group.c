// SPDX-License-Identifier: GPL-2.0-only
#include "render_group.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "addr.h"
#include "phrase.h"
#include "rules.h"

#define ADDR_WIDTH	24
#define ACTION_WIDTH	11

static void put_where(const struct render_line *l, const char *proto,
		      const struct model_addr *addr)
{
	char where[ADDR_TEXT_LEN], text[ADDR_TEXT_LEN + MODEL_NAME_LEN];

	phrase_print(text, sizeof(text), "%s %s", proto,
		     addr_port(addr, where));
	render_line_put(l, RENDER_PLAIN, ADDR_WIDTH, text);
}

static bool is_action(const struct model_group *ev, const char *action)
{
	return !strcmp(ev->action, action);
}

/* A group of one is no sharing yet, and its end no loss. */
bool render_group_matters(const struct model_group *ev)
{
	return !is_action(ev, "create") && (ev->size || ev->closed);
}

static void add_names(struct phrase *p, const struct groups_peers *peers)
{
	char who[RENDER_LINE_OWNER_LEN];
	size_t named = 1;

	phrase_add(p, "%s", render_line_owner(&peers->first, 0,
					      "a process not known", who));
	if (peers->second.pid) {
		phrase_add(p, ", %s",
			   render_line_owner(&peers->second, 0, "", who));
		named = 2;
	}
	if (peers->others > named)
		phrase_add(p, " and %zu more", peers->others - named);
}

static void add_join(struct phrase *p, const struct model_group *ev,
		     const struct groups_peers *peers)
{
	if (peers->others) {
		phrase_add(p, "joined the group of ");
		add_names(p, peers);
		phrase_add(p, ": they now share the port, ");
	} else if (peers->own) {
		phrase_add(p, "another socket of the same process, ");
	}
	phrase_add(p, "%u member%s", ev->size, render_line_plural(ev->size));
}

static void add_change(struct phrase *p, const struct model_group *ev,
		       const struct groups_peers *peers)
{
	if (is_action(ev, "join") || is_action(ev, "create"))
		add_join(p, ev, peers);
	else
		phrase_add(p, "%s, %u member%s", rules_line(ev->action),
			   ev->size, render_line_plural(ev->size));
	if (ev->closed)
		phrase_add(p, ", %u closed", ev->closed);
}

void render_group(struct render_line *l, const struct model_group *ev,
		  const struct groups_peers *peers)
{
	char who[RENDER_LINE_TASK_LEN], all[RENDER_LINE_OWNER_LEN];
	bool note = is_action(ev, "join") && peers->stranger;
	struct phrase p = { "" };

	add_change(&p, ev, peers);
	render_line_begin(l, ev->head.ts,
			  render_line_task(&ev->owner, "kernel", who), "group");
	put_where(l, ev->head.proto, &ev->addr);
	render_line_put(l, note ? RENDER_NOTE : RENDER_PLAIN, ACTION_WIDTH,
			ev->action);
	render_line_put(l, note ? RENDER_NOTE : RENDER_PLAIN, 0, p.text);
	render_line_end(l);
	if (note)
		render_line_detail(l, RENDER_NOTE, "Another program: new clients now go to either, by a hash of their address and port.");
	if (ev->owners > 1)
		render_line_detail(l, RENDER_PLAIN, "%s: whoever accepts first gets the connection.",
				   render_line_owner(&ev->owner, ev->owners, "",
						     all));
	render_line_ids(l, &ev->head, ev->cookie, ev->inode);
}

static void add_fate(struct phrase *p, const struct model_listener *ev)
{
	if (!ev->unaccepted) {
		phrase_add(p, "no connection was waiting");
		return;
	}
	phrase_add(p, "%u connection%s nobody had accepted: ", ev->unaccepted,
		   render_line_plural(ev->unaccepted));
	if (ev->reset)
		phrase_add(p, "%u reset", ev->reset);
	if (ev->reset && ev->migrated)
		phrase_add(p, ", ");
	if (ev->migrated)
		phrase_add(p, "%u moved to other members", ev->migrated);
	if (ev->inferred)
		phrase_add(p, " (inferred)");
}

void render_group_listener(struct render_line *l,
			   const struct model_listener *ev)
{
	char who[RENDER_LINE_TASK_LEN];
	struct phrase p = { "" };

	add_fate(&p, ev);
	render_line_begin(l, ev->head.ts,
			  render_line_task(&ev->head.task, "kernel", who),
			  "close");
	put_where(l, "tcp", &ev->addr);
	render_line_put(l, ev->reset ? RENDER_BAD : RENDER_PLAIN, ACTION_WIDTH,
			"listener");
	render_line_put(l, RENDER_PLAIN, 0, p.text);
	render_line_end(l);
	if (ev->reset)
		render_line_detail(l, RENDER_PLAIN, "%s connected, and may have sent data: now comes a reset.",
				   ev->reset == 1 ? "Its client was" : "Their clients were");
	render_line_ids(l, &ev->head, ev->cookie, 0);
}

static const char *socket_words(const struct model_task *task, uint64_t cookie,
				char *text)
{
	char unnamed[40];

	phrase_print(unnamed, sizeof(unnamed), "socket %" PRIu64, cookie);
	return render_line_owner(task, 0, cookie ? unnamed : "nobody", text);
}

void render_group_migrate(struct render_line *l,
			  const struct model_migrate *ev)
{
	char from[RENDER_LINE_OWNER_LEN], to[RENDER_LINE_OWNER_LEN];
	const char *what = !strcmp(ev->stage, "syn-recv") ? "half-open" :
							    "established";
	struct phrase p = { "" };

	phrase_add(&p, "tcp port %u", ev->head.port);
	render_line_begin(l, ev->head.ts, "kernel", "migrate");
	render_line_put(l, RENDER_PLAIN, ADDR_WIDTH, p.text);
	render_line_put(l, ev->head.failed ? RENDER_BAD : RENDER_GOOD,
			ACTION_WIDTH, ev->result);
	p.text[0] = '\0';
	socket_words(&ev->from_owner, ev->from, from);
	socket_words(&ev->to_owner, ev->to, to);
	if (ev->head.failed)
		phrase_add(&p, "%s connection of %s dies: its listener has closed and no other took it",
			   what, from);
	else
		phrase_add(&p, "%s connection of %s moves to %s", what, from,
			   to);
	render_line_put(l, RENDER_PLAIN, 0, p.text);
	render_line_end(l);
	if (l->config->ids)
		render_line_detail(l, RENDER_FAINT, "from cookie %" PRIu64 ", to cookie %" PRIu64 ", netns %u, cpu %d",
				   ev->from, ev->to, ev->head.netns,
				   ev->head.cpu);
}
