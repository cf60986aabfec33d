// SPDX-License-Identifier: GPL-2.0-only
#include "live.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "events.h"
#include "folder.h"
#include "instance.h"
#include "log.h"
#include "narrow.h"
#include "ring.h"
#include "tracing.h"
#include "twin.h"

#define NSEC_PER_SEC	1000000000ULL
#define EVENTS		"events/" FOLDER_SYSTEM
#define FILTER_LEN	4096	/* the kernel takes a page */

/*
 * One CPU: the module's buffer up to the time when ours began, then ours.
 */
struct feed {
	const struct live *live;
	size_t i;
	struct ring *old;	/* NULL: done with */
	struct ring *own;
	uint64_t old_lost;
	struct ring_item held;	/* of the module's, told next */
	bool holds;
	struct twin twin;	/* of the one between them */
};

struct live {
	const char *tracing;
	struct instance *instance;
	struct folder own;
	struct folder old;
	struct feed *feed;
	struct source *source;
	uint64_t from;		/* earlier records are the module's to tell */
	bool whole;		/* it could be set up */
	struct stat module;
};

static uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * NSEC_PER_SEC + ts.tv_nsec;
}

/*
 * A loss that stands before a record from before we began is the module's to
 * tell; of a later one our own buffer knows.
 */
static int next_old_record(struct feed *f, struct ring_item *item)
{
	int rc;

	if (f->holds) {
		f->holds = false;
		*item = f->held;
		return 1;
	}
	rc = ring_next(f->old, item);
	if (rc <= 0 || item->data)
		return rc;
	rc = ring_next(f->old, &f->held);
	f->holds = rc > 0 && f->held.data && f->held.ts < f->live->from;
	if (f->holds)
		f->old_lost += item->lost > 0 ? item->lost : 0;
	return f->holds;
}

/* The last ones from before we began; 0 when there are no more. */
static int next_old(struct feed *f, struct ring_item *item)
{
	int rc = next_old_record(f, item);

	if (rc > 0 && !item->data)
		return rc;
	if (rc > 0 && item->ts < f->live->from) {
		twin_old(&f->twin, item);
		return rc;
	}
	ring_free(f->old);
	f->old = NULL;
	return rc < 0 ? rc : 0;
}

static int next_own(struct feed *f, struct ring_item *item)
{
	int rc;

	while ((rc = ring_next(f->own, item)) > 0 && item->data) {
		if (item->ts < f->live->from)
			twin_skip(&f->twin, item);
		else if (!twin_is_told(&f->twin, item))
			break;
	}
	return rc;
}

static int next(void *ctx, struct ring_item *item)
{
	struct feed *f = ctx;
	int rc = f->old ? next_old(f, item) : 0;

	return rc ? rc : next_own(f, item);
}

static int losses(void *ctx, uint64_t *n)
{
	struct feed *f = ctx;
	int rc = folder_losses(&f->live->own, f->i, n);

	*n += f->old_lost;
	return rc;
}

static void close_feed(void *ctx)
{
	struct feed *f = ctx;

	ring_free(f->old);
	ring_free(f->own);
	f->old = NULL;
	f->own = NULL;
}

static int open_feed(struct live *l, size_t i)
{
	struct feed *f = &l->feed[i];

	f->live = l;
	f->i = i;
	f->own = folder_ring(&l->own, i);
	if (f->own && i < l->old.n)
		f->old = folder_ring(&l->old, i);
	return f->own ? 0 : -EIO;
}

static int open_feeds(struct live *l)
{
	struct source_input *in = calloc(l->own.n, sizeof(*in));
	size_t i;

	l->feed = calloc(l->own.n, sizeof(*l->feed));
	for (i = 0; in && l->feed && i < l->own.n; i++) {
		in[i] = (struct source_input){
			.cpu = l->own.cpu[i],
			.next = next,
			.close = close_feed,
			.losses = losses,
			.ctx = &l->feed[i],
		};
		if (open_feed(l, i))
			break;
	}
	if (in && l->feed && i == l->own.n)
		l->source = source_new(in, l->own.n);
	while (!l->source && l->feed && i--)
		close_feed(&l->feed[i]);
	free(in);
	return l->source ? 0 : -ENOMEM;
}

/* A kernel that takes no filter gives us more than we want, which is no harm. */
static int enable_event(const struct live *l, const struct decode *d,
			const struct filter *f, const char *name)
{
	char file[NAME_MAX + 64], text[FILTER_LEN];
	int rc;

	if (!events_needed(d, f, name, text, sizeof(text)))
		return 0;
	if (*text) {
		snprintf(file, sizeof(file), EVENTS "/%s/filter", name);
		rc = instance_put(l->instance, file, text);
		if (rc)
			log_notice("the kernel does not filter %s for us (%s): it costs more",
				   name, strerror(-rc));
	}
	snprintf(file, sizeof(file), EVENTS "/%s/enable", name);
	rc = instance_put(l->instance, file, "1");
	if (rc)
		log_error("cannot switch on the event %s: %s", name,
			  strerror(-rc));
	return rc;
}

static int enable_events(const struct live *l, const struct decode *d,
			 const struct filter *f)
{
	char path[PATH_MAX];
	struct dirent *entry;
	int rc = 0;
	DIR *dir;

	snprintf(path, sizeof(path), "%s/" EVENTS, instance_path(l->instance));
	dir = opendir(path);
	if (!dir) {
		log_error("cannot open %s: %s", path, strerror(errno));
		return -errno;
	}
	while (!rc && (entry = readdir(dir)))
		if (decode_find(d, entry->d_name))
			rc = enable_event(l, d, f, entry->d_name);
	closedir(dir);
	return rc;
}

static int make_instance(struct live *l, const struct decode *d,
			 const struct options *o)
{
	char suffix[NARROW_LEN];
	int gate = instance_gate(l->tracing), rc = -EIO;

	if (gate < 0)
		return -EIO;
	narrow_begin(gate, &o->filter, suffix);
	l->instance = instance_new(gate, l->tracing, suffix, o->buffer_kb);
	if (l->instance)
		rc = enable_events(l, d, &o->filter);
	else
		narrow_end(suffix);
	instance_open_gate(gate);
	return rc;
}

static int set_up(struct live *l, struct decode *d, const struct options *o)
{
	int rc = folder_formats(l->tracing, d);

	if (!rc)
		rc = make_instance(l, d, o);
	l->from = now_ns();
	if (!rc)
		rc = folder_open(&l->own, l->tracing,
				 instance_name(l->instance));
	if (!rc && !o->command && !instance_is_read())
		rc = folder_open(&l->old, l->tracing, INSTANCE_MODULE);
	return rc ? rc : open_feeds(l);
}

struct live *live_open(const char *tracing, struct decode *d,
		       const struct options *o)
{
	struct live *l = calloc(1, sizeof(*l));

	if (!l)
		return NULL;
	l->tracing = tracing;
	l->whole = !stat(TRACING_MODULE, &l->module) && !set_up(l, d, o);
	if (l->whole)
		return l;
	live_close(l);
	return NULL;
}

struct source *live_source(const struct live *l)
{
	return l->source;
}

bool live_alone(const struct live *l)
{
	char path[PATH_MAX], *text;
	size_t size;
	bool logs;

	snprintf(path, sizeof(path),
		 "%s/instances/" INSTANCE_MODULE "/" EVENTS "/steer/enable",
		 l->tracing);
	text = tracing_text(path, &size);
	logs = text && *text == '1';
	free(text);
	return logs && !instance_is_read();
}

bool live_over(const struct live *l)
{
	struct stat now;

	return stat(TRACING_MODULE, &now) || now.st_ino != l->module.st_ino;
}

static void drain(struct ring *ring)
{
	struct ring_item item;

	while (ring && ring_next(ring, &item) > 0)
		ring_skip(ring);
	ring_free(ring);
}

/* Otherwise the next viewer would tell again what this one has told. */
static void throw_away(const struct live *l)
{
	struct folder old;
	size_t i;

	if (live_over(l) || instance_is_read())
		return;
	if (!folder_open(&old, l->tracing, INSTANCE_MODULE))
		for (i = 0; i < old.n; i++)
			drain(folder_ring(&old, i));
	folder_close(&old);
}

void live_close(struct live *l)
{
	int gate;

	if (!l)
		return;
	source_close(l->source);
	free(l->feed);
	if (l->instance) {
		gate = instance_gate(l->tracing);
		narrow_end(instance_name(l->instance));
		instance_free(l->instance);
		instance_open_gate(gate);
	}
	if (l->whole)
		throw_away(l);
	folder_close(&l->own);
	folder_close(&l->old);
	free(l);
}
