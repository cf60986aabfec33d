/* SPDX-License-Identifier: GPL-2.0-only */
/* The parameter ports=: which local ports to trace, all when empty. */
#ifndef REUSETRACE_PORTS_H
#define REUSETRACE_PORTS_H

#include <linux/rcupdate.h>
#include <linux/types.h>

struct port_list;

/* NULL: every port. Handlers read it with preemption off. */
extern struct port_list __rcu *ports_wanted;

/**
 * ports_listed - is this local port in the list that there is?
 */
bool ports_listed(u16 port);

/**
 * ports_want - is this local port to be traced?
 * @port: host order; 0 (any port) is wanted, since the answer comes later
 */
static inline bool ports_want(u16 port)
{
	return !rcu_access_pointer(ports_wanted) || ports_listed(port);
}

/**
 * ports_free - forget the list; no handler may run any more
 */
void ports_free(void);

#endif
