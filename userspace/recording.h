/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A trace.dat as a source of records: our events out of all of its buffers, and
 * what `record` wrote among them.
 *
 * Memory is bounded: two pages, or chunks of compressed pages, for each CPU of
 * each buffer, and a line of output.
 */
#ifndef REUSETRACE_RECORDING_H
#define REUSETRACE_RECORDING_H

#include <stdbool.h>
#include <stdint.h>

#include "decode.h"
#include "probes.h"
#include "source.h"
#include "told.h"

/* What `record` tells; of a file that trace-cmd made alone, nothing. */
struct recording {
	bool begun;		/* start and wall_offset are set */
	bool ended;		/* end is set */
	bool cut;		/* the file is cut short; said already */
	uint64_t start;
	uint64_t end;
	int64_t wall_offset;
	struct probes before;
	struct probes after;
	struct told *told;	/* of sockets older than the recording, or NULL */
};

/**
 * recording_open - read what a file says before its events
 * @rec: set; its told is the caller's
 * @d: learns the formats
 * @path: the file; must outlive the source
 *
 * Return: the source, or NULL after saying what is wrong.
 */
struct source *recording_open(struct recording *rec, struct decode *d,
			      const char *path);

#endif
