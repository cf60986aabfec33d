/* SPDX-License-Identifier: GPL-2.0-only */
/* How a group's clients are spread over its members. */
#ifndef REUSETRACE_SPREAD_H
#define REUSETRACE_SPREAD_H

struct fairness;
struct groups;
struct groups_group;

/**
 * spread_judge - is a group's load spread as a hash spreads it?
 * @g: the table
 * @group: the group
 * @f: set
 */
void spread_judge(const struct groups *g, const struct groups_group *group,
		  struct fairness *f);

#endif
