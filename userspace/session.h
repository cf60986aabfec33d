/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One run of the viewer: records from a source and lines from a COMMAND, in the
 * order of their time, through the event table to the screen, up to the
 * summary.
 */
#ifndef REUSETRACE_SESSION_H
#define REUSETRACE_SESSION_H

#include "options.h"

/**
 * session_live - watch the running kernel
 * @o: the options, and the COMMAND to run if there is one
 *
 * Return: the exit status.
 */
int session_live(const struct options *o);

/**
 * session_report - show what was recorded
 * @o: the options
 * @path: a trace.dat, or a copied tracing folder
 *
 * Return: the exit status.
 */
int session_report(const struct options *o, const char *path);

#endif
