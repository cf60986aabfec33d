/* SPDX-License-Identifier: GPL-2.0-only */
/* What works on this machine, and what to do where not. */
#ifndef REUSETRACE_DOCTOR_H
#define REUSETRACE_DOCTOR_H

#include <stddef.h>

#include "options.h"

#define DOCTOR_TEXT_LEN	256

enum doctor_state {
	DOCTOR_OK,
	DOCTOR_WARN,		/* it works, but less well */
	DOCTOR_FAIL,		/* tracing cannot work */
};

/* What came of one check. */
struct doctor_finding {
	const char *name;
	enum doctor_state state;
	char text[DOCTOR_TEXT_LEN];
	char mend[DOCTOR_TEXT_LEN];	/* the command that helps; "": none */
};

/**
 * doctor_run - look, and tell
 * @o: json or text
 *
 * Return: the exit status: 1 where tracing cannot work.
 */
int doctor_run(const struct options *o);

#endif
