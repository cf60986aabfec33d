/* SPDX-License-Identifier: GPL-2.0-only */
/* Can a full-screen program run here? */
#ifndef REUSETRACE_TERMINAL_H
#define REUSETRACE_TERMINAL_H

#include <stdbool.h>

/**
 * terminal_usable - are we on a terminal that curses knows?
 *
 * Return: false after saying why not.
 */
bool terminal_usable(void);

#endif
