// SPDX-License-Identifier: GPL-2.0-only
#include "cgroup.h"

#include <ctype.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "model.h"

#define TEXT_LEN	4096
#define ID_LEN		64	/* of a container: hex digits */
#define ID_SHOWN	12

struct process {
	int32_t pid;
	char comm[MODEL_COMM_LEN];
	const char *path;
};

struct cgroups {
	struct process process[CGROUP_PIDS];	/* by pid */
	size_t n;
	char *path[CGROUP_PATHS];
};

struct cgroups *cgroups_new(void)
{
	return calloc(1, sizeof(struct cgroups));
}

void cgroups_free(struct cgroups *c)
{
	size_t i;

	if (!c)
		return;
	for (i = 0; i < c->n; i++)
		free(c->path[i]);
	free(c);
}

/* The same text gives the same pointer. */
const char *cgroups_keep(struct cgroups *c, const char *path)
{
	size_t i;

	for (i = 0; i < c->n; i++)
		if (!strcmp(c->path[i], path))
			return c->path[i];
	if (c->n == CGROUP_PATHS)
		return NULL;
	c->path[c->n] = strdup(path);
	return c->path[c->n] ? c->path[c->n++] : NULL;
}

char *cgroup_path(char *text)
{
	char *line, *path, *found = NULL, *rest = text;

	while ((line = strsep(&rest, "\n"))) {
		if (!strncmp(line, "0::", 3)) {
			path = line + 3;
			if (!found || strcmp(path, "/"))
				found = path;
		} else if ((path = strstr(line, ":name=systemd:"))) {
			path += strlen(":name=systemd:");
			if (!found || !strcmp(found, "/"))
				found = path;
		}
	}
	return found;
}

static const char *read_path(struct cgroups *c, int32_t pid)
{
	char file[64], text[TEXT_LEN], *path;
	ssize_t n;
	int fd;

	snprintf(file, sizeof(file), "/proc/%d/cgroup", pid);
	fd = open(file, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return NULL;
	n = read(fd, text, sizeof(text) - 1);
	close(fd);
	if (n <= 0)
		return NULL;
	text[n] = '\0';
	path = cgroup_path(text);
	return path ? cgroups_keep(c, path) : NULL;
}

const char *cgroups_of(struct cgroups *c, int32_t pid, const char *comm)
{
	struct process *p = &c->process[(uint32_t)pid % CGROUP_PIDS];

	if (p->pid == pid && !strcmp(p->comm, comm))
		return p->path;
	p->pid = pid;
	snprintf(p->comm, sizeof(p->comm), "%s", comm);
	p->path = read_path(c, pid);
	return p->path;
}

bool cgroup_within(const char *path, const char *top)
{
	size_t len = strlen(top);

	if (!path || !strcmp(top, "/"))
		return path;
	return !strncmp(path, top, len) && (!path[len] || path[len] == '/');
}

static bool is_id(const char *text)
{
	size_t n = 0;

	while (isxdigit((unsigned char)text[n]))
		n++;
	return n == ID_LEN;
}

/* docker-ID.scope, cri-containerd-ID.scope, /docker/ID, libpod-ID... */
static bool put_container(const char *path, const char *name, char *unit)
{
	const char *dash = strrchr(name, '-'), *id = dash ? dash + 1 : name;
	int kind = dash ? dash - name : 0;

	if (!is_id(id))
		return false;
	if (!kind && name - path > 1) {
		for (name--; name > path && name[-1] != '/'; name--)
			kind++;
	}
	snprintf(unit, CGROUP_UNIT_LEN, "%.*s%s%.*s", kind > 40 ? 40 : kind,
		 name, kind ? " " : "", ID_SHOWN, id);
	return true;
}

/* The innermost part that ends like a unit, if no session is around it. */
static const char *last_unit(const char *path, size_t *len)
{
	static const char *const ends[] = { ".service", ".scope", ".socket" };
	const char *part = path, *found = NULL;
	size_t i, n, end;

	for (; *part; part += n) {
		part += *part == '/';
		n = strcspn(part, "/");
		for (i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
			end = strlen(ends[i]);
			if (n <= end || strncmp(part + n - end, ends[i], end))
				continue;
			found = part;
			*len = n;
		}
	}
	return found;
}

static bool put_payload(const char *path, char *unit)
{
	const char *name = strstr(path, "/lxc.payload.");

	if (name)
		name += strlen("/lxc.payload.");
	else if (!strncmp(path, "/lxc/", 5))
		name = path + 5;
	if (!name)
		return false;
	snprintf(unit, CGROUP_UNIT_LEN, "lxc %.*s",
		 (int)strcspn(name, "/") % 50, name);
	return true;
}

const char *cgroup_unit(const char *path, char *unit)
{
	const char *name = path ? strrchr(path, '/') : NULL;
	size_t len;

	if (!name)
		return NULL;
	if (put_container(path, name + 1, unit) || put_payload(path, unit))
		return unit;
	if (!strncmp(path, "/user.slice/", 12) || !strcmp(path, "/init.scope"))
		return NULL;
	name = last_unit(path, &len);
	if (!name)
		return NULL;
	snprintf(unit, CGROUP_UNIT_LEN, "%.*s", (int)len, name);
	return unit;
}
