/* SPDX-License-Identifier: GPL-2.0-only */
/* All clients of demo-client together: connect at once, stay, leave. */
#ifndef DEMO_CROWD_H
#define DEMO_CROWD_H

#include <stdbool.h>

#include "demo_socket.h"

/**
 * struct demo_plan - what the crowd is to do
 * @clients: how many, a socket each
 * @messages: that each sends and wants back
 * @hold: milliseconds to stay once all are answered
 * @timeout: milliseconds to wait for answers
 * @stay: stay until standard input ends, and send each of its lines
 * @http: ask each by HTTP
 * @mute: connect and stay; say nothing before a line is typed
 * @quiet: print failures and totals only
 * @caller: the sockets; the first client's, see @peers
 * @peers: addresses to go round, from the given one up; each of the caller's
 *	ports, if it has some, is used once for every peer
 */
struct demo_plan {
	struct demo_caller caller;
	int peers;
	int clients;
	int messages;
	int hold;
	int timeout;
	bool stay;
	bool http;
	bool mute;
	bool quiet;
};

/** demo_crowd_play - do it; 0, or -errno when a client was not answered */
int demo_crowd_play(const struct demo_plan *plan,
		    const struct demo_endpoint *to);

#endif
