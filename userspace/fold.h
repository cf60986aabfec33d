/* SPDX-License-Identifier: GPL-2.0-only */
/* Text on a terminal, its long lines broken between words. */
#ifndef REUSETRACE_FOLD_H
#define REUSETRACE_FOLD_H

#include <stdio.h>

/**
 * fold_put - print lines as they are, and too long ones as several
 * @out: where to
 * @text: the lines
 * @len: of it
 * @width: of the terminal; at least 8
 */
void fold_put(FILE *out, const char *text, size_t len, size_t width);

#endif
