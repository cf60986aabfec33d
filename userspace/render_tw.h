/* SPDX-License-Identifier: GPL-2.0-only */
/* The life of a TIME_WAIT, as text. */
#ifndef REUSETRACE_RENDER_TW_H
#define REUSETRACE_RENDER_TW_H

#include "model.h"
#include "render_line.h"

/**
 * render_tw_enter - one was born, or found no room
 * @l: the page
 * @ev: its tw_enter
 */
void render_tw_enter(struct render_line *l, const struct model_tw *ev);

/**
 * render_tw_state - its timer was set again
 * @l: the page
 * @ev: its tw_state
 */
void render_tw_state(struct render_line *l, const struct model_tw *ev);

/**
 * render_tw_exit - one ended
 * @l: the page
 * @ev: its tw_exit
 */
void render_tw_exit(struct render_line *l, const struct model_tw *ev);

#endif
