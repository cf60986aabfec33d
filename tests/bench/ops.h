/* SPDX-License-Identifier: GPL-2.0-only */
/* The operations that are measured, on loopback. */
#ifndef OPS_H
#define OPS_H

#include <stdint.h>

#define OPS_PARTS 3

/* One operation; some are told in parts, each with a name of its own. */
struct op {
	const char *parts[OPS_PARTS];
	const char *help;
	void (*prepare)(void);
	/* Does it once: instructions of each part into @part. */
	void (*once)(uint64_t *part);
	void (*finish)(void);
};

extern const struct op ops[];
extern const unsigned int ops_count;

/* How many sockets are on the port beforehand, where that matters. */
extern unsigned int ops_crowd;

/* How many members a group has. */
#define OPS_MEMBERS_MAX 1000
extern unsigned int ops_members;

#endif
