/* SPDX-License-Identifier: GPL-2.0-only */
/* The sockets of one cell, and what the model knows of their port. */
#ifndef MATRIX_SCENE_H
#define MATRIX_SCENE_H

#include "cell.h"
#include "diag.h"
#include "model.h"
#include "sock.h"

struct scene {
	const struct cell *cell;
	struct model_port model;
	unsigned int port;
	struct sock listener;	/* of an accepted holder */
	struct sock holder;
	struct sock peer;	/* the other end of the holder's connection */
	struct sock requester;
	struct diag_key connection;
};

/**
 * scene_init - before the first scene
 */
void scene_init(const struct model_kernel *kernel);

/**
 * scene_set - a holder in its state on a port of its own, and a requester that
 * is about to ask
 * @scene: set; in a cell of listen() the requester is bound to the port
 *
 * Return: false when the holder did not get into its state. A packet that comes
 * while the kernel works on the socket can do that; the scene is to be struck,
 * and set again.
 */
bool scene_set(struct scene *scene, const struct cell *cell);

/**
 * scene_is_connection - does it take more than one close to free the port?
 */
bool scene_is_connection(const struct scene *scene);

/**
 * scene_close_holder - the program that has the holder closes it
 *
 * Return: false when it is a connection that did not become a TIME_WAIT.
 */
bool scene_close_holder(struct scene *scene);

/**
 * scene_end_connection - the holder's peer resets the connection, and nothing
 * is left on the holder's side
 */
void scene_end_connection(struct scene *scene);

/**
 * scene_strike - close all, the requester too
 */
void scene_strike(struct scene *scene);

#endif
