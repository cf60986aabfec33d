// SPDX-License-Identifier: GPL-2.0-only
#include "top_rows.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "addr.h"
#include "fairness.h"
#include "groups.h"
#include "rules.h"
#include "spread.h"
#include "timewaits.h"

#define PORTS_SHOWN	64
#define MEMBERS_SHOWN	64

static struct top_row *add(struct top_rows *rows, const char *explain,
			   const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* A full table gives its last row again. */
static struct top_row *add(struct top_rows *rows, const char *explain,
			   const char *format, ...)
{
	struct top_row *row;
	va_list ap;

	if (rows->n < TOP_ROWS_MAX)
		rows->n++;
	row = &rows->row[rows->n - 1];
	*row = (struct top_row){
		.color = RENDER_PLAIN,
		.share = -1,
		.queue = -1,
		.explain = explain,
	};
	va_start(ap, format);
	vsnprintf(row->text, sizeof(row->text), format, ap);
	va_end(ap);
	return row;
}

/* What the columns under it are, a line each. */
static void add_heading(struct top_rows *rows, const char *explain,
			const char *text, const char *columns,
			const char *queue)
{
	struct top_row *row = add(rows, explain, "%s", text);

	row->color = RENDER_STRONG;
	snprintf(row->waiting, sizeof(row->waiting), "%s", queue);
	snprintf(row->detail, sizeof(row->detail), "%s", columns);
}

static void add_none(struct top_rows *rows, size_t before)
{
	if (rows->n == before)
		add(rows, NULL, "  none")->color = RENDER_FAINT;
}

/* Of listeners in connections, of UDP sockets in bytes. */
static void put_queue(struct top_row *row, const struct queues *queues,
		      uint64_t cookie)
{
	struct queues_one one;

	if (!queues_find(queues, cookie, &one))
		return;
	if (!one.room) {
		snprintf(row->waiting, sizeof(row->waiting), "%u B", one.waiting);
		return;
	}
	snprintf(row->waiting, sizeof(row->waiting), "%u/%u", one.waiting,
		 one.room);
	row->queue = one.waiting < one.room ?
		     (double)one.waiting / one.room : 1;
}

static void add_member(struct top_rows *rows, const struct groups_group *group,
		       const struct groups_member *m,
		       const struct top_rows_want *want)
{
	char who[RENDER_LINE_OWNER_LEN], unnamed[32], place[16] = "-";
	struct top_row *row;

	if (m->index >= 0)
		snprintf(place, sizeof(place), "%d", m->index + 1);
	snprintf(unnamed, sizeof(unnamed), "socket %" PRIu64, m->cookie);
	render_line_owner(&m->owner, m->owners,
			  m->cookie ? unnamed : "nobody", who);
	row = add(rows, "hash", "  %4s  %-22.22s %8" PRIu64, place, who,
		  m->picks);
	put_queue(row, want->queues, m->cookie);
	row->share = group->picks ? (double)m->picks / group->picks : 0;
	snprintf(row->detail, sizeof(row->detail),
		 "%s on %s port %u: picked %" PRIu64 " of %" PRIu64 " times%s%s", who,
		 group->proto, group->addr.port, m->picks, group->picks,
		 *row->waiting ? "; waiting in its queue: " : "", row->waiting);
	if (m->state != GROUPS_PRESENT)
		row->color = RENDER_FAINT;
}

static int most_picks_first(const void *pa, const void *pb)
{
	const struct groups_member *a = *(const struct groups_member *const *)pa;
	const struct groups_member *b = *(const struct groups_member *const *)pb;

	return (a->picks < b->picks) - (a->picks > b->picks);
}

static void add_members(struct top_rows *rows, const struct groups *g,
			const struct groups_group *group,
			const struct top_rows_want *want)
{
	const struct groups_member **list;
	size_t i, shown = 0, n = groups_members(g, group, &list);

	if (want->sort == TOP_ROWS_MOST_FIRST)
		qsort(list, n, sizeof(*list), most_picks_first);
	for (i = 0; i < n && shown < MEMBERS_SHOWN; i++) {
		if (list[i]->state == GROUPS_LEFT && !list[i]->picks)
			continue;
		add_member(rows, group, list[i], want);
		shown++;
	}
	free(list);
}

static void add_group(struct top_rows *rows, const struct groups *g,
		      const struct groups_group *group,
		      const struct top_rows_want *want)
{
	static const char *const verdicts[] = {
		[FAIRNESS_NOTHING]	= "",
		[FAIRNESS_EVEN]		= ", even",
		[FAIRNESS_CHANCE]	= ", uneven as a hash is",
		[FAIRNESS_UNEVEN]	= ", MORE UNEVEN than a hash",
	};
	char text[FAIRNESS_TEXT_LEN];
	struct fairness fair;
	struct top_row *row;

	spread_judge(g, group, &fair);
	row = add(rows, "chi-square", "  %s port %u, %u member%s, %" PRIu64 " pick%s%s",
		  group->proto, group->addr.port, group->size,
		  render_line_plural(group->size), group->picks,
		  render_line_plural(group->picks),
		  group->counted ? ", counted" : verdicts[fair.verdict]);
	if (group->counted)
		row->explain = "member";
	else if (fair.members > 1 && fair.clients)
		snprintf(row->detail, sizeof(row->detail), "%s\n%s",
			 row->text + strspn(row->text, " "),
			 fairness_words(&fair, text));
	if (fair.verdict == FAIRNESS_UNEVEN)
		row->color = RENDER_NOTE;
	add_members(rows, g, group, want);
}

static int most_picked_first(const void *pa, const void *pb)
{
	const struct groups_group *a = *(const struct groups_group *const *)pa;
	const struct groups_group *b = *(const struct groups_group *const *)pb;

	return (a->picks < b->picks) - (a->picks > b->picks);
}

static void add_groups(struct top_rows *rows, struct model *m,
		       const struct top_rows_want *want)
{
	const struct groups *g = model_groups(m);
	const struct groups_group **list;
	size_t i, n = groups_list(g, &list), before;

	if (want->sort == TOP_ROWS_MOST_FIRST && n)
		qsort(list, n, sizeof(*list), most_picked_first);
	add_heading(rows, "member",
		    "GROUPS  member                    picks  share",
		    "The number is a member's place in its group; \"-\": not known, or it left.\n"
		    "share: its part of the group's picks\n"
		    "queue: connections that nobody has accepted, of how many; for UDP bytes",
		    "queue");
	before = rows->n;
	for (i = 0; i < n; i++)
		if (!list[i]->ended && list[i]->shown &&
		    (!want->port || want->port == list[i]->addr.port))
			add_group(rows, g, list[i], want);
	free(list);
	add_none(rows, before);
}

static void add_port(struct top_rows *rows, const struct timewaits_port *p)
{
	char old[RENDER_LINE_SPAN_LEN], next[RENDER_LINE_SPAN_LEN];
	char last[RENDER_LINE_SPAN_LEN];
	struct top_row *row;

	render_line_span(p->oldest_ms, old);
	render_line_span(p->next_ms, next);
	render_line_span(p->free_ms, last);
	row = add(rows, "TIME_WAIT", "  %12u  %6u  %10s  %10s  %10s", p->port,
		  p->count, old, next, last);
	snprintf(row->detail, sizeof(row->detail),
		 "%u in TIME_WAIT on port %u, the oldest for %s; the next is gone in %s, the last in %s",
		 p->count, p->port, old, next, last);
}

static int lowest_port_first(const void *pa, const void *pb)
{
	const struct timewaits_port *a = pa, *b = pb;

	return (a->port > b->port) - (a->port < b->port);
}

static void add_timewaits(struct top_rows *rows, struct model *m,
			  const struct top_rows_want *want)
{
	struct timewaits_port port[PORTS_SHOWN];
	size_t i, before;
	size_t n = timewaits_ports(model_timewaits(m), want->now, port,
				   PORTS_SHOWN);

	if (want->sort == TOP_ROWS_BY_PORT)
		qsort(port, n, sizeof(*port), lowest_port_first);
	add_heading(rows, "TIME_WAIT",
		    "TIME_WAIT port  number      oldest   next gone   port free",
		    "oldest: since when there has been one\n"
		    "next gone: when the next one's timer ends it\n"
		    "port free: when the last one's does", "");
	before = rows->n;
	for (i = 0; i < n; i++)
		if (!want->port || want->port == port[i].port)
			add_port(rows, &port[i]);
	add_none(rows, before);
}

static void add_refusal(struct top_rows *rows, const struct refusal *r)
{
	const struct model_conflict *ev = &r->last;
	char who[RENDER_LINE_TASK_LEN], where[ADDR_TEXT_LEN];
	struct top_row *row;

	row = add(rows, ev->rule, "  %5" PRIu64 " x  %s %s %s %s: %s",
		  r->count, render_line_task(&ev->head.task, "kernel", who),
		  ev->op, ev->head.proto, addr_port(&ev->sock.addr, where),
		  rules_line(ev->rule));
	row->color = RENDER_BAD;
	row->refusal = r;
}

static int lowest_refused_first(const void *pa, const void *pb)
{
	const struct refusal *a = *(const struct refusal *const *)pa;
	const struct refusal *b = *(const struct refusal *const *)pb;

	return a->last.head.port - b->last.head.port;
}

static int most_refused_first(const void *pa, const void *pb)
{
	const struct refusal *a = *(const struct refusal *const *)pa;
	const struct refusal *b = *(const struct refusal *const *)pb;

	return (a->count < b->count) - (a->count > b->count);
}

static void add_refusals(struct top_rows *rows, const struct refusals *refusals,
			 const struct top_rows_want *want)
{
	const struct refusal *list[REFUSALS_MAX] = { NULL };
	size_t i, n = 0, before;

	for (i = 0; i < refusals->n; i++)
		if (!want->port ||
		    want->port == refusals->at[i].last.head.port)
			list[n++] = &refusals->at[i];
	qsort(list, n, sizeof(*list), want->sort == TOP_ROWS_BY_PORT ?
	      lowest_refused_first : most_refused_first);
	add_heading(rows, "bind_conflict", "REFUSED  times  who, what, why",
		    "times: how often this program was refused this port by this rule", "");
	before = rows->n;
	for (i = 0; i < n; i++)
		add_refusal(rows, list[i]);
	add_none(rows, before);
}

void top_rows_build(struct top_rows *rows, struct model *m,
		    const struct refusals *refusals,
		    const struct top_rows_want *want)
{
	rows->n = 0;
	add_groups(rows, m, want);
	add_timewaits(rows, m, want);
	add_refusals(rows, refusals, want);
}
