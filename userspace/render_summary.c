// SPDX-License-Identifier: GPL-2.0-only
#include "render_summary.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fairness.h"
#include "fold.h"
#include "groups.h"
#include "rules.h"
#include "spread.h"
#include "timewaits.h"

#define MEMBERS_SHOWN	20
#define TIME_WAIT_PORTS_SHOWN 5

static uint64_t count_of(const struct model_counters *c, const char *name)
{
	size_t i;

	for (i = 0; i < c->n; i++)
		if (!strcmp(c->at[i].name, name))
			return c->at[i].count;
	return 0;
}

static uint64_t sum_of(const struct model_counters *c)
{
	uint64_t sum = 0;
	size_t i;

	for (i = 0; i < c->n; i++)
		sum += c->at[i].count;
	return sum;
}

static void put_binds(const struct render_line *l, const struct model *m)
{
	const struct model_counters *results = &model_sums(m)->results;
	uint64_t all = sum_of(results), ok = count_of(results, "ok");
	FILE *f = l->config->out;
	size_t i;

	if (!all)
		return;
	fprintf(f, "  bind and listen: %" PRIu64 " seen, %" PRIu64 " allowed, %" PRIu64 " refused",
		all, ok, all - ok);
	for (i = 0; i < results->n; i++)
		if (strcmp(results->at[i].name, "ok"))
			fprintf(f, ", %s %" PRIu64, results->at[i].name,
				results->at[i].count);
	fputc('\n', f);
}

static void put_rules(const struct render_line *l, const struct model *m)
{
	const struct model_counters *rules = &model_sums(m)->rules;
	size_t i;

	for (i = 0; i < rules->n; i++)
		fprintf(l->config->out, "    %7" PRIu64 "  %s (%s)\n",
			rules->at[i].count, rules_line(rules->at[i].name),
			rules->at[i].name);
}

static const char *state_words(const struct groups_member *m)
{
	if (m->state == GROUPS_PRESENT)
		return "";
	return m->state == GROUPS_LEFT ? " (left)" : " (closed)";
}

static void put_member(FILE *f, const struct groups_member *m, uint64_t all)
{
	char who[RENDER_LINE_OWNER_LEN], unnamed[40], place[32] = "";

	snprintf(unnamed, sizeof(unnamed), "socket %" PRIu64, m->cookie);
	if (!m->cookie)
		snprintf(unnamed, sizeof(unnamed), "nobody");
	if (m->index >= 0)
		snprintf(place, sizeof(place), "member %d: ", m->index + 1);
	fprintf(f, "    %7" PRIu64 "  %5.1f %%  %s%s%s\n", m->picks,
		all ? 100.0 * m->picks / all : 0, place,
		render_line_owner(&m->owner, m->owners, unnamed, who),
		state_words(m));
}

static void put_members(const struct render_line *l, const struct groups *g,
			const struct groups_group *group)
{
	size_t max = l->config->all ? SIZE_MAX : MEMBERS_SHOWN, i;
	const struct groups_member **list;
	size_t n = groups_members(g, group, &list);

	for (i = 0; i < n && i < max; i++)
		put_member(l->config->out, list[i], group->picks);
	if (i < n)
		fprintf(l->config->out, "             and %zu more: -v shows them\n",
			n - i);
	free(list);
}

/* Processes with the same socket take from one queue: no hash decides there. */
static void put_shared(const struct render_line *l, const struct groups *g,
		       const struct groups_group *group)
{
	const struct groups_member **list;
	size_t i, n = groups_members(g, group, &list);
	uint32_t most = 0;

	for (i = 0; i < n; i++)
		if (list[i]->owners > most)
			most = list[i]->owners;
	free(list);
	if (most < 2)
		return;
	fputs("    ", l->config->out);
	if (n == 1)
		fprintf(l->config->out, "one socket for %u processes: the hash has nothing to choose from;",
			most);
	else
		fprintf(l->config->out, "up to %u processes with one socket:", most);
	fputs(" whoever asks first gets what has come\n", l->config->out);
}

static void put_fairness(const struct render_line *l, const struct groups *g,
			 const struct groups_group *group)
{
	char text[FAIRNESS_TEXT_LEN];
	FILE *f = l->config->out;
	struct fairness fair;

	spread_judge(g, group, &fair);
	if (group->unhashed)
		fprintf(f, "    %7" PRIu64 "  were not by hash, and are not judged here\n",
			group->unhashed);
	if (fair.members < 2 || !fair.clients)
		return;
	fputs("    ", f);
	render_line_put(l, fair.verdict == FAIRNESS_UNEVEN ? RENDER_NOTE :
							     RENDER_PLAIN,
			0, fairness_words(&fair, text));
	fputc('\n', f);
	if (fair.verdict == FAIRNESS_NOTHING)
		return;
	fprintf(f, "    busiest %" PRIu64 ", idlest %" PRIu64, fair.busiest,
		fair.idlest);
	if (fair.idlest)
		fprintf(f, ": %.1f times as many",
			(double)fair.busiest / fair.idlest);
	if (fair.verdict != FAIRNESS_EVEN)
		fprintf(f, "; chi-square %.1f with %zu degree%s of freedom, p = %.2g",
			fair.chi_square, fair.degrees,
			render_line_plural(fair.degrees), fair.p_value);
	fputc('\n', f);
}

static void put_group(const struct render_line *l, const struct groups *g,
		      const struct groups_group *group)
{
	FILE *f = l->config->out;

	fprintf(f, "  group on %s port %u: ", group->proto, group->addr.port);
	if (!group->ended && group->size == group->most)
		fprintf(f, "%u member%s", group->size,
			render_line_plural(group->size));
	else if (!group->ended)
		fprintf(f, "%u members now, once %u", group->size, group->most);
	else
		fprintf(f, "gone, it had %u member%s", group->most,
			render_line_plural(group->most));
	fprintf(f, ", %" PRIu64 " pick%s", group->picks,
		render_line_plural(group->picks));
	if (group->counted)
		fputs(", counted: of how many clients is not known\n", f);
	else
		fprintf(f, ", for %" PRIu64 " client%s by hash\n",
			group->clients, render_line_plural(group->clients));
	put_members(l, g, group);
	if (group->others)
		fprintf(f, "    %7" PRIu64 "  for packets without SYN\n",
			group->others);
	put_shared(l, g, group);
	put_fairness(l, g, group);
}

static void put_groups(const struct render_line *l, struct model *m)
{
	const struct groups *g = model_groups(m);
	const struct groups_group **list;
	size_t i, n = groups_list(g, &list);
	uint64_t forgotten = groups_forgotten(g);

	for (i = 0; i < n; i++) {
		if (list[i]->shown && (list[i]->most > 1 || list[i]->picks))
			put_group(l, g, list[i]);
		forgotten += list[i]->forgotten;
	}
	free(list);
	if (forgotten)
		fprintf(l->config->out, "  %" PRIu64 " picks of members forgotten because there were too many\n",
			forgotten);
}

/* Who restarts a server without options has to wait for the last of them. */
static void put_timewait_ports(FILE *f, struct model *m, uint64_t now)
{
	char old[RENDER_LINE_SPAN_LEN], last[RENDER_LINE_SPAN_LEN];
	struct timewaits_port port[TIME_WAIT_PORTS_SHOWN];
	uint32_t others = timewaits_alive(model_timewaits(m), now);
	size_t i, n = timewaits_ports(model_timewaits(m), now, port,
				      TIME_WAIT_PORTS_SHOWN);

	for (i = 0; i < n; others -= port[i++].count)
		fprintf(f, "    %7u  alive on port %u, the oldest for %s; free in %s\n",
			port[i].count, port[i].port,
			render_line_span(port[i].oldest_ms, old),
			render_line_span(port[i].free_ms, last));
	if (others)
		fprintf(f, "    %7u  alive on other ports\n", others);
}

static void put_timewaits(const struct render_line *l, struct model *m,
			  uint64_t now)
{
	const struct model_sums *sums = model_sums(m);
	uint64_t ended = sum_of(&sums->reasons);
	FILE *f = l->config->out;
	size_t i;

	if (sums->overflowed)
		fprintf(f, "  %" PRIu64 " connection%s closed without TIME_WAIT: net.ipv4.tcp_max_tw_buckets were in use\n",
			sums->overflowed, render_line_plural(sums->overflowed));
	if (!sums->entered && !ended)
		return;
	fprintf(f, "  TIME_WAIT: %" PRIu64 " began, %" PRIu64 " ended",
		sums->entered, ended);
	if (sums->unseen)
		fprintf(f, " (%" PRIu64 " whose beginning was not seen)",
			sums->unseen);
	fprintf(f, ", %u still alive\n",
		timewaits_alive(model_timewaits(m), now));
	for (i = 0; i < sums->reasons.n; i++)
		fprintf(f, "    %7" PRIu64 "  %s (%s)\n",
			sums->reasons.at[i].count,
			rules_line(sums->reasons.at[i].name),
			sums->reasons.at[i].name);
	put_timewait_ports(f, m, now);
}

static void put_listeners(const struct render_line *l, const struct model *m)
{
	const struct model_sums *sums = model_sums(m);

	if (!sums->closes)
		return;
	fprintf(l->config->out, "  %" PRIu64 " listener%s closed, with %" PRIu64 " connection%s nobody had accepted: %" PRIu64 " reset, %" PRIu64 " moved\n",
		sums->closes, render_line_plural(sums->closes),
		sums->unaccepted, render_line_plural(sums->unaccepted),
		sums->reset, sums->migrated);
}

/* What has no line of its own further down. */
static void put_rest(const struct render_line *l, const struct model *m,
		     uint64_t hidden)
{
	const struct model_counters *types = &model_sums(m)->types;
	uint64_t all = sum_of(types), picks = model_sums(m)->picks;
	FILE *f = l->config->out;
	size_t i;

	if (picks)
		fprintf(f, "  %" PRIu64 " pick%s counted, without an event each\n",
			picks, render_line_plural(picks));
	if (!all && picks)
		return;
	if (!all) {
		fprintf(f, "  nothing happened that was to be shown\n");
		return;
	}
	fprintf(f, "  %" PRIu64 " event%s:", all, render_line_plural(all));
	for (i = 0; i < types->n; i++)
		fprintf(f, "%s %s %" PRIu64, i ? "," : "", types->at[i].name,
			types->at[i].count);
	fputc('\n', f);
	if (hidden)
		fprintf(f, "  %" PRIu64 " of them went well and have no line above: -v shows all\n",
			hidden);
}

static void put_losses(const struct render_line *l, const struct model *m)
{
	uint64_t lost = model_lost_events(m), missed = model_missed_calls(m);
	char text[256];

	if (!model_lossy(m)) {
		render_line_put(l, RENDER_GOOD, 0, "  complete: no event was lost and no probe missed a call");
		return;
	}
	if (lost || missed)
		snprintf(text, sizeof(text),
			 "  NOT complete: %" PRIu64 " event%s lost in the kernel's buffer, %" PRIu64 " call%s missed by probes",
			 lost, render_line_plural(lost), missed, render_line_plural(missed));
	else
		snprintf(text, sizeof(text),
			 "  NOT complete: events were lost, nobody can say how many");
	render_line_put(l, RENDER_BAD, 0, text);
}

static void put_completeness(const struct render_line *l, const struct model *m,
			     const struct render_end *end)
{
	size_t i;

	put_losses(l, m);
	if (end->n_unavailable)
		fprintf(l->config->out, "; not seen on this kernel: ");
	for (i = 0; i < end->n_unavailable; i++)
		fprintf(l->config->out, "%s%s (%s)", i ? ", " : "",
			end->unavailable[i], end->unseen[i]);
	render_line_end(l);
}

static void put_all(const struct render_line *l, struct model *m,
		    const struct render_end *end, uint64_t hidden)
{
	render_line_put(l, RENDER_STRONG, 0, "summary");
	render_line_end(l);
	put_rest(l, m, hidden);
	put_binds(l, m);
	put_rules(l, m);
	put_groups(l, m);
	put_timewaits(l, m, end->ts);
	put_listeners(l, m);
	put_completeness(l, m, end);
}

/* A terminal would break long lines anywhere. */
static bool put_folded(const struct render_line *l, struct model *m,
		       const struct render_end *end, uint64_t hidden)
{
	struct render_config config = *l->config;
	struct render_line line = *l;
	char *text = NULL;
	size_t size;

	config.out = open_memstream(&text, &size);
	if (!config.out)
		return false;
	line.config = &config;
	put_all(&line, m, end, hidden);
	if (!fclose(config.out))
		fold_put(l->config->out, text, size, config.width);
	free(text);
	return true;
}

void render_summary(const struct render_line *l, struct model *m,
		    const struct render_end *end, uint64_t hidden)
{
	if (l->config->width < 8 || !isatty(fileno(l->config->out)) ||
	    !put_folded(l, m, end, hidden))
		put_all(l, m, end, hidden);
}
