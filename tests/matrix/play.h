/* SPDX-License-Identifier: GPL-2.0-only */
/* Plays a cell: makes its sockets and asks the kernel. */
#ifndef MATRIX_PLAY_H
#define MATRIX_PLAY_H

#include "cell.h"
#include "try.h"

struct play_result {
	unsigned int port;
	uint64_t listener;	/* cookies; 0: there was none */
	uint64_t holder;
	uint64_t requester;
	struct try first;
	/*
	 * Of what was refused: once the holder was closed, where something is
	 * left of it then, and once nothing is left of it.
	 */
	struct try closed;
	struct try gone;
	int waits;		/* socket to try again, when TIME_WAIT is over */
};

/**
 * play_cell - make its sockets, ask the kernel, take all away again
 * @cell: one that is played
 * @result: set; a socket that waits is the caller's to close
 *
 * Return: false when the holder could not be brought into its state, so that
 * nothing was asked; play it again.
 */
bool play_cell(const struct cell *cell, struct play_result *result);

/**
 * play_again - ask once more with a socket that waited
 *
 * Return: 0 or the errno.
 */
int play_again(const struct cell *cell, const struct play_result *result);

#endif
