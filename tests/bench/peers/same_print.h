/* SPDX-License-Identifier: GPL-2.0-only */
/* Records of same.bpf.c as JSON, to be held against reusetrace's events. */
#ifndef SAME_PRINT_H
#define SAME_PRINT_H

#include <stddef.h>

/**
 * same_print - write a record's answers as a line, conclusions included
 * @record: from the ring
 */
void same_print(const void *record);

#endif
