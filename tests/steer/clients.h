/* SPDX-License-Identifier: GPL-2.0-only */
/* Clients: one source port each, so that each can be found in the trace. */
#ifndef STEER_CLIENTS_H
#define STEER_CLIENTS_H

#include <stdbool.h>
#include <stdint.h>

#include "endpoint.h"

#define CLIENTS_FIRST_PORT	10000
#define CLIENTS_MAX		50000

/**
 * clients_call - connect, or send one datagram
 * @to: whom
 * @sport: from which port
 *
 * Return: the socket, or -1 when the connection was refused or reset.
 */
int clients_call(const struct endpoint *to, uint16_t sport);

#endif
