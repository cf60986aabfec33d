// SPDX-License-Identifier: GPL-2.0-only
#include "owner.h"

#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cgroup.h"

#define SLOTS		1024
#define NSEC_PER_SEC	1000000000LL
#define FORGET_NOBODY	NSEC_PER_SEC
#define COUNT_EVERY	NSEC_PER_SEC
#define LOOK_PART	2	/* of the time may go into looking for owners */
#define NEW_PART	10	/* into counting those of a new socket */
#define COUNT_PART	50	/* into counting again */

/* Where a socket was found last. pid 0: nowhere, at that time. */
struct place {
	uint64_t inode;
	int32_t pid;
	int fd;
	int64_t when;
	uint32_t processes;	/* that have it; 0: not counted */
	int32_t counted;	/* the last of them */
	int64_t asked;		/* when this was the answer; 0: ask again */
	struct model_task task;
};

struct owner {
	struct told *told;	/* instead of /proc */
	struct place place[SLOTS];
	struct cgroups *cgroups;
	int64_t walked;		/* when the last walk over /proc ended */
	int64_t took;
};

struct owner *owner_new(void)
{
	struct owner *o = calloc(1, sizeof(*o));

	if (!o)
		return NULL;
	o->cgroups = cgroups_new();
	if (o->cgroups)
		return o;
	free(o);
	return NULL;
}

void owner_use(struct owner *o, struct told *told)
{
	o->told = told;
}

void owner_free(struct owner *o)
{
	if (!o)
		return;
	told_free(o->told);
	cgroups_free(o->cgroups);
	free(o);
}

static int64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * NSEC_PER_SEC + ts.tv_nsec;
}

/* The inode of the socket a link in /proc/PID/fd leads to; 0: it is none. */
static uint64_t socket_inode(int dir, const char *name)
{
	uint64_t inode;
	char text[48];
	ssize_t n = readlinkat(dir, name, text, sizeof(text) - 1);

	if (n < 0)
		return 0;
	text[n] = '\0';
	return sscanf(text, "socket:[%" SCNu64 "]", &inode) == 1 ? inode : 0;
}

static bool still_there(const struct place *p)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/fd/%d", p->pid, p->fd);
	return socket_inode(AT_FDCWD, path) == p->inode;
}

typedef void (*socket_fn)(void *ctx, int32_t pid, int fd, uint64_t inode);

static void each_socket(int32_t pid, socket_fn fn, void *ctx)
{
	struct dirent *entry;
	uint64_t inode;
	char path[64];
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%d/fd", pid);
	dir = opendir(path);
	if (!dir)
		return;
	while ((entry = readdir(dir))) {
		inode = socket_inode(dirfd(dir), entry->d_name);
		if (inode)
			fn(ctx, pid, atoi(entry->d_name), inode);
	}
	closedir(dir);
}

static void take_place(void *ctx, int32_t pid, int fd, uint64_t inode)
{
	struct place *p = ctx;

	if (p->inode != inode || p->pid)
		return;
	p->pid = pid;
	p->fd = fd;
}

/* One process may have it by several descriptors. */
static void count_place(void *ctx, int32_t pid, int fd, uint64_t inode)
{
	struct owner *o = ctx;
	struct place *p = &o->place[inode % SLOTS];

	take_place(p, pid, fd, inode);
	if (p->inode != inode || p->counted == pid)
		return;
	p->processes++;
	p->counted = pid;
}

/* Of every socket asked for so far: its processes counted, the first named. */
static void walk(struct owner *o)
{
	int64_t begun = now_ns();
	DIR *dir = opendir("/proc");
	struct dirent *entry;
	struct place *p;
	int pid;

	if (!dir)
		return;
	for (p = o->place; p < o->place + SLOTS; p++) {
		p->processes = 0;
		p->counted = 0;
	}
	while ((entry = readdir(dir))) {
		pid = atoi(entry->d_name);
		if (pid > 0)
			each_socket(pid, count_place, o);
	}
	closedir(dir);
	o->walked = now_ns();
	o->took = o->walked - begun;
}

/* Would walks take less than 1 / @part of the time? */
static bool may_walk(const struct owner *o, int part)
{
	return now_ns() >= o->walked + (part - 1) * o->took;
}

bool owner_comm(struct model_task *task)
{
	char path[64];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/comm", task->pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	n = read(fd, task->comm, sizeof(task->comm) - 1);
	close(fd);
	if (n <= 0)
		return false;
	/* A newline inside the name is the name's; the last one is not. */
	task->comm[task->comm[n - 1] == '\n' ? n - 1 : n] = '\0';
	return true;
}

static void search(struct owner *o, struct place *p, uint64_t inode,
		   int32_t hint)
{
	*p = (struct place){ .inode = inode };
	if (hint)
		each_socket(hint, take_place, p);
	if (p->pid || !may_walk(o, LOOK_PART))
		return;
	walk(o);
	p->when = now_ns();
}

/* Where nobody has looked, p->when is 0. */
static bool is_known(const struct place *p, uint64_t inode)
{
	if (p->inode != inode)
		return false;
	if (p->pid)
		return still_there(p);
	return p->when && now_ns() - p->when < FORGET_NOBODY;
}

static void count_again(struct owner *o, const struct place *p)
{
	if (p->processes ? may_walk(o, COUNT_PART) &&
			   now_ns() >= o->walked + COUNT_EVERY :
			   may_walk(o, NEW_PART))
		walk(o);
}

void owner_cgroup(struct owner *o, struct model_task *task)
{
	if (!task->pid || task->cgroup)
		return;
	task->cgroup = o->told ? told_cgroup(o->told, task->pid) :
		       cgroups_of(o->cgroups, task->pid, task->comm);
}

static void ask(struct owner *o, struct place *p, uint64_t inode, int32_t hint)
{
	struct model_task task = { 0 };
	int64_t now = now_ns();

	if (!is_known(p, inode))
		search(o, p, inode, hint);
	if (p->pid)
		count_again(o, p);
	task.pid = p->pid;
	p->asked = p->pid || p->when ? now : 0;
	if (task.pid && owner_comm(&task))
		owner_cgroup(o, &task);
	else
		task.pid = 0;
	p->task = task;
}

/*
 * An answer from after the event stands: a later one would be further from what
 * was true then, and asking takes five times what all the rest of an event does.
 */
bool owner_find(struct owner *o, uint64_t inode, uint64_t ts,
		const struct model_task *hint, struct owner_found *found)
{
	struct place *p = &o->place[inode % SLOTS];

	if (!inode)
		return false;
	if (o->told) {
		*found = (struct owner_found){ 0 };
		return told_find(o->told, inode, &found->task);
	}
	if (p->inode != inode || ts > (uint64_t)p->asked)
		ask(o, p, inode, hint->pid);
	if (!p->task.pid)
		return false;
	found->task = p->task;
	found->processes = p->processes;
	return true;
}
