// SPDX-License-Identifier: GPL-2.0-only
#include "told.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "cgroup.h"
#include "owner.h"

#define SLOTS	8192	/* a power of two; what finds no room is not told */
#define TRIES	16

struct slot {
	struct told_socket sock;	/* inode 0: free */
};

struct told {
	struct slot slot[SLOTS];
	const struct slot *process[SLOTS];	/* with a cgroup, by its number */
	struct cgroups *cgroups;
};

struct told *told_new(void)
{
	struct told *t = calloc(1, sizeof(struct told));

	if (!t)
		return NULL;
	t->cgroups = cgroups_new();
	if (t->cgroups)
		return t;
	free(t);
	return NULL;
}

void told_free(struct told *t)
{
	if (!t)
		return;
	cgroups_free(t->cgroups);
	free(t);
}

/* The socket's slot, or the free one where it belongs, or NULL. */
static struct slot *slot_of(const struct told *t, uint64_t inode)
{
	const struct slot *s;
	size_t i;

	for (i = 0; i < TRIES; i++) {
		s = &t->slot[(inode + i) % SLOTS];
		if (!s->sock.inode || s->sock.inode == inode)
			return (struct slot *)s;
	}
	return NULL;
}

/* The process's place, or the free one where it belongs, or NULL. */
static const struct slot **process_of(const struct told *t, int32_t pid)
{
	const struct slot *const *p;
	size_t i;

	for (i = 0; i < SLOTS; i++) {
		p = &t->process[((uint32_t)pid + i) % SLOTS];
		if (!*p || (*p)->sock.task.pid == pid)
			return (const struct slot **)p;
	}
	return NULL;
}

/* There are as many places as sockets: one is free. */
static void add_process(struct told *t, const struct slot *s)
{
	const struct slot **p = process_of(t, s->sock.task.pid);

	if (p && !*p)
		*p = s;
}

void told_add(struct told *t, const struct told_socket *sock)
{
	struct slot *s = sock->inode ? slot_of(t, sock->inode) : NULL;
	const char *cgroup = sock->task.cgroup;

	if (!s || s->sock.inode)
		return;
	s->sock = *sock;
	s->sock.task.cgroup = cgroup ? cgroups_keep(t->cgroups, cgroup) : NULL;
	if (s->sock.task.cgroup)
		add_process(t, s);
}

bool told_find(const struct told *t, uint64_t inode, struct model_task *task)
{
	const struct slot *s = inode ? slot_of(t, inode) : NULL;

	if (!s || !s->sock.inode)
		return false;
	*task = s->sock.task;
	return true;
}

void told_each(const struct told *t, told_socket_fn fn, void *ctx)
{
	const struct slot *s;

	for (s = t->slot; s < t->slot + SLOTS; s++)
		if (s->sock.inode)
			fn(ctx, &s->sock);
}

const char *told_cgroup(const struct told *t, int32_t pid)
{
	const struct slot **p = process_of(t, pid);

	return p && *p ? (*p)->sock.task.cgroup : NULL;
}

/* 0: it is no socket. */
static uint64_t socket_inode(int dir, const char *name)
{
	char text[48];
	ssize_t n = readlinkat(dir, name, text, sizeof(text) - 1);
	uint64_t inode;

	if (n < 0)
		return 0;
	text[n] = '\0';
	return sscanf(text, "socket:[%" SCNu64 "]", &inode) == 1 ? inode : 0;
}

static void scan_process(struct model_task *task, told_fn fn, void *ctx)
{
	struct dirent *entry;
	uint64_t inode;
	char path[64];
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%d/fd", task->pid);
	dir = opendir(path);
	if (!dir)
		return;
	while ((entry = readdir(dir))) {
		inode = socket_inode(dirfd(dir), entry->d_name);
		if (inode && (task->comm[0] || owner_comm(task)))
			fn(ctx, inode, task);
	}
	closedir(dir);
}

void told_scan(told_fn fn, void *ctx)
{
	DIR *dir = opendir("/proc");
	struct model_task task;
	struct dirent *entry;

	if (!dir)
		return;
	while ((entry = readdir(dir))) {
		task = (struct model_task){ .pid = atoi(entry->d_name) };
		if (task.pid > 0)
			scan_process(&task, fn, ctx);
	}
	closedir(dir);
}
