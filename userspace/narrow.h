/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The module's parameter ports=, set by a viewer that is alone: what nobody
 * wants then costs least. The instance of a viewer that has set it bears the
 * list in its name, so that others see whose it is, and what a killed viewer
 * left behind can be taken back. A list that a person gave stays.
 */
#ifndef REUSETRACE_NARROW_H
#define REUSETRACE_NARROW_H

#include "filter.h"

#define NARROW_MAX	16	/* ports that the module takes */
#define NARROW_LEN	(NARROW_MAX * 6 + 1)

/**
 * narrow_begin - make way for a new viewer, and let the module help it
 * @gate: from instance_gate()
 * @f: what the viewer shows
 * @suffix: set to what its instance's name must end with; NARROW_LEN bytes
 *
 * Other viewers' dead instances are removed. What a living one has narrowed is
 * wide again.
 */
void narrow_begin(int gate, const struct filter *f, char *suffix);

/**
 * narrow_end - take it back
 * @name: of the viewer's instance; when it has not narrowed, nothing is done
 */
void narrow_end(const char *name);

#endif
