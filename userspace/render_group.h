/* SPDX-License-Identifier: GPL-2.0-only */
/* SO_REUSEPORT groups and what happens to connections of listeners, as text. */
#ifndef REUSETRACE_RENDER_GROUP_H
#define REUSETRACE_RENDER_GROUP_H

#include <stdbool.h>

#include "groups.h"
#include "model.h"
#include "render_line.h"

/**
 * render_group_matters - is it more than a first member of its own group?
 * @ev: the event
 */
bool render_group_matters(const struct model_group *ev);

/**
 * render_group - a group changed
 * @l: the page
 * @ev: the event
 * @peers: the other members
 */
void render_group(struct render_line *l, const struct model_group *ev,
		  const struct groups_peers *peers);

/**
 * render_group_listener - a listener closed
 * @l: the page
 * @ev: the event
 */
void render_group_listener(struct render_line *l,
			   const struct model_listener *ev);

/**
 * render_group_migrate - a connection moved to another listener, or died
 * @l: the page
 * @ev: the event
 */
void render_group_migrate(struct render_line *l,
			  const struct model_migrate *ev);

#endif
