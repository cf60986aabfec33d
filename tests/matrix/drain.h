/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copies the module's ring buffer as it fills, into a folder that looks like
 * tracing's own. Nothing reads it meanwhile: the viewer does so afterwards.
 */
#ifndef MATRIX_DRAIN_H
#define MATRIX_DRAIN_H

/**
 * drain_open - start to copy
 * @dir: the folder, which must be there
 */
void drain_open(const char *dir);

/**
 * drain_now - copy what there is
 */
void drain_now(void);

#endif
