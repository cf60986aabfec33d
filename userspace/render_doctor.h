/* SPDX-License-Identifier: GPL-2.0-only */
/* The findings of `doctor`, as text or as one JSON object. */
#ifndef REUSETRACE_RENDER_DOCTOR_H
#define REUSETRACE_RENDER_DOCTOR_H

#include <stddef.h>

#include "doctor.h"

/**
 * render_doctor_text - a line for each finding, the command under it
 * @f: the findings
 * @n: their number
 */
void render_doctor_text(const struct doctor_finding *f, size_t n);

/**
 * render_doctor_json - one object with a list of checks
 * @f: the findings
 * @n: their number
 *
 * Return: 0 or -ENOMEM.
 */
int render_doctor_json(const struct doctor_finding *f, size_t n);

#endif
