/* SPDX-License-Identifier: GPL-2.0-only */
/* Loads on one group; each tells on standard output what it knows. */
#ifndef STEER_SPREAD_H
#define STEER_SPREAD_H

#include "endpoint.h"

struct load {
	struct endpoint at;
	unsigned int members;
	unsigned int count;	/* clients, or datagrams */
	unsigned int churn;	/* clients between changes of the group; 0: none */
	unsigned int seed;
	bool connected;		/* one UDP member is connected to the first client */
};

/**
 * spread_play - clients come while members come and go between them
 * @load: what to play
 *
 * Prints "got SPORT COOKIE SIZE INDEX" for each: which socket it arrived at,
 * of how many, and that socket's place when it was sent.
 */
void spread_play(const struct load *load);

/**
 * storm_play - members come and go on another CPU at the same time
 * @load: what to play
 *
 * Prints "got SPORT COOKIE" for each that arrived, "failed N" for connections
 * that were refused, "closed N" for members.
 */
void storm_play(const struct load *load);

/**
 * flood_play - datagrams as fast as they can be sent; nobody reads them
 * @load: what to play
 *
 * Prints "sent N".
 */
void flood_play(const struct load *load);

#endif
