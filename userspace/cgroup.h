/* SPDX-License-Identifier: GPL-2.0-only */
/* Which unit or container a process belongs to, by its control group. */
#ifndef REUSETRACE_CGROUP_H
#define REUSETRACE_CGROUP_H

#include <stdbool.h>
#include <stdint.h>

#define CGROUP_PIDS	1024	/* processes remembered */
#define CGROUP_PATHS	1024	/* different control groups remembered */
#define CGROUP_UNIT_LEN	64

struct cgroups;

/**
 * cgroups_new - nothing known yet
 *
 * Return: the table, or NULL when memory is short.
 */
struct cgroups *cgroups_new(void);

/**
 * cgroups_free - forget all; paths handed out are gone then
 * @c: the table, or NULL
 */
void cgroups_free(struct cgroups *c);

/**
 * cgroups_of - a process's control group
 * @c: the table
 * @pid: the process
 * @comm: its name: another one makes it another process
 *
 * Read from /proc once for each process.
 *
 * Return: its path, or NULL: it is gone, or there are more than CGROUP_PATHS.
 */
const char *cgroups_of(struct cgroups *c, int32_t pid, const char *comm);

/**
 * cgroups_keep - a path that lives as long as the table
 * @c: the table
 * @path: the path, copied
 *
 * Return: the same pointer for the same text, or NULL: there are more than
 * CGROUP_PATHS.
 */
const char *cgroups_keep(struct cgroups *c, const char *path);

/**
 * cgroup_within - is a control group this one, or below it?
 * @path: its path, NULL: not known
 * @top: the other one's; "/" is above all
 */
bool cgroup_within(const char *path, const char *top);

/**
 * cgroup_path - the path in what /proc/PID/cgroup says
 * @text: its lines; changed
 *
 * The unified hierarchy's, or else systemd's.
 *
 * Return: the path, inside @text, or NULL.
 */
char *cgroup_path(char *text);

/**
 * cgroup_unit - a short name for a control group
 * @path: its path, or NULL
 * @unit: CGROUP_UNIT_LEN bytes
 *
 * Return: the service's or container's name in @unit; NULL for the root and
 * for users' sessions, where it says nothing.
 */
const char *cgroup_unit(const char *path, char *unit);

#endif
