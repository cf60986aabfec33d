/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A tracing folder, tracefs itself or a copy of it: the formats of our events,
 * and each CPU's pages in an instance.
 */
#ifndef REUSETRACE_FOLDER_H
#define REUSETRACE_FOLDER_H

#include <stddef.h>
#include <stdint.h>

#include "decode.h"
#include "ring.h"
#include "source.h"

#define FOLDER_SYSTEM	"reusetrace"

/* One instance. */
struct folder {
	char *path;
	struct ring_layout layout;
	int *cpu;
	size_t n;
};

/**
 * folder_formats - learn the formats of our events
 * @tracing: the tracing folder
 * @d: learns them
 *
 * Return: 0 or a negative errno, said already.
 */
int folder_formats(const char *tracing, struct decode *d);

/**
 * folder_open - look at an instance
 * @f: set; folder_close() even when this fails
 * @tracing: the tracing folder
 * @instance: the name of the instance
 *
 * Return: 0 or a negative errno, said already.
 */
int folder_open(struct folder *f, const char *tracing, const char *instance);

/**
 * folder_close - forget it; its rings go on
 * @f: the instance
 */
void folder_close(struct folder *f);

/**
 * folder_ring - start reading one CPU
 * @f: the instance
 * @i: which of its CPUs, from 0 on
 *
 * Never blocks, and never makes the kernel wake anybody: whoever is blocked on
 * these files makes every event cost its writer a wake-up.
 *
 * Return: its pages, or NULL after saying why not.
 */
struct ring *folder_ring(const struct folder *f, size_t i);

/**
 * folder_losses - how many records one CPU has ever lost
 * @f: the instance
 * @i: which of its CPUs
 * @n: set
 *
 * Return: 0 or a negative errno.
 */
int folder_losses(const struct folder *f, size_t i, uint64_t *n);

/**
 * folder_replay - a source of all that a copied folder holds
 * @d: learns the formats
 * @dir: the folder that has events/ and instances/reusetrace/
 *
 * Return: the source, or NULL after saying why not.
 */
struct source *folder_replay(struct decode *d, const char *dir);

#endif
