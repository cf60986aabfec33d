// SPDX-License-Identifier: GPL-2.0-only
#include "salvage.h"

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "log.h"
#include "trace_dat.h"
#include "tracing.h"

#define SYSTEM		"reusetrace"
#define RESERVE		(1 << 20)	/* bytes; the formats need a tenth */
#define STEP		((uint64_t)64 << 10)	/* a multiple of any page */

struct salvage {
	const char *file;
	const char *instance;
	const char *tracing;
	char reserve[PATH_MAX];
};

struct salvage *salvage_new(const char *file, const char *instance,
			    const char *tracing)
{
	struct salvage *s = calloc(1, sizeof(*s));
	int fd, rc;

	if (!s)
		return NULL;
	s->file = file;
	s->instance = instance;
	s->tracing = tracing;
	snprintf(s->reserve, sizeof(s->reserve), "%s.%s.reserve", file,
		 instance);
	fd = open(s->reserve, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	rc = fd < 0 ? errno : posix_fallocate(fd, 0, RESERVE);
	if (fd >= 0)
		close(fd);
	if (!rc)
		return s;
	log_error("cannot write beside %s: %s", file, strerror(rc));
	salvage_clean(s);
	free(s);
	return NULL;
}

static void put_number(FILE *f, uint64_t value, size_t size)
{
	value = htole64(value);
	fwrite(&value, 1, size, f);
}

/* A file of tracing's, its size before it. */
static int put_text(FILE *f, const char *path, size_t size_bytes)
{
	size_t size;
	char *text = tracing_text(path, &size);

	if (!text)
		return -errno;
	put_number(f, size, size_bytes);
	fwrite(text, 1, size, f);
	free(text);
	return 0;
}

static int put_tracing(const struct salvage *s, FILE *f, const char *name)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s", s->tracing, name);
	return put_text(f, path, 8);
}

/* One system of events, its name and number before it. */
static int put_formats(const struct salvage *s, FILE *f)
{
	char pattern[PATH_MAX];
	glob_t found;
	size_t i;
	int rc = 0;

	snprintf(pattern, sizeof(pattern), "%s/events/" SYSTEM "/*/format",
		 s->tracing);
	if (glob(pattern, 0, NULL, &found))
		return -ENOENT;
	put_number(f, 1, 4);
	fwrite(SYSTEM, 1, sizeof(SYSTEM), f);
	put_number(f, found.gl_pathc, 4);
	for (i = 0; i < found.gl_pathc && !rc; i++)
		rc = put_text(f, found.gl_pathv[i], 8);
	globfree(&found);
	return rc;
}

/* All that stands before the CPUs in a trace.dat of version 6. */
static int put_head(const struct salvage *s, FILE *f)
{
	int rc;

	fwrite("\x17\x08\x44tracing6\0\0\x08", 1, 14, f);
	put_number(f, sysconf(_SC_PAGESIZE), 4);
	fwrite("header_page", 1, sizeof("header_page"), f);
	rc = put_tracing(s, f, "events/header_page");
	fwrite("header_event", 1, sizeof("header_event"), f);
	if (!rc)
		rc = put_tracing(s, f, "events/header_event");
	put_number(f, 1, 4);
	if (!rc)
		rc = put_tracing(s, f, "events/ftrace/print/format");
	if (!rc)
		rc = put_formats(s, f);
	put_number(f, 0, 4);	/* symbols */
	put_number(f, 0, 4);	/* formats of trace_printk */
	if (!rc)
		rc = put_tracing(s, f, "saved_cmdlines");
	return rc;
}

static uint64_t whole_pages(const char *path)
{
	const uint64_t page = sysconf(_SC_PAGESIZE);
	struct stat st;

	return stat(path, &st) ? 0 : st.st_size / page * page;
}

/* Says who wrote the file: one of ours is one that ends early. */
static void put_version(FILE *f)
{
	fwrite("options  ", 1, sizeof("options  "), f);
	put_number(f, TRACE_DAT_OPTION_VERSION, 2);
	put_number(f, sizeof(TRACE_DAT_SALVAGED), 4);
	fwrite(TRACE_DAT_SALVAGED, 1, sizeof(TRACE_DAT_SALVAGED), f);
	put_number(f, 0, 2);
}

/* Where each CPU's pages are to be, as if they were the main buffer's. */
static void put_cpus(FILE *f, const glob_t *cpus, uint64_t *at)
{
	const uint64_t page = sysconf(_SC_PAGESIZE);
	uint64_t size, first;
	size_t i;

	put_number(f, cpus->gl_pathc, 4);
	put_version(f);
	fwrite("flyrecord", 1, sizeof("flyrecord"), f);
	first = ftello(f) + 16 * cpus->gl_pathc;
	first += page - first % page;
	for (i = 0; i < cpus->gl_pathc; i++) {
		size = whole_pages(cpus->gl_pathv[i]);
		at[i] = first;
		put_number(f, first, 8);
		put_number(f, size, 8);
		first += size;
	}
}

static int write_head(const struct salvage *s, const glob_t *cpus,
		      uint64_t *at)
{
	FILE *f = fopen(s->file, "we");
	int rc;

	if (!f)
		return -errno;
	rc = put_head(s, f);
	if (!rc)
		put_cpus(f, cpus, at);
	if (fclose(f) && !rc)
		rc = -errno;
	return rc;
}

/* From its end, giving back what has been copied: the disk is full. */
static int move_pages(const char *from, int to, uint64_t at)
{
	uint64_t left = whole_pages(from), part;
	int fd = open(from, O_RDWR | O_CLOEXEC), rc = 0;
	char *step = malloc(STEP);

	if (fd < 0 || !step)
		rc = fd < 0 ? -errno : -ENOMEM;
	while (left && !rc) {
		part = left % STEP ? left % STEP : STEP;
		left -= part;
		if (pread(fd, step, part, left) != (ssize_t)part ||
		    pwrite(to, step, part, at + left) != (ssize_t)part ||
		    ftruncate(fd, left))
			rc = errno ? -errno : -EIO;
	}
	free(step);
	if (fd >= 0)
		close(fd);
	return rc;
}

static int keep_cpus(const struct salvage *s, const glob_t *cpus)
{
	uint64_t *at = calloc(cpus->gl_pathc, sizeof(*at));
	int rc = at ? write_head(s, cpus, at) : -ENOMEM;
	int fd = rc ? -1 : open(s->file, O_WRONLY | O_CLOEXEC);
	size_t i;

	if (!rc && fd < 0)
		rc = -errno;
	for (i = 0; i < cpus->gl_pathc && !rc; i++)
		rc = move_pages(cpus->gl_pathv[i], fd, at[i]);
	if (fd >= 0)
		close(fd);
	free(at);
	return rc;
}

static int find_cpus(const struct salvage *s, glob_t *found)
{
	char pattern[PATH_MAX];

	snprintf(pattern, sizeof(pattern), "%s.%s.cpu*", s->file, s->instance);
	return glob(pattern, 0, NULL, found) ? -ENOENT : 0;
}

void salvage_keep(struct salvage *s)
{
	glob_t cpus;
	int rc;

	if (find_cpus(s, &cpus))
		return;
	unlink(s->reserve);
	rc = keep_cpus(s, &cpus);
	globfree(&cpus);
	if (rc)
		log_error("what was recorded could not be kept in %s: %s",
			  s->file, strerror(-rc));
	else
		log_error("what was recorded until then is in %s all the same",
			  s->file);
}

/* trace-cmd 3.1 makes these where it stands, for the main buffer. */
static void remove_strays(void)
{
	struct stat st;
	glob_t found;
	size_t i;

	if (glob("(null).cpu*", 0, NULL, &found))
		return;
	for (i = 0; i < found.gl_pathc; i++)
		if (!stat(found.gl_pathv[i], &st) && !st.st_size)
			unlink(found.gl_pathv[i]);
	globfree(&found);
}

void salvage_clean(struct salvage *s)
{
	struct stat st;
	glob_t found;
	size_t i;

	unlink(s->reserve);
	if (!find_cpus(s, &found)) {
		for (i = 0; i < found.gl_pathc; i++)
			unlink(found.gl_pathv[i]);
		globfree(&found);
	}
	remove_strays();
	/* An empty file is only our own try whether it can be written. */
	if (!stat(s->file, &st) && !st.st_size)
		unlink(s->file);
}

void salvage_free(struct salvage *s)
{
	free(s);
}
