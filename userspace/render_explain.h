/* SPDX-License-Identifier: GPL-2.0-only */
/* A rule in words, for `explain`. */
#ifndef REUSETRACE_RENDER_EXPLAIN_H
#define REUSETRACE_RENDER_EXPLAIN_H

#include "rules.h"

/**
 * render_explain - all there is to say about a rule
 * @rule: the rule
 */
void render_explain(const struct rules_rule *rule);

/**
 * render_explain_list - every rule in one line
 */
void render_explain_list(void);

#endif
