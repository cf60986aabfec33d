/* SPDX-License-Identifier: GPL-2.0-only */
/* The parameter ports=: which local ports to trace, all when empty. */
#ifndef REUSETRACE_PORTS_H
#define REUSETRACE_PORTS_H

#include <linux/types.h>

/**
 * ports_want - is this local port to be traced?
 * @port: host order; 0 (any port) is wanted, since the answer comes later
 */
bool ports_want(u16 port);

/**
 * ports_free - forget the list; no handler may run any more
 */
void ports_free(void);

#endif
