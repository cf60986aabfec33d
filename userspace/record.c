// SPDX-License-Identifier: GPL-2.0-only
#include "record.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cgroup.h"
#include "child.h"
#include "log.h"
#include "mark.h"
#include "probes.h"
#include "signals.h"
#include "survey.h"
#include "tracecmd.h"
#include "tracing.h"

#define NSEC_PER_SEC	1000000000LL
#define TICK_NS		20000000LL

/*
 * What COMMAND may write into the trace in one tick: 6 MB a second. A flood
 * waits for its turn instead of pushing events out of the ring buffer.
 */
#define TICK_BYTES	(128 << 10)

struct record {
	const struct options *o;
	struct tracecmd *tracecmd;
	struct child *child;	/* NULL: none */
	struct cgroups *cgroups;
	uint64_t at;		/* when the output in hand was written */
	size_t bytes;		/* written in this tick */
	int status;
	bool over;
	bool deaf;		/* the trace_marker takes nothing; said already */
};

static uint64_t clock_ns(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return ts.tv_sec * NSEC_PER_SEC + ts.tv_nsec;
}

static void put(struct record *r, const struct mark *mark)
{
	char bytes[MARK_MAX];
	size_t size = mark_print(mark, bytes);

	r->bytes += size;
	if (write(tracecmd_marker(r->tracecmd), bytes, size) == (ssize_t)size ||
	    r->deaf)
		return;
	r->deaf = true;
	log_error("the trace_marker takes no more: %s; the file will lack lines of output",
		  strerror(errno));
}

static void put_probes(struct record *r, enum mark_kind kind)
{
	struct mark mark = { .kind = kind };
	char row[MARK_TEXT_MAX];
	struct probes p;
	size_t i;

	if (probes_read(&p, PROBES_LIVE))
		return;
	for (i = 0; i < p.n; i++) {
		mark.text = row;
		mark.len = snprintf(row, sizeof(row),
				    "%s\t%s\t%s\t%" PRIu64 "\t%" PRIu64 "\t%s",
				    p.row[i].name, p.row[i].kind,
				    p.row[i].armed ? "armed" : "unavailable",
				    p.row[i].hits, p.row[i].missed,
				    p.row[i].text);
		put(r, &mark);
	}
}

static void put_owner(void *ctx, const struct told_socket *sock)
{
	struct record *r = ctx;
	const char *cgroup = cgroups_of(r->cgroups, sock->task.pid,
					sock->task.comm);
	struct mark mark = {
		.kind = MARK_OWNER,
		.at = sock->cookie,
		.value = sock->inode,
		.task = sock->task,
	};
	char text[MARK_TEXT_MAX];
	int n = snprintf(text, sizeof(text), "%" PRIu32 " %u %s %s",
			 sock->netns, sock->port, sock->listens ? "listen" : "-",
			 cgroup ? cgroup : "-");

	mark.text = text;
	mark.len = n < (int)sizeof(text) ? n : (int)sizeof(text) - 1;
	put(r, &mark);
}

static void put_start(struct record *r)
{
	struct mark mark = { .kind = MARK_START };

	put_probes(r, MARK_PROBE_BEFORE);
	survey_run(put_owner, r);
	mark.at = clock_ns(CLOCK_MONOTONIC);
	mark.value = clock_ns(CLOCK_REALTIME) - mark.at;
	put(r, &mark);
}

static void put_end(struct record *r)
{
	const struct mark mark = {
		.kind = MARK_END,
		.at = clock_ns(CLOCK_MONOTONIC),
		.value = r->status,
	};

	put_probes(r, MARK_PROBE_AFTER);
	put(r, &mark);
}

/* As COMMAND would have shown it, were we not in between. */
static void pass_on(const struct model_output *line)
{
	FILE *out = strcmp(line->stream, "stderr") ? stdout : stderr;

	fwrite(line->line, 1, line->len, out);
	fputc('\n', out);
	fflush(out);
}

static void put_line(void *ctx, const struct model_output *line)
{
	struct record *r = ctx;
	struct mark mark = {
		.kind = MARK_OUTPUT,
		.at = r->at,
		.value = line->ts,
		.task = line->task,
		.stream = line->stream,
		.text = line->line,
	};
	size_t left = line->len;

	do {
		mark.more = left > MARK_TEXT_MAX;
		mark.len = mark.more ? MARK_TEXT_MAX : left;
		put(r, &mark);
		mark.text += mark.len;
		left -= mark.len;
	} while (mark.more);
	if (!r->o->quiet)
		pass_on(line);
}

/* False when there is more than this tick has room for. */
static bool take_output(struct record *r, uint64_t limit)
{
	child_tick(r->child);
	r->bytes = 0;
	while (r->bytes < TICK_BYTES) {
		if (!child_peek(r->child, limit, &r->at))
			return true;
		child_take(r->child, put_line, r);
	}
	return false;
}

static void look_for_end(struct record *r)
{
	int sig = signals_last();

	if (!r->child) {
		r->over = sig;
	} else if (child_ended(r->child, &r->status)) {
		r->over = true;
	} else if (signals_count() > 1 && sig) {
		r->status = 128 + sig;
		r->over = true;
	} else if (signals_take() && sig != SIGINT) {
		/* The terminal sends SIGINT to both of us. */
		child_signal(r->child, sig);
	}
	if (tracecmd_ended(r->tracecmd))
		r->over = true;
}

static void loop(struct record *r)
{
	uint64_t end;

	while (!r->over) {
		if (r->child)
			take_output(r, UINT64_MAX);
		look_for_end(r);
		if (!r->over)
			signals_wait(TICK_NS);
	}
	if (!r->child)
		return;
	/* What it left running in the background may go on for ever. */
	end = clock_ns(CLOCK_MONOTONIC);
	while (!take_output(r, end))
		signals_wait(TICK_NS);
	r->at = clock_ns(CLOCK_MONOTONIC);
	child_flush(r->child, put_line, r);
}

static int record_all(struct record *r)
{
	put_start(r);
	if (!r->o->command)
		log_notice("recording into %s; Ctrl-C ends it", r->o->output);
	if (r->o->command)
		r->child = child_start(r->o->command, &r->status);
	if (!r->o->command || r->child)
		loop(r);
	put_end(r);
	child_free(r->child);
	if (tracecmd_stop(r->tracecmd))
		return 1;
	if (!r->o->command || r->child)
		log_notice("%s is written: reusetrace-view report %s",
			   r->o->output, r->o->output);
	return r->status;
}

static void notice_filters(const struct filter *f)
{
	if (f->ports || f->pids || f->failed_only || f->inet || f->inet6 ||
	    f->tcp || f->udp || f->netns || f->cgroup[0])
		log_notice("only --event narrows a recording: give the other filters to report");
}

int record_run(const struct options *o)
{
	struct record r = { .o = o };
	char path[PATH_MAX];
	const char *tracing;

	if (!o->output) {
		log_error("record needs a file to write: reusetrace-view record -o FILE");
		return 2;
	}
	if (!tracecmd_path(path)) {
		log_error("trace-cmd is not installed: sudo apt install trace-cmd");
		return 1;
	}
	tracing = tracing_find();
	if (!tracing)
		return 1;
	notice_filters(&o->filter);
	signals_catch();
	r.cgroups = cgroups_new();
	r.tracecmd = r.cgroups ? tracecmd_start(tracing, o) : NULL;
	if (r.tracecmd)
		r.status = record_all(&r);
	else
		r.status = 1;
	cgroups_free(r.cgroups);
	return r.status;
}
