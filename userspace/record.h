/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * `record`: trace-cmd writes the file, we run COMMAND and put into the trace
 * what `report` needs to tell the same as a live run.
 */
#ifndef REUSETRACE_RECORD_H
#define REUSETRACE_RECORD_H

#include "options.h"

/**
 * record_run - record until COMMAND ends, or a signal comes
 * @o: the options; output is the file
 *
 * Return: the exit status.
 */
int record_run(const struct options *o);

#endif
