// SPDX-License-Identifier: GPL-2.0-only
#include "trace_dat.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "log.h"
#include "trace_dat_table.h"

#define MAGIC		"\x17\x08\x44tracing"
#define MAGIC_LEN	10
#define OPTIONS_MAX	(1u << 20)	/* bytes of one option */
#define SECTION_MAX	(64u << 20)	/* bytes of a section we read */
#define WORK_MAX	(256u << 20)	/* bytes of all sections together */
#define TYPE_LEN	10		/* "options  ", "flyrecord" */
#define FLAG_PACKED	1

/* Numbers of options and of sections, by trace-cmd.dat(5). */
enum option {
	OPTION_DONE		= 0,
	OPTION_CPUSTAT		= 2,
	OPTION_BUFFER		= 3,
	OPTION_CLOCK		= 4,
	OPTION_HEADER_INFO	= 16,
	OPTION_FTRACE_EVENTS	= 17,
	OPTION_EVENT_FORMATS	= 18,
};

/* While the options are read. */
struct reading {
	struct trace_dat *t;
	struct cursor file;
	uint32_t cpus;				/* of version 6 */
	char clock[TRACE_DAT_NAME];		/* of the main buffer */
	uint64_t work;				/* bytes read of sections */
	struct trace_dat_stats stats;
};

struct section {
	uint16_t id;
	uint16_t flags;
	uint64_t size;
};

static int read_section_head(struct cursor *file, struct section *s)
{
	uint32_t name;
	int rc = cursor_u16(file, &s->id);

	if (!rc)
		rc = cursor_u16(file, &s->flags);
	if (!rc)
		rc = cursor_u32(file, &name);
	if (!rc)
		rc = cursor_u64(file, &s->size);
	return rc;
}

/* Two sizes, then the bytes of the whole section. */
static int unpack(struct reading *r, struct cursor *file, char **bytes,
		  uint32_t *size)
{
	char *packed, *out;
	uint32_t from;
	int rc = cursor_u32(file, &from);

	if (!rc)
		rc = cursor_u32(file, size);
	if (!rc && *size > SECTION_MAX)
		rc = -EBADMSG;
	if (!rc)
		rc = cursor_block(file, from, SECTION_MAX, &packed);
	if (rc)
		return rc;
	r->work += *size;
	out = malloc(*size + 1);
	rc = out ? unzip_block(r->t->way, packed, from, out, *size) : -ENOMEM;
	free(packed);
	if (rc) {
		free(out);
		return rc;
	}
	*bytes = out;
	return 0;
}

typedef int (*section_fn)(struct reading *r, struct cursor *body);

/* A section of version 7: find it, undo its compression, read it. */
static int with_section(struct reading *r, uint64_t offset, uint16_t id,
			section_fn fn)
{
	struct cursor file = { .fd = r->t->fd, .at = offset,
			       .end = r->t->size };
	struct cursor body;
	struct section s = { 0 };
	char *bytes = NULL;
	uint32_t size;
	int rc = read_section_head(&file, &s);

	if (rc)
		return rc;
	/* Sections may name each other, and themselves. */
	r->work += sizeof(s);
	if (s.id != id || r->work > WORK_MAX)
		return -EBADMSG;
	if (s.flags & FLAG_PACKED) {
		rc = unpack(r, &file, &bytes, &size);
		if (rc)
			return rc;
		body = (struct cursor){ .fd = -1, .bytes = bytes, .end = size };
	} else {
		if (s.size > file.end - file.at)
			return -ENODATA;
		r->work += s.size;
		body = file;
		body.end = file.at + s.size;
	}
	rc = fn(r, &body);
	free(bytes);
	return rc;
}

static int read_header_info(struct reading *r, struct cursor *c)
{
	return trace_dat_read_pages_head(r->t, c);
}

static int read_ftrace_events(struct reading *r, struct cursor *c)
{
	return trace_dat_read_system(r->t, c, "ftrace");
}

static int read_event_formats(struct reading *r, struct cursor *c)
{
	return trace_dat_read_systems(r->t, c);
}

/* Version 7 says all of a buffer in its option. */
static int read_buffer7(struct reading *r, struct cursor *c)
{
	struct cursor file = { .fd = r->t->fd, .end = r->t->size };
	struct trace_dat_part part = { 0 };
	uint32_t page_size = 0, cpus = 0, i;
	struct section s = { 0 };
	int rc = cursor_u64(c, &file.at);

	if (!rc)
		rc = cursor_text(c, part.buffer, sizeof(part.buffer));
	if (!rc)
		rc = cursor_text(c, part.clock, sizeof(part.clock));
	if (!rc)
		rc = cursor_u32(c, &page_size);
	if (!rc)
		rc = cursor_u32(c, &cpus);
	if (!rc)
		rc = read_section_head(&file, &s);
	if (!rc && (s.id != OPTION_BUFFER || page_size != r->t->layout.page_size))
		rc = -EBADMSG;
	if (!rc && s.flags & FLAG_PACKED)
		part.way = r->t->way;
	/* CPUs without an event are left out, be it all of them. */
	r->t->has_buffer |= !rc;
	for (i = 0; i < cpus && !rc; i++) {
		rc = cursor_u32(c, &part.cpu);
		if (!rc)
			rc = trace_dat_add_part(r->t, &part, c);
	}
	return rc;
}

/* Where the table of a buffer's CPUs begins, behind its kind. */
static int read_cpu_table(struct reading *r, struct cursor *c,
			  const char *buffer)
{
	struct trace_dat_part part = { 0 };
	uint32_t i;
	int rc = 0;

	r->t->has_buffer = true;
	snprintf(part.buffer, sizeof(part.buffer), "%s", buffer);
	for (i = 0; i < r->cpus && !rc; i++) {
		part.cpu = i;
		rc = trace_dat_add_part(r->t, &part, c);
	}
	return rc;
}

static int read_buffer6(struct reading *r, struct cursor *c)
{
	struct cursor file = { .fd = r->t->fd, .end = r->t->size };
	char name[TRACE_DAT_NAME] = "", type[TYPE_LEN];
	int rc = cursor_u64(c, &file.at);

	if (!rc)
		rc = cursor_text(c, name, sizeof(name));
	if (!rc)
		rc = cursor_get(&file, type, sizeof(type));
	if (!rc && memcmp(type, "flyrecord", TYPE_LEN))
		rc = -EBADMSG;
	return rc ? rc : read_cpu_table(r, &file, name);
}

static int read_clock(struct reading *r, const char *text)
{
	const char *open = strchr(text, '['), *close;

	close = open ? strchr(open, ']') : NULL;
	if (close)
		snprintf(r->clock, sizeof(r->clock), "%.*s",
			 (int)(close - open - 1), open + 1);
	return 0;
}

static int handle_option(struct reading *r, uint16_t id, struct cursor *c)
{
	const bool seven = r->t->version == '7';
	uint64_t offset;

	switch (id) {
	case OPTION_CPUSTAT:
		return trace_dat_read_stats(&r->stats, c->bytes);
	case OPTION_CLOCK:
		return read_clock(r, c->bytes);
	case TRACE_DAT_OPTION_VERSION:
		r->t->salvaged = !strcmp(c->bytes, TRACE_DAT_SALVAGED);
		return 0;
	case OPTION_BUFFER:
		return seven ? read_buffer7(r, c) : read_buffer6(r, c);
	}
	if (!seven || id < OPTION_HEADER_INFO || id > OPTION_EVENT_FORMATS)
		return 0;
	if (cursor_u64(c, &offset))
		return -ENODATA;
	switch (id) {
	case OPTION_HEADER_INFO:
		return with_section(r, offset, id, read_header_info);
	case OPTION_FTRACE_EVENTS:
		return with_section(r, offset, id, read_ftrace_events);
	default:
		return with_section(r, offset, id, read_event_formats);
	}
}

/* @next is set by version 7: where more options are. */
static int read_option(struct reading *r, struct cursor *c, uint64_t *next,
		       bool *done)
{
	struct cursor body = { .fd = -1 };
	uint32_t size;
	uint16_t id;
	char *bytes;
	int rc = cursor_u16(c, &id);

	*done = !rc && id == OPTION_DONE;
	if (rc || (*done && r->t->version == '6'))
		return rc;
	rc = cursor_u32(c, &size);
	if (!rc && *done)
		return cursor_u64(c, next);
	if (!rc)
		rc = cursor_block(c, size, OPTIONS_MAX, &bytes);
	if (rc)
		return rc;
	body.bytes = bytes;
	body.end = size;
	rc = handle_option(r, id, &body);
	free(bytes);
	return rc;
}

static int read_options6(struct reading *r)
{
	bool done = false;
	uint64_t next;
	int rc = 0;

	while (!rc && !done)
		rc = read_option(r, &r->file, &next, &done);
	return rc;
}

/* One section of options; r->file is set to the next, or to 0. */
static int read_option_section(struct reading *r, struct cursor *body)
{
	bool done = false;
	int rc = 0;

	r->file.at = 0;
	while (!rc && !done)
		rc = read_option(r, body, &r->file.at, &done);
	return rc;
}

static int read_version7(struct reading *r)
{
	char version[TRACE_DAT_NAME];
	struct trace_dat *t = r->t;
	uint64_t next;
	int rc;

	rc = cursor_text(&r->file, t->way_name, sizeof(t->way_name));
	if (!rc)
		rc = cursor_text(&r->file, version, sizeof(version));
	if (!rc)
		rc = cursor_u64(&r->file, &next);
	if (rc)
		return rc;
	r->file.at = next;
	t->way = unzip_find(t->way_name);
	if (!t->way && strcmp(t->way_name, "none"))
		return -EPROTONOSUPPORT;
	while (!rc && r->file.at)
		rc = with_section(r, r->file.at, OPTION_DONE,
				  read_option_section);
	return rc;
}

static int skip_block32(struct cursor *c)
{
	uint32_t size;
	int rc = cursor_u32(c, &size);

	return rc ? rc : cursor_skip(c, size);
}

static int skip_block64(struct cursor *c)
{
	uint64_t size;
	int rc = cursor_u64(c, &size);

	return rc ? rc : cursor_skip(c, size);
}

/* The options, if there are any, then the CPUs of the main buffer. */
static int read_types6(struct reading *r)
{
	char type[TYPE_LEN];
	int rc = cursor_get(&r->file, type, sizeof(type));

	if (!rc && !memcmp(type, "options  ", TYPE_LEN)) {
		rc = read_options6(r);
		if (!rc)
			rc = cursor_get(&r->file, type, sizeof(type));
	}
	if (!rc && !memcmp(type, "latency  ", TYPE_LEN))
		return -ENOMSG;
	if (!rc && memcmp(type, "flyrecord", TYPE_LEN))
		rc = -EBADMSG;
	return rc ? rc : read_cpu_table(r, &r->file, "");
}

static int read_version6(struct reading *r)
{
	int rc = read_header_info(r, &r->file);

	if (!rc)
		rc = read_ftrace_events(r, &r->file);
	if (!rc)
		rc = read_event_formats(r, &r->file);
	if (!rc)
		rc = skip_block32(&r->file);	/* the kernel's symbols */
	if (!rc)
		rc = skip_block32(&r->file);	/* the formats of trace_printk */
	if (!rc)
		rc = skip_block64(&r->file);	/* names of processes */
	if (!rc)
		rc = cursor_u32(&r->file, &r->cpus);
	if (!rc && r->cpus > TRACE_DAT_CPUS_MAX)
		rc = -EBADMSG;
	return rc ? rc : read_types6(r);
}

static int read_file(struct reading *r)
{
	char magic[MAGIC_LEN], version[8];
	uint8_t big, long_size;
	uint32_t page_size;
	int rc = cursor_get(&r->file, magic, sizeof(magic));

	if (rc || memcmp(magic, MAGIC, MAGIC_LEN))
		return -ENOEXEC;
	rc = cursor_text(&r->file, version, sizeof(version));
	if (!rc)
		rc = cursor_get(&r->file, &big, 1);
	if (!rc)
		rc = cursor_get(&r->file, &long_size, 1);
	if (!rc)
		rc = cursor_u32(&r->file, &page_size);
	if (rc)
		return rc;
	if (strcmp(version, "6") && strcmp(version, "7"))
		return -EPROTO;
	if (big)
		return -EXDEV;
	r->t->version = version[0];
	return *version == '7' ? read_version7(r) : read_version6(r);
}

static int say_wrong(const struct trace_dat *t, int rc)
{
	const char *why = strerror(-rc);

	if (rc == -EPROTONOSUPPORT) {
		log_error("%s is compressed by %.16s, and this viewer was built without it: trace-cmd convert -i %s -o PLAIN --compression none",
			  t->path, t->way_name, t->path);
		return rc;
	}
	if (rc == -ENOEXEC)
		why = "it is no trace.dat of trace-cmd, nor a copied tracing folder";
	else if (rc == -EPROTO)
		why = "it is of a version other than 6 and 7";
	else if (rc == -EXDEV)
		why = "it was recorded on a big-endian machine";
	else if (rc == -ENOMSG)
		why = "it holds a latency tracer's text, no events";
	else if (rc == -ESPIPE)
		why = "it is no regular file";
	else if (rc == -ENODATA)
		why = "it is cut short";
	else if (rc == -EBADMSG)
		why = "it is damaged";
	log_error("cannot read %s: %s", t->path, why);
	return rc;
}

static int check(const struct trace_dat *t)
{
	if (!t->layout.page_size || !t->has_buffer)
		return -ENODATA;
	return 0;
}

static int open_file(struct trace_dat *t)
{
	struct stat st;

	t->fd = open(t->path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (t->fd < 0 || fstat(t->fd, &st))
		return -errno;
	if (S_ISDIR(st.st_mode))
		return -EISDIR;
	if (!S_ISREG(st.st_mode))
		return -ESPIPE;
	t->size = st.st_size;
	return 0;
}

struct trace_dat *trace_dat_open(const char *path)
{
	struct trace_dat *t = calloc(1, sizeof(*t));
	struct reading r = { .t = t };
	int rc;

	if (!t)
		return NULL;
	t->path = path;
	rc = open_file(t);
	r.file = (struct cursor){ .fd = t->fd, .end = t->size };
	if (!rc)
		rc = read_file(&r);
	if (!rc)
		rc = check(t);
	if (!rc)
		trace_dat_finish(t, r.clock, &r.stats);
	free(r.stats.row);
	if (rc) {
		say_wrong(t, rc);
		trace_dat_close(t);
		return NULL;
	}
	return t;
}

void trace_dat_close(struct trace_dat *t)
{
	size_t i;

	if (!t)
		return;
	for (i = 0; i < t->n_formats; i++)
		free(t->format[i].text);
	free(t->format);
	free(t->part);
	if (t->fd >= 0)
		close(t->fd);
	free(t);
}
