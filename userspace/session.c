// SPDX-License-Identifier: GPL-2.0-only
#include "session.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "child.h"
#include "decode.h"
#include "events.h"
#include "folder.h"
#include "learn.h"
#include "live.h"
#include "log.h"
#include "model.h"
#include "owner.h"
#include "picks.h"
#include "probes.h"
#include "queues.h"
#include "recording.h"
#include "render.h"
#include "screen.h"
#include "signals.h"
#include "source.h"
#include "told.h"
#include "tracing.h"

#define NSEC_PER_SEC	1000000000LL
#define NSEC_PER_MSEC	1000000LL
#define TICK_NS		(50 * NSEC_PER_MSEC)
#define TICKS_LOOK	20		/* for the module, once a second */
#define PICKS_NS	(250 * NSEC_PER_MSEC)
#define STATUS_LOST	3
#define STATUS_SIGPIPE	141

/*
 * A record gets its time before it can be read. One whose writer was held up in
 * between for longer than this may come out of order; none is lost by it.
 */
#define SLACK_NS	(10 * NSEC_PER_MSEC)

struct session {
	const struct options *o;
	struct decode *decode;
	struct live *live;		/* NULL: a recording */
	struct source *source;		/* of live, or our own */
	struct model *model;
	struct queues *queues;		/* NULL: nobody asks for them */
	struct picks *picks;		/* NULL: they are told one by one */
	struct render *render;
	struct events events;
	struct child *child;		/* NULL: none */
	char *probes_path;		/* NULL: nobody tells of probes */
	struct probes probes;		/* at the start */
	struct recording recording;	/* of `report` over a trace.dat */
	uint64_t start;			/* earlier records are not shown */
	uint64_t end;			/* later ones neither; 0: not yet known */
	uint64_t last;			/* time of the last thing shown */
	uint64_t picks_next;		/* not to be looked at before */
	int status;
	int error;			/* what writing the output gave */
	bool broken;			/* a CPU could not be read to its end */
	bool unloaded;			/* the module is gone */
	unsigned int ticks;
	bool closed;			/* nobody reads the output any more */
};

static uint64_t clock_ns(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return ts.tv_sec * NSEC_PER_SEC + ts.tv_nsec;
}

static int64_t wall_offset(const struct recording *rec)
{
	return rec->begun ? rec->wall_offset :
			    (int64_t)(clock_ns(CLOCK_REALTIME) -
				      clock_ns(CLOCK_MONOTONIC));
}

static void show_lost(struct session *s, const struct model_lost *lost)
{
	model_lost(s->model, lost);
	s->render->ops->lost(s->render, lost);
}

static void show_line(void *ctx, const struct model_output *line)
{
	struct model_output named = *line;
	struct session *s = ctx;

	if (!named.task.comm[0])
		model_comm(s->model, &named.task);
	s->render->ops->output(s->render, &named);
}

static void show_item(struct session *s, const struct source_item *item)
{
	struct decode_record rec = {
		.ts = item->ts,
		.cpu = item->cpu,
		.data = item->data,
		.size = item->size,
	};
	const struct model_lost lost = {
		.ts = item->ts,
		.where = "ring-buffer",
		.count = item->lost,
	};

	if (item->kind == SOURCE_LOST)
		show_lost(s, &lost);
	else if (item->kind == SOURCE_OUTPUT)
		show_line(s, item->data);
	else if (item->ts >= s->start)
		events_handle(&s->events, &rec);
	s->last = item->ts;
}

static void note_broken(struct session *s)
{
	const struct model_lost lost = {
		.ts = s->last,
		.where = "ring-buffer",
		.count = -1,
	};

	show_lost(s, &lost);
	s->broken = true;
}

/* One thing, a record or a write, the earlier one; false when there is none. */
static bool step(struct session *s, uint64_t limit)
{
	struct source_item item;
	uint64_t written = 0;
	bool output;
	int rc;

	while ((rc = source_peek(s->source, limit, &item)) < 0)
		note_broken(s);
	output = s->child && child_peek(s->child, limit, &written);
	if (rc && (!output || item.ts <= written)) {
		show_item(s, &item);
		source_pop(s->source);
	} else if (output) {
		child_take(s->child, show_line, s);
	}
	return rc || output;
}

/* Everything up to @limit, events and output, in the order of time. */
static void pump(struct session *s, uint64_t limit)
{
	while (!s->error && step(s, limit))
		if (ferror(stdout))
			s->error = errno;
}

static bool reader_is_gone(void)
{
	struct pollfd p = { .fd = STDOUT_FILENO };

	return poll(&p, 1, 0) == 1 && (p.revents & (POLLERR | POLLHUP));
}

/* False when there is no use in going on. */
static bool flush_output(struct session *s)
{
	/* A line that failed to go out is not in the buffer any more. */
	if ((fflush(stdout) || ferror(stdout)) && !s->error)
		s->error = errno;
	if (!s->error && !reader_is_gone())
		return true;
	s->closed = true;
	s->status = s->child ? STATUS_SIGPIPE : 0;
	if (reader_is_gone())
		return false;
	log_error("cannot write to standard output: %s", strerror(s->error));
	s->status = 1;
	return false;
}

static void take_picks(void *ctx, struct model_picks *p)
{
	events_picks(ctx, p);
}

/* What found no room in the module's table is a loss, too. */
static void look_at_picks(struct session *s)
{
	struct model_lost lost = { .ts = s->last, .where = "picks" };

	lost.count = picks_look(s->picks, take_picks, &s->events);
	if (lost.count)
		show_lost(s, &lost);
}

static bool tick(struct session *s, uint64_t limit)
{
	source_tick(s->source);
	if (s->child)
		child_tick(s->child);
	pump(s, limit);
	if (s->queues)
		queues_look(s->queues, limit);
	if (s->picks && limit >= s->picks_next) {
		look_at_picks(s);
		s->picks_next = limit + PICKS_NS;
	}
	s->render->ops->tick(s->render, limit);
	return flush_output(s);
}

/* The module's events, unread ones as well, went with it. */
static void look_for_module(struct session *s)
{
	if (s->unloaded || s->ticks++ % TICKS_LOOK || !live_over(s->live))
		return;
	s->unloaded = true;
	log_error("the module was unloaded: what it told last may be missing");
	if (s->child)
		return;
	s->status = 1;
	s->end = clock_ns(CLOCK_MONOTONIC);
}

/* Does anything say that it is over? */
static void look_for_end(struct session *s)
{
	int sig = signals_last();

	if (s->end)
		return;
	look_for_module(s);
	if (!s->child) {
		if (sig || (s->render->ops->ended &&
			    s->render->ops->ended(s->render)))
			s->end = clock_ns(CLOCK_MONOTONIC);
		return;
	}
	if (child_ended(s->child, &s->status))
		s->end = clock_ns(CLOCK_MONOTONIC);
	else if (signals_count() > 1 && sig) {
		s->status = 128 + sig;
		s->end = clock_ns(CLOCK_MONOTONIC);
	} else if (signals_take() && sig != SIGINT) {
		/* The terminal sends SIGINT to both of us, others it does not. */
		child_signal(s->child, sig);
	}
}

/* Ticks are counted from their beginning: no rest for who has a lot to show. */
static int64_t left_of_tick(uint64_t begun)
{
	int64_t left = begun + TICK_NS - clock_ns(CLOCK_MONOTONIC);

	return left > 0 ? left : 0;
}

/* What is not read and shown now waits at most a tick. */
static void loop(struct session *s)
{
	uint64_t begun, limit;

	for (;;) {
		begun = clock_ns(CLOCK_MONOTONIC);
		limit = begun - SLACK_NS;
		if (s->end && limit > s->end)
			limit = s->end;
		if (!tick(s, limit) || (s->end && limit == s->end))
			return;
		look_for_end(s);
		signals_wait(s->end ? SLACK_NS : left_of_tick(begun));
	}
}

static void show_missed(struct session *s, const struct probes *now)
{
	struct model_lost lost = { .ts = s->end };
	size_t i;

	for (i = 0; i < now->n; i++) {
		lost.where = now->row[i].kind;
		lost.probe = now->row[i].name;
		lost.count = probes_missed(&s->probes, &now->row[i]);
		if (lost.count)
			show_lost(s, &lost);
	}
}

static void list_unavailable(struct render_end *end, const struct probes *p)
{
	size_t i;

	for (i = 0; i < p->n && i < RENDER_NAMES_MAX; i++) {
		if (p->row[i].armed)
			continue;
		end->unavailable[end->n_unavailable] = p->row[i].name;
		end->unseen[end->n_unavailable++] = p->row[i].text;
	}
}

static bool probes_now(const struct session *s, struct probes *now)
{
	if (s->probes_path)
		return !probes_read(now, s->probes_path);
	*now = s->recording.after;
	return now->n;
}

/* The two accounts of losses, then the sums. */
static void sum_up(struct session *s)
{
	struct render_end end = { 0 };
	struct model_lost lost = { .where = "ring-buffer" };
	struct probes now = { 0 };

	if (!s->end)
		s->end = s->last;
	end.ts = s->end;
	lost.ts = s->end;
	lost.count = source_unreported(s->source);
	if (s->child)
		child_flush(s->child, show_line, s);
	if (lost.count)
		show_lost(s, &lost);
	/* Once for what was seen last, once for what came since. */
	if (s->picks) {
		look_at_picks(s);
		look_at_picks(s);
	}
	if (probes_now(s, &now))
		show_missed(s, &now);
	list_unavailable(&end, &now);
	s->render->ops->summary(s->render, s->model, &end);
	flush_output(s);
}

static void announce_probes(const struct session *s)
{
	const struct probes_row *row;

	for (row = s->probes.row; row < s->probes.row + s->probes.n; row++) {
		if (!row->armed)
			log_notice("probe %s is unavailable on this kernel: %s",
				   row->name, row->text);
		else if (s->o->verbose > 1)
			log_notice("probe %s is armed: %s", row->name,
				   row->text);
	}
}

static int open_common(struct session *s)
{
	if (s->model)
		s->render = screen_new(s->o, s->model, s->queues, s->live, s->start,
				       wall_offset(&s->recording));
	if (!s->render) {
		log_error("memory is short");
		return -ENOMEM;
	}
	s->events.decode = s->decode;
	s->events.filter = &s->o->filter;
	s->events.render = s->render;
	events_announce(&s->events);
	return 0;
}

static void notice_strangers(const struct session *s)
{
	if (!s->events.strangers)
		return;
	log_notice("%" PRIu64 " events are left out because the control group of their process is not known: %s",
		   s->events.strangers, s->live ?
		   "it had ended before it could be looked at, or none had the socket" :
		   "a recording has it for processes with sockets open when it began");
}

static int finish(struct session *s)
{
	notice_strangers(s);
	if (!s->closed)
		sum_up(s);
	if (!s->status && !s->closed && model_lossy(s->model))
		s->status = s->broken ? 1 : STATUS_LOST;
	return s->status;
}

static void close_all(struct session *s)
{
	child_free(s->child);
	if (s->render)
		s->render->ops->free(s->render);
	owner_free(s->events.owner);
	queues_free(s->queues);
	picks_free(s->picks);
	model_free(s->model);
	if (s->live)
		live_close(s->live);
	else
		source_close(s->source);
	decode_free(s->decode);
	free(s->probes_path);
}

/*
 * The survey goes first. It may take long, with many processes, or when the kernel
 * loads its modules for it; what happens once the instance is there is to be shown
 * at once. Who makes a socket in between is asked for by its inode, like anybody.
 */
static int open_live(struct session *s)
{
	const char *tracing = tracing_find();

	s->status = 1;
	if (!tracing)
		return -ENODEV;
	s->events.owner = owner_new();
	s->model = model_new();
	s->events.model = s->model;
	if (s->model)
		learn_survey(&s->events);
	s->decode = decode_new();
	if (s->decode)
		s->live = live_open(tracing, s->decode, s->o);
	if (!s->live)
		return -ENODEV;
	if (s->o->filter.count) {
		s->picks = picks_new(live_alone(s->live));
		if (!s->picks)
			return -ENODEV;
	}
	s->source = live_source(s->live);
	s->probes_path = strdup(PROBES_LIVE);
	if (!s->probes_path || probes_read(&s->probes, s->probes_path))
		log_notice("the module does not tell of its probes (%s)",
			   PROBES_LIVE);
	announce_probes(s);
	s->queues = s->o->top ? queues_new() : NULL;
	if (s->o->command)
		s->start = clock_ns(CLOCK_MONOTONIC);
	return open_common(s);
}

int session_live(const struct options *o)
{
	struct session s = { .o = o };
	int status;

	signals_catch();
	if (open_live(&s)) {
		status = s.status;
		close_all(&s);
		return status;
	}
	s.status = 0;
	if (o->command)
		s.child = child_start(o->command, &s.status);
	status = s.status;
	if (!o->command || s.child) {
		loop(&s);
		status = finish(&s);
	}
	close_all(&s);
	return status;
}

static int open_folder(struct session *s, const char *dir)
{
	s->source = folder_replay(s->decode, dir);
	if (!s->source || asprintf(&s->probes_path, "%s/probes", dir) < 0)
		return -EINVAL;
	return 0;
}

static int open_recording(struct session *s, const char *path)
{
	struct recording *rec = &s->recording;

	s->source = recording_open(rec, s->decode, path);
	s->events.recorded = true;
	s->events.owner = rec->told ? owner_new() : NULL;
	if (s->events.owner)
		owner_use(s->events.owner, rec->told);
	if (!s->source)
		return -EINVAL;
	s->start = rec->start;
	s->end = rec->end;
	s->probes = rec->before;
	announce_probes(s);
	if (rec->told)
		told_each(rec->told, learn_socket, &s->events);
	return 0;
}

static int open_report(struct session *s, struct options *own, const char *path)
{
	struct stat st;
	bool folder = !stat(path, &st) && S_ISDIR(st.st_mode);

	s->decode = decode_new();
	s->model = model_new();
	s->events.model = s->model;
	if (!s->decode || !s->model ||
	    (folder ? open_folder(s, path) : open_recording(s, path)))
		return -EINVAL;
	if (own->timestamp == RENDER_TIME_WALL && !s->recording.begun) {
		log_notice("%s does not say what time of day it was: times are relative",
			   path);
		own->timestamp = RENDER_TIME_RELATIVE;
	}
	return open_common(s);
}

int session_report(const struct options *o, const char *path)
{
	struct options own = *o;
	struct session s = { .o = &own, .status = 1 };

	if (!open_report(&s, &own, path)) {
		s.status = 0;
		tick(&s, s.end ? s.end : UINT64_MAX);
		if (s.recording.cut)
			note_broken(&s);
		finish(&s);
	}
	close_all(&s);
	return s.status;
}
