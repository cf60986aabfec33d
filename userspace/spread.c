// SPDX-License-Identifier: GPL-2.0-only
#include "spread.h"

#include <math.h>
#include <stdlib.h>

#include "fairness.h"
#include "groups.h"

static double expected_of(const struct groups_group *group,
			  const struct groups_member *m)
{
	double end = m->state == GROUPS_PRESENT ? group->share :
						  m->share_at_end;

	return end - m->share_at_join;
}

/* Members that were there before us and never picked: as many as the rest. */
static size_t add_unseen(const struct groups_group *group, double rest,
			 struct fairness_cell *cell)
{
	size_t i, n = group->share > 0 ? round(rest / group->share) : 0;

	if (group->most && n > group->most)
		n = group->most;
	for (i = 0; i < n; i++)
		cell[i] = (struct fairness_cell){ .expected = rest / n };
	return n;
}

void spread_judge(const struct groups *g, const struct groups_group *group,
		  struct fairness *f)
{
	const struct groups_member **list;
	size_t i, n = groups_members(g, group, &list), cells = 0;
	struct fairness_cell *cell = calloc(n + group->most + 1, sizeof(*cell));
	double rest = group->clients;

	*f = (struct fairness){ .p_value = 1 };
	for (i = 0; cell && i < n; i++) {
		if (!list[i]->cookie)
			continue;
		cell[cells].got = list[i]->clients;
		cell[cells].expected = expected_of(group, list[i]);
		rest -= cell[cells++].expected;
	}
	if (cell && !group->forgotten) {
		cells += add_unseen(group, rest, cell + cells);
		fairness_judge(cell, cells, f);
	}
	free(cell);
	free(list);
}
