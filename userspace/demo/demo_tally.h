/* SPDX-License-Identifier: GPL-2.0-only */
/* How often each process answered. */
#ifndef DEMO_TALLY_H
#define DEMO_TALLY_H

#include <stddef.h>
#include <sys/types.h>

struct demo_tally_row {
	pid_t pid;
	int count;
};

/** struct demo_tally - counts by pid, in order of appearance; zero is empty */
struct demo_tally {
	struct demo_tally_row *rows;
	size_t used;
};

/** demo_tally_add - count one more for @pid; 0 or -ENOMEM */
int demo_tally_add(struct demo_tally *tally, pid_t pid);

/** demo_tally_print - one line for machines: `WORD PID COUNT PID COUNT ...` */
void demo_tally_print(const struct demo_tally *tally, const char *word);

/** demo_tally_free - empty it again */
void demo_tally_free(struct demo_tally *tally);

#endif
