/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * trace-cmd, run in the background to record into a file: it has an instance of
 * its own, so that neither a running viewer nor the module's buffer is touched.
 */
#ifndef REUSETRACE_TRACECMD_H
#define REUSETRACE_TRACECMD_H

#include <stdbool.h>

#include "options.h"

struct tracecmd;

/**
 * tracecmd_path - where trace-cmd is
 * @path: set, PATH_MAX bytes
 *
 * Return: false when it is not on PATH.
 */
bool tracecmd_path(char *path);

/**
 * tracecmd_start - begin to record
 * @tracing: the folder of tracefs
 * @o: the file, the events, the size of the buffers
 *
 * Return: the recorder, once it records, or NULL after saying why not.
 */
struct tracecmd *tracecmd_start(const char *tracing, const struct options *o);

/**
 * tracecmd_marker - the trace_marker of its instance
 * @t: the recorder
 *
 * Return: a file descriptor to write to.
 */
int tracecmd_marker(const struct tracecmd *t);

/**
 * tracecmd_ended - has it ended too early?
 * @t: the recorder
 */
bool tracecmd_ended(struct tracecmd *t);

/**
 * tracecmd_stop - let it write the file
 * @t: the recorder; freed
 *
 * When it cannot, because the disk is full, the file holds what had been
 * recorded until then.
 *
 * Return: 0, or a negative errno, said already.
 */
int tracecmd_stop(struct tracecmd *t);

#endif
