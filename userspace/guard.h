/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reading what strangers wrote, in a process of its own. Our own code trusts no
 * byte of a recording; libtraceevent's parser of formats falls over some.
 */
#ifndef REUSETRACE_GUARD_H
#define REUSETRACE_GUARD_H

#include "options.h"

/**
 * guard_run - run, and survive a crash
 * @run: what to do; gives the exit status
 * @o: for it
 * @what: the file, for the message
 *
 * Return: the exit status, 1 when it crashed.
 */
int guard_run(int (*run)(const struct options *o), const struct options *o,
	      const char *what);

#endif
