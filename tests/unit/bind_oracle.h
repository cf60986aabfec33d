/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the kernels do with two sockets on one port, written down a second time,
 * line by line after their sources, to hold module/bind_rules.c against.
 */
#ifndef TESTS_BIND_ORACLE_H
#define TESTS_BIND_ORACLE_H

#include <stdbool.h>

#include "bind_rules.h"

enum oracle_kernel {
	ORACLE_5_10,
	ORACLE_6_1,
	ORACLE_6_12,	/* and later */
	ORACLE_KERNELS
};

/* What module/bind_rules.c is told of these kernels. */
extern const struct bind_kernel oracle_kernels[ORACLE_KERNELS];

/* Do they overlap in address and device? */
bool oracle_overlaps(enum oracle_kernel kernel, const struct bind_party *sk,
		     const struct bind_party *sk2);

/* May @sk not bind beside @sk2? */
bool oracle_conflicts(enum oracle_kernel kernel, const struct bind_party *sk,
		      const struct bind_party *sk2);

/*
 * All parties that differ in what the rules look at: call until it gives false.
 * @i counts from 0. A requester has uid 0 and no kind.
 */
bool oracle_requester(unsigned int i, struct bind_party *p);
bool oracle_holder(unsigned int i, struct bind_party *p);

#endif
