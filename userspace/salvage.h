/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What trace-cmd leaves behind when it cannot write its file: the pages of each
 * CPU, in files beside it. They are moved into the file piece by piece, so that
 * it works on a full disk.
 */
#ifndef REUSETRACE_SALVAGE_H
#define REUSETRACE_SALVAGE_H

struct salvage;

/**
 * salvage_new - be prepared
 * @file: what trace-cmd is to write
 * @instance: the name of its instance
 * @tracing: the folder of tracefs
 *
 * Some room on the disk is taken, to be there when all the rest is full.
 *
 * Return: what the other functions need, or NULL after saying why not.
 */
struct salvage *salvage_new(const char *file, const char *instance,
			    const char *tracing);

/**
 * salvage_keep - make the file of what was recorded
 * @s: from salvage_new()
 */
void salvage_keep(struct salvage *s);

/**
 * salvage_clean - remove what is of no use
 * @s: from salvage_new()
 */
void salvage_clean(struct salvage *s);

/**
 * salvage_free - end of it
 * @s: from salvage_new(), or NULL
 */
void salvage_free(struct salvage *s);

#endif
