/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A tracefs instance of one viewer's own, named reusetrace.PID: its buffers,
 * its filters, gone when it ends. So viewers take nothing from each other, nor
 * from whoever reads the module's own instance.
 *
 * Each is locked as long as its viewer lives; what a killed one left behind has
 * no lock, and the next viewer removes it.
 */
#ifndef REUSETRACE_INSTANCE_H
#define REUSETRACE_INSTANCE_H

#include <stdbool.h>
#include <stddef.h>

#define INSTANCE_MODULE	"reusetrace"	/* the module's own */

struct instance;

/**
 * instance_gate - one viewer at a time comes, goes or tidies up
 * @tracing: the tracing folder
 *
 * Return: what instance_open_gate() ends, or -1 after saying why not.
 */
int instance_gate(const char *tracing);

/**
 * instance_open_gate - let the next one through
 * @gate: from instance_gate(), or -1
 */
void instance_open_gate(int gate);

typedef void (*instance_fn)(void *ctx, const char *name, bool alive);

/**
 * instance_sweep - look at the other viewers' instances, remove dead ones
 * @gate: from instance_gate()
 * @fn: called for each
 * @ctx: for @fn
 */
void instance_sweep(int gate, instance_fn fn, void *ctx);

/**
 * instance_is_read - does anybody else read the module's own instance?
 *
 * As far as /proc tells.
 */
bool instance_is_read(void);

/**
 * instance_new - make one; its events are off
 * @gate: from instance_gate()
 * @tracing: the tracing folder
 * @suffix: of its name
 * @buffer_kb: the size of each CPU's buffer; 0: as the module's
 *
 * Return: the instance, or NULL after saying why not.
 */
struct instance *instance_new(int gate, const char *tracing, const char *suffix,
			      unsigned int buffer_kb);

/**
 * instance_free - remove it; nobody may have its files open any more
 * @in: the instance, or NULL
 */
void instance_free(struct instance *in);

/**
 * instance_path - its folder
 * @in: the instance
 */
const char *instance_path(const struct instance *in);

/**
 * instance_name - the name of its folder
 * @in: the instance
 */
const char *instance_name(const struct instance *in);

/**
 * instance_put - write into one of its files
 * @in: the instance
 * @file: the file, below its folder
 * @text: what to write
 *
 * Return: 0 or a negative errno.
 */
int instance_put(const struct instance *in, const char *file, const char *text);

#endif
