// SPDX-License-Identifier: GPL-2.0-only
#include "source.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "log.h"
#include "ring.h"
#include "tracing.h"

#define SYSTEM		"reusetrace"
#define INSTANCE	"instances/" SYSTEM
#define CPUS_MAX	8192

/* One CPU's records: the one that is next, and the account of losses. */
struct stream {
	int cpu;
	struct ring *ring;	/* NULL: input gives the items */
	struct source_input input;
	struct ring_item item;
	bool full;		/* item is waiting to be handed out */
	bool dry;		/* had nothing more in this tick */
	bool broken;		/* cannot be read any more */
	bool counted;		/* base is set: losses are held against it */
	uint64_t base;		/* the kernel's count of losses then */
	uint64_t reported;	/* losses handed out since */
};

/* What differs from one kind of source to the next. */
struct source_ops {
	/* The next item of this CPU: 1, 0 when there is none, or -errno. */
	int (*next)(struct stream *s);
	/* How many records this CPU has ever lost; NULL: nobody counts. */
	int (*losses)(struct source *src, struct stream *s, uint64_t *n);
};

struct source {
	const struct source_ops *ops;
	char *dir;		/* of tracing */
	struct ring_layout layout;
	struct stream *streams;
	size_t n;
	struct stream *at;	/* whose item was handed out last */
};

static char *path_of(const struct source *src, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static char *path_of(const struct source *src, const char *format, ...)
{
	char rest[NAME_MAX + 64], *path;
	va_list ap;

	va_start(ap, format);
	vsnprintf(rest, sizeof(rest), format, ap);
	va_end(ap);
	return asprintf(&path, "%s/%s", src->dir, rest) < 0 ? NULL : path;
}

static int next_of_ring(struct stream *s)
{
	return ring_next(s->ring, &s->item);
}

static int live_losses(struct source *src, struct stream *s, uint64_t *n)
{
	char *path = path_of(src, INSTANCE "/per_cpu/cpu%d/stats", s->cpu);
	size_t size;
	char *text = tracing_text(path, &size);

	free(path);
	if (!text)
		return -EIO;
	*n = tracing_losses(text);
	free(text);
	return 0;
}

static const struct source_ops live_ops = {
	.next = next_of_ring,
	.losses = live_losses,
};

static const struct source_ops dir_ops = {
	.next = next_of_ring,
};

static int next_of_input(struct stream *s)
{
	return s->input.next(s->input.ctx, &s->item);
}

static int input_losses(struct source *src, struct stream *s, uint64_t *n)
{
	(void)src;
	*n = s->input.losses;
	return 0;
}

static const struct source_ops input_ops = {
	.next = next_of_input,
	.losses = input_losses,
};

/* Losses up to here stood in the pages read so far; the rest must agree. */
static void start_count(struct source *src, struct stream *s)
{
	if (s->counted || !src->ops->losses ||
	    src->ops->losses(src, s, &s->base))
		return;
	s->counted = true;
	s->reported = 0;
}

static void say_broken(const struct stream *s, int error)
{
	const char *what = strerror(-error);

	if (error == -EBADMSG)
		what = "the data is damaged";
	else if (error == -EIO)
		what = "the last page is cut short";
	log_error("cannot read on in the events of CPU %d: %s", s->cpu, what);
}

static int fill(struct source *src, struct stream *s)
{
	int rc;

	if (s->full || s->dry || s->broken)
		return 0;
	rc = src->ops->next(s);
	s->full = rc > 0;
	s->dry = rc <= 0;
	s->broken = rc < 0;
	if (rc < 0)
		say_broken(s, rc);
	else if (!rc)
		start_count(src, s);
	return rc < 0 ? rc : 0;
}

int source_peek(struct source *src, uint64_t limit, struct source_item *item)
{
	struct stream *s, *first = NULL;
	int rc;

	for (s = src->streams; s < src->streams + src->n; s++) {
		rc = fill(src, s);
		if (rc)
			return rc;
		if (s->full && (!first || s->item.ts < first->item.ts))
			first = s;
	}
	if (!first || first->item.ts > limit)
		return 0;
	src->at = first;
	*item = (struct source_item){
		.kind = first->item.data ? first->input.kind : SOURCE_LOST,
		.ts = first->item.ts,
		.cpu = first->cpu,
		.data = first->item.data,
		.size = first->item.size,
		.lost = first->item.lost,
	};
	return 1;
}

void source_pop(struct source *src)
{
	struct stream *s = src->at;

	s->full = false;
	if (s->item.lost > 0)
		s->reported += s->item.lost;
}

void source_tick(struct source *src)
{
	size_t i;

	for (i = 0; i < src->n; i++)
		src->streams[i].dry = false;
}

struct source *source_new(const struct source_input *input, size_t n)
{
	struct source *src = calloc(1, sizeof(*src));
	size_t i;

	if (!src)
		return NULL;
	src->ops = &input_ops;
	src->streams = calloc(n, sizeof(src->streams[0]));
	if (!src->streams) {
		free(src);
		return NULL;
	}
	for (i = 0; i < n; i++)
		src->streams[i] = (struct stream){
			.cpu = input[i].cpu,
			.input = input[i],
			.counted = input[i].counted,
		};
	src->n = n;
	return src;
}

static int discard_stream(struct source *src, struct stream *s)
{
	int rc;

	do {
		ring_skip(s->ring);
		s->full = false;
		rc = fill(src, s);
	} while (!rc && !s->dry && !s->broken);
	return rc;
}

int source_discard(struct source *src)
{
	size_t i;
	int rc = 0;

	source_tick(src);
	for (i = 0; i < src->n && !rc; i++)
		rc = discard_stream(src, &src->streams[i]);
	return rc;
}

int64_t source_unreported(struct source *src)
{
	struct stream *s;
	int64_t sum = 0;
	uint64_t now;

	for (s = src->streams; s < src->streams + src->n; s++) {
		if (!s->counted || src->ops->losses(src, s, &now))
			continue;
		if (now - s->base > s->reported)
			sum += now - s->base - s->reported;
	}
	return sum;
}

void source_close(struct source *src)
{
	size_t i;

	if (!src)
		return;
	for (i = 0; i < src->n; i++) {
		ring_free(src->streams[i].ring);
		if (src->streams[i].input.close)
			src->streams[i].input.close(src->streams[i].input.ctx);
	}
	free(src->streams);
	free(src->dir);
	free(src);
}

static int open_stream(struct source *src, int cpu)
{
	struct stream *s = &src->streams[src->n];
	char *path = path_of(src, INSTANCE "/per_cpu/cpu%d/trace_pipe_raw",
			     cpu);
	int fd;

	if (!path)
		return -ENOMEM;
	fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		log_error("cannot open %s: %s", path, strerror(errno));
	free(path);
	if (fd < 0)
		return -EIO;
	*s = (struct stream){
		.cpu = cpu,
		.ring = ring_new(&src->layout, fd),
	};
	if (!s->ring)
		return -ENOMEM;
	src->n++;
	return 0;
}

static int compare_ints(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}

/* The folders themselves tell the CPUs: they need not be this machine's. */
static int list_cpus(const struct source *src, int *cpus)
{
	char *path = path_of(src, INSTANCE "/per_cpu");
	DIR *dir = path ? opendir(path) : NULL;
	struct dirent *entry;
	int n = 0, end;

	free(path);
	if (!dir)
		return -errno;
	while ((entry = readdir(dir)) && n < CPUS_MAX) {
		end = 0;
		if (sscanf(entry->d_name, "cpu%4d%n", &cpus[n], &end) == 1 &&
		    end && !entry->d_name[end])
			n++;
	}
	closedir(dir);
	qsort(cpus, n, sizeof(cpus[0]), compare_ints);
	return n ? n : -ENOENT;
}

static int open_streams(struct source *src)
{
	int *cpus = calloc(CPUS_MAX, sizeof(*cpus));
	int i, n, rc = 0;

	if (!cpus)
		return -ENOMEM;
	n = list_cpus(src, cpus);
	if (n < 0) {
		log_error("there are no CPUs in %s/" INSTANCE "/per_cpu: %s",
			  src->dir, strerror(-n));
		free(cpus);
		return n;
	}
	src->streams = calloc(n, sizeof(src->streams[0]));
	if (!src->streams)
		rc = -ENOMEM;
	for (i = 0; i < n && !rc; i++)
		rc = open_stream(src, cpus[i]);
	free(cpus);
	return rc;
}

static int load_layout(struct source *src)
{
	char *path = path_of(src, "events/header_page");
	size_t size;
	char *text = tracing_text(path, &size);
	int rc = text ? ring_layout_parse(&src->layout, text) : -errno;

	if (rc)
		log_error("cannot make sense of %s: %s",
			  path ? path : "header_page", strerror(-rc));
	free(text);
	free(path);
	return rc;
}

static int load_format(struct source *src, struct decode *d, const char *name)
{
	char *path = path_of(src, "events/" SYSTEM "/%.200s/format", name);
	size_t size;
	char *text = tracing_text(path, &size);
	int rc;

	if (!text) {
		free(path);
		return -errno;
	}
	rc = decode_add_format(d, SYSTEM, text, size);
	if (rc)
		log_notice("cannot make sense of %s: its events are shown by number",
			   path);
	free(text);
	free(path);
	return rc;
}

/* Plain files such as `enable` lie among the events' folders. */
static int load_formats(struct source *src, struct decode *d)
{
	char *path = path_of(src, "events/" SYSTEM);
	DIR *dir = path ? opendir(path) : NULL;
	struct dirent *entry;
	int n = 0;

	if (!dir) {
		log_error("cannot open %s: %s", path ? path : SYSTEM,
			  strerror(errno));
		free(path);
		return -ENOENT;
	}
	while ((entry = readdir(dir)))
		if (entry->d_name[0] != '.')
			n += !load_format(src, d, entry->d_name);
	closedir(dir);
	if (!n)
		log_error("no event in %s has a format that can be read", path);
	free(path);
	return n ? 0 : -ENOENT;
}

static struct source *open_folder(struct decode *d, const char *dir,
				  const struct source_ops *ops)
{
	struct source *src = calloc(1, sizeof(*src));

	if (!src)
		return NULL;
	src->ops = ops;
	src->dir = strdup(dir);
	if (!src->dir || load_layout(src) || load_formats(src, d) ||
	    open_streams(src)) {
		source_close(src);
		return NULL;
	}
	return src;
}

struct source *source_open_dir(struct decode *d, const char *dir)
{
	char *path;
	bool there;

	if (asprintf(&path, "%s/" INSTANCE, dir) < 0)
		return NULL;
	there = !access(path, R_OK | X_OK);
	if (!there)
		log_error("%s is no copied tracing folder of reusetrace: %s: %s",
			  dir, path, strerror(errno));
	free(path);
	return there ? open_folder(d, dir, &dir_ops) : NULL;
}

static int set_buffer_size(const struct source *src, unsigned int kb)
{
	char *path = path_of(src, INSTANCE "/buffer_size_kb");
	int fd = path ? open(path, O_WRONLY | O_CLOEXEC) : -1;
	bool done = fd >= 0 && dprintf(fd, "%u", kb) > 0;

	if (!done)
		log_error("cannot make the buffers %u KiB for each CPU: %s", kb,
			  strerror(errno));
	if (fd >= 0)
		close(fd);
	free(path);
	return done ? 0 : -EIO;
}

static void check_clock(const struct source *src)
{
	char *path = path_of(src, INSTANCE "/trace_clock");
	size_t size;
	char *text = tracing_text(path, &size);

	if (text && !strstr(text, "[mono]"))
		log_notice("the instance's clock is not mono: output lines stand in the wrong places; load the module again");
	free(text);
	free(path);
}

struct source *source_open_live(struct decode *d, unsigned int buffer_kb)
{
	const char *dir = tracing_find();
	struct source *src = dir ? open_folder(d, dir, &live_ops) : NULL;

	if (!src)
		return NULL;
	check_clock(src);
	if (buffer_kb && set_buffer_size(src, buffer_kb)) {
		source_close(src);
		return NULL;
	}
	return src;
}
