/* SPDX-License-Identifier: GPL-2.0-only */
/* The service of the demo servers: one process, one poll() loop, an echo. */
#ifndef DEMO_SERVICE_H
#define DEMO_SERVICE_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>

#include "demo_socket.h"

/**
 * struct demo_manner - how a service treats its clients
 * @udp: no clients, only datagrams, each answered with greeting and echo
 * @http: answer what they send with the greeting as a page, no echo
 * @handed: the listener is none; clients come through demo_handover_take()
 * @ignore: leave them waiting for accept()
 * @quiet: print no line for each of them
 * @tell_left: print a line when one leaves, too
 */
struct demo_manner {
	bool udp;
	bool http;
	bool handed;
	bool ignore;
	bool quiet;
	bool tell_left;
};

/**
 * struct demo_service - a listener and the clients it has
 * @accepted: clients accepted (UDP: datagrams received) so far
 * @left: those of them that are gone (UDP: that were answered)
 * @used, @room: entries of @polls and @peers in use and allocated; the first
 *	two are the signals and the listener, the rest are clients
 */
struct demo_service {
	struct demo_manner manner;
	int accepted;
	int left;
	size_t used, room;
	struct pollfd *polls;
	struct demo_endpoint *peers;
};

/**
 * demo_service_open - start serving
 * @listener: from demo_listen(); the service closes it
 * @signals: from demo_signals_open(); stays the caller's
 *
 * Return: 0 or -errno.
 */
int demo_service_open(struct demo_service *service, int listener, int signals);

/** demo_service_close - close listener and clients, free everything */
void demo_service_close(struct demo_service *service);

/** demo_service_listens - is the listener still open? */
bool demo_service_listens(const struct demo_service *service);

/** demo_service_close_listener - close it alone; its clients stay */
void demo_service_close_listener(struct demo_service *service);

/**
 * demo_service_accept - accept one client, or answer one datagram
 *
 * Return: 1, 0 when none is waiting, or -errno.
 */
int demo_service_accept(struct demo_service *service);

/**
 * demo_service_step - wait for something to happen and deal with it
 *
 * Accepts one client at most, so that the caller can count.
 *
 * Return: the signal that arrived, 0 if none did, or -errno.
 */
int demo_service_step(struct demo_service *service);

#endif
