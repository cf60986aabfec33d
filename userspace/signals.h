/* SPDX-License-Identifier: GPL-2.0-only */
/* Signals that end a run, and sleeping until one comes. */
#ifndef REUSETRACE_SIGNALS_H
#define REUSETRACE_SIGNALS_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

/**
 * signals_catch - from now on they are counted, and come only while we sleep
 */
void signals_catch(void);

/**
 * signals_restore - as it was before signals_catch(), for a program to be run
 */
void signals_restore(void);

/**
 * signals_wait - sleep
 * @ns: for so long, or until a signal comes or a child ends
 */
void signals_wait(int64_t ns);

/**
 * signals_last - the last signal that asked for an end
 *
 * Return: its number, or 0.
 */
int signals_last(void);

/**
 * signals_count - how many came
 */
int signals_count(void);

/**
 * signals_take - has one come that nobody has acted on?
 *
 * Return: true once for each.
 */
bool signals_take(void);

#endif
