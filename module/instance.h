/* SPDX-License-Identifier: GPL-2.0-only */
/* Our own ring buffer: the tracefs instance named reusetrace. */
#ifndef REUSETRACE_INSTANCE_H
#define REUSETRACE_INSTANCE_H

#include <linux/types.h>

/**
 * instance_create - make the instance, or take up one that was left behind
 *
 * Its clock becomes mono and its buffers get their size (parameter buffer_kb).
 * Return: 0 or a negative errno; nothing is left behind on error.
 */
int instance_create(void);

/**
 * instance_enable - enable our events there, and nowhere else
 *
 * Return: 0 or a negative errno.
 */
int instance_enable(void);

/**
 * instance_steer - write picks there, or leave them out for a while
 * @on: which
 */
void instance_steer(bool on);

/**
 * instance_destroy - disable the events and remove the instance
 *
 * While somebody reads it, the instance stays and says so in the log.
 */
void instance_destroy(void);

#endif
