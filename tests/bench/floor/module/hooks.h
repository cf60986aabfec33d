/* SPDX-License-Identifier: GPL-2.0-only */
/* The floor under what kprobes are not: see hooks.c. */
#ifndef FLOOR_HOOKS_H
#define FLOOR_HOOKS_H

/**
 * hooks_arm - hook the functions of the floor otherwise than by kprobes
 * @mode: regs-, args- or fprobe-, and then empty or event
 *
 * Return: 0, or a negative errno; -EOPNOTSUPP where the kernel has no such hook.
 */
int hooks_arm(const char *mode);

/**
 * hooks_disarm - undo hooks_arm()
 */
void hooks_disarm(void);

#endif
