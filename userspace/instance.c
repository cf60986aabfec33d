// SPDX-License-Identifier: GPL-2.0-only
#include "instance.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "log.h"
#include "signals.h"
#include "tracing.h"

#define PREFIX		INSTANCE_MODULE "."
#define WAIT_NS		10000000
#define WAIT_TRIES	1000
#define NAMES_MAX	100		/* viewers of one pid, in different namespaces */

struct instance {
	char *path;
	const char *name;
	int lock;		/* the folder, open and locked */
};

static int open_folder(int dir, const char *name)
{
	return openat(dir, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

int instance_gate(const char *tracing)
{
	char path[PATH_MAX];
	int fd, i;

	snprintf(path, sizeof(path), "%s/instances", tracing);
	fd = open_folder(AT_FDCWD, path);
	if (fd < 0) {
		log_error("cannot open %s: %s", path, strerror(errno));
		return -1;
	}
	for (i = 0; i < WAIT_TRIES; i++) {
		if (!flock(fd, LOCK_EX | LOCK_NB))
			return fd;
		signals_wait(WAIT_NS);
	}
	log_error("another viewer has %s locked: is it stopped?", path);
	close(fd);
	return -1;
}

void instance_open_gate(int gate)
{
	if (gate >= 0)
		close(gate);
}

/* reusetrace.PID, and perhaps more: nobody else's. */
static bool is_viewers(const char *name)
{
	if (strncmp(name, PREFIX, strlen(PREFIX)))
		return false;
	name += strlen(PREFIX);
	return *name >= '0' && *name <= '9';
}

static bool is_alive(int gate, const char *name)
{
	int fd = open_folder(gate, name);
	bool alive = fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) &&
		     errno == EWOULDBLOCK;

	if (fd >= 0)
		close(fd);
	return alive;
}

void instance_sweep(int gate, instance_fn fn, void *ctx)
{
	int fd = open_folder(gate, ".");
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;
	bool alive;

	if (!dir)
		return;
	while ((entry = readdir(dir))) {
		if (!is_viewers(entry->d_name))
			continue;
		alive = is_alive(gate, entry->d_name);
		fn(ctx, entry->d_name, alive);
		if (!alive)
			unlinkat(gate, entry->d_name, AT_REMOVEDIR);
	}
	closedir(dir);
}

static bool process_reads(const char *pid)
{
	char path[64], link[PATH_MAX];
	struct dirent *entry;
	bool found = false;
	ssize_t n;
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%.20s/fd", pid);
	dir = opendir(path);
	if (!dir)
		return false;
	while (!found && (entry = readdir(dir))) {
		n = readlinkat(dirfd(dir), entry->d_name, link,
			       sizeof(link) - 1);
		link[n > 0 ? n : 0] = '\0';
		found = strstr(link, "/instances/" INSTANCE_MODULE "/") &&
			strstr(link, "/trace_pipe");
	}
	closedir(dir);
	return found;
}

bool instance_is_read(void)
{
	DIR *dir = opendir("/proc");
	struct dirent *entry;
	bool found = false;

	while (dir && !found && (entry = readdir(dir)))
		found = atoi(entry->d_name) > 0 &&
			atoi(entry->d_name) != getpid() &&
			process_reads(entry->d_name);
	if (dir)
		closedir(dir);
	return found;
}

int instance_put(const struct instance *in, const char *file, const char *text)
{
	int fd = openat(in->lock, file, O_WRONLY | O_TRUNC | O_CLOEXEC);
	ssize_t n;
	int rc;

	if (fd < 0)
		return -errno;
	n = write(fd, text, strlen(text));
	rc = n < 0 ? -errno : 0;
	close(fd);
	return rc;
}

/* The module may have been loaded with a size that suits this machine. */
static unsigned int size_of_module(const char *tracing)
{
	char path[PATH_MAX], *text;
	unsigned long kb;
	size_t size;

	snprintf(path, sizeof(path),
		 "%s/instances/" INSTANCE_MODULE "/buffer_size_kb", tracing);
	text = tracing_text(path, &size);
	kb = text ? strtoul(text, NULL, 10) : 0;
	free(text);
	return kb;
}

static int set_up(struct instance *in, const char *tracing, unsigned int kb)
{
	char text[16];
	int rc = instance_put(in, "trace_clock", "mono");

	if (rc) {
		log_error("cannot set the clock of %s: %s", in->path,
			  strerror(-rc));
		return rc;
	}
	if (!kb)
		kb = size_of_module(tracing);
	snprintf(text, sizeof(text), "%u", kb);
	rc = kb ? instance_put(in, "buffer_size_kb", text) : 0;
	if (rc)
		log_error("cannot make the buffers %u KiB for each CPU: %s", kb,
			  strerror(-rc));
	return rc;
}

static int make_folder(struct instance *in, const char *tracing,
		       const char *suffix)
{
	char more[16] = "";
	int i, rc;

	for (i = 0; i < NAMES_MAX; i++) {
		if (i)
			snprintf(more, sizeof(more), ".%d", i);
		if (asprintf(&in->path, "%s/instances/" PREFIX "%d%s%s",
			     tracing, getpid(), more, suffix) < 0) {
			in->path = NULL;
			return -ENOMEM;
		}
		rc = mkdir(in->path, 0700) ? -errno : 0;
		if (rc != -EEXIST)
			return rc;
		free(in->path);
		in->path = NULL;
	}
	return -EEXIST;
}

struct instance *instance_new(int gate, const char *tracing, const char *suffix,
			      unsigned int buffer_kb)
{
	struct instance *in = calloc(1, sizeof(*in));
	int rc;

	if (!in)
		return NULL;
	in->lock = -1;
	rc = make_folder(in, tracing, suffix);
	if (rc) {
		log_error("cannot make a tracefs instance of our own in %s/instances: %s",
			  tracing, strerror(-rc));
		free(in->path);
		free(in);
		return NULL;
	}
	in->name = strrchr(in->path, '/') + 1;
	in->lock = open_folder(gate, in->name);
	if (in->lock < 0 || flock(in->lock, LOCK_EX | LOCK_NB) ||
	    set_up(in, tracing, buffer_kb)) {
		instance_free(in);
		return NULL;
	}
	return in;
}

void instance_free(struct instance *in)
{
	if (!in)
		return;
	if (in->lock >= 0)
		close(in->lock);
	if (rmdir(in->path) && errno != ENOENT)
		log_notice("cannot remove %s: %s; the next viewer does, when nobody reads it",
			   in->path, strerror(errno));
	free(in->path);
	free(in);
}

const char *instance_path(const struct instance *in)
{
	return in->path;
}

const char *instance_name(const struct instance *in)
{
	return in->name;
}
