// SPDX-License-Identifier: GPL-2.0-only
#include "folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "log.h"
#include "tracing.h"

#define SYSTEM		FOLDER_SYSTEM
#define CPUS_MAX	8192

static char *path_of(const char *format, ...)
	__attribute__((format(printf, 1, 2)));

static char *path_of(const char *format, ...)
{
	va_list ap;
	char *path;
	int n;

	va_start(ap, format);
	n = vasprintf(&path, format, ap);
	va_end(ap);
	return n < 0 ? NULL : path;
}

static int load_format(const char *tracing, struct decode *d, const char *name)
{
	char *path = path_of("%s/events/" SYSTEM "/%s/format", tracing, name);
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
int folder_formats(const char *tracing, struct decode *d)
{
	char *path = path_of("%s/events/" SYSTEM, tracing);
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
			n += !load_format(tracing, d, entry->d_name);
	closedir(dir);
	if (!n)
		log_error("no event in %s has a format that can be read", path);
	free(path);
	return n ? 0 : -ENOENT;
}

/*
 * An instance's pages may be larger than others': newer kernels have a
 * header_page in each.
 */
static int load_layout(struct folder *f, const char *tracing)
{
	char *path = path_of("%s/events/header_page", f->path);
	size_t size;
	char *text = tracing_text(path, &size);
	int rc;

	if (!text) {
		free(path);
		path = path_of("%s/events/header_page", tracing);
		text = tracing_text(path, &size);
	}
	rc = text ? ring_layout_parse(&f->layout, text) : -errno;
	if (rc)
		log_error("cannot make sense of %s: %s",
			  path ? path : "header_page", strerror(-rc));
	free(text);
	free(path);
	return rc;
}

static int compare_ints(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}

/* The folders themselves tell the CPUs: they need not be this machine's. */
static int read_cpus(struct folder *f, DIR *dir)
{
	struct dirent *entry;
	int end, cpu, *cpus;

	while ((entry = readdir(dir)) && f->n < CPUS_MAX) {
		end = 0;
		if (sscanf(entry->d_name, "cpu%4d%n", &cpu, &end) != 1 ||
		    !end || entry->d_name[end])
			continue;
		cpus = realloc(f->cpu, (f->n + 1) * sizeof(*cpus));
		if (!cpus)
			return -ENOMEM;
		f->cpu = cpus;
		f->cpu[f->n++] = cpu;
	}
	return f->n ? 0 : -ENOENT;
}

static int list_cpus(struct folder *f)
{
	char *path = path_of("%s/per_cpu", f->path);
	DIR *dir = path ? opendir(path) : NULL;
	int rc = dir ? read_cpus(f, dir) : -errno;

	if (dir)
		closedir(dir);
	if (rc)
		log_error("there are no CPUs in %s: %s", path, strerror(-rc));
	else
		qsort(f->cpu, f->n, sizeof(f->cpu[0]), compare_ints);
	free(path);
	return rc;
}

int folder_open(struct folder *f, const char *tracing, const char *instance)
{
	int rc;

	*f = (struct folder){
		.path = path_of("%s/instances/%s", tracing, instance),
	};
	if (!f->path)
		return -ENOMEM;
	rc = load_layout(f, tracing);
	return rc ? rc : list_cpus(f);
}

void folder_close(struct folder *f)
{
	free(f->path);
	free(f->cpu);
	*f = (struct folder){ 0 };
}

struct ring *folder_ring(const struct folder *f, size_t i)
{
	char *path = path_of("%s/per_cpu/cpu%d/trace_pipe_raw", f->path,
			     f->cpu[i]);
	int fd = path ? open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC) : -1;

	if (fd < 0)
		log_error("cannot open %s: %s", path ? path : f->path,
			  strerror(errno));
	free(path);
	return fd < 0 ? NULL : ring_new(&f->layout, fd);
}

int folder_losses(const struct folder *f, size_t i, uint64_t *n)
{
	char *path = path_of("%s/per_cpu/cpu%d/stats", f->path, f->cpu[i]);
	size_t size;
	char *text = tracing_text(path, &size);

	free(path);
	if (!text)
		return -EIO;
	*n = tracing_losses(text);
	free(text);
	return 0;
}

static int next_of_ring(void *ctx, struct ring_item *item)
{
	return ring_next(ctx, item);
}

static void close_ring(void *ctx)
{
	ring_free(ctx);
}

static struct source *source_of(const struct folder *f)
{
	struct source_input *in = calloc(f->n, sizeof(*in));
	struct source *src = NULL;
	size_t n;

	for (n = 0; in && n < f->n; n++) {
		in[n] = (struct source_input){
			.cpu = f->cpu[n],
			.next = next_of_ring,
			.close = close_ring,
			.ctx = folder_ring(f, n),
		};
		if (!in[n].ctx)
			break;
	}
	if (in && n == f->n)
		src = source_new(in, n);
	while (!src && n--)
		ring_free(in[n].ctx);
	free(in);
	return src;
}

static bool is_there(const char *dir)
{
	char *path = path_of("%s/instances/" SYSTEM, dir);
	bool there = path && !access(path, R_OK | X_OK);

	if (!there)
		log_error("%s is no copied tracing folder of reusetrace: %s: %s",
			  dir, path ? path : "", strerror(errno));
	free(path);
	return there;
}

struct source *folder_replay(struct decode *d, const char *dir)
{
	struct source *src = NULL;
	struct folder f = { 0 };

	if (is_there(dir) && !folder_formats(dir, d) &&
	    !folder_open(&f, dir, SYSTEM))
		src = source_of(&f);
	folder_close(&f);
	return src;
}
