/* SPDX-License-Identifier: GPL-2.0-only */
/* Addresses and sockets; what fails ends the program with one line. */
#ifndef STEER_ENDPOINT_H
#define STEER_ENDPOINT_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

/* What a socket is to be. */
struct endpoint {
	bool inet6;
	bool udp;
	bool loopback;		/* else the wildcard */
	uint16_t port;
};

union address {
	struct sockaddr any;
	struct sockaddr_in in;
	struct sockaddr_in6 in6;
};

/**
 * endpoint_die - end the program
 * @what: the call that failed; errno says why
 */
_Noreturn void endpoint_die(const char *what);

/**
 * endpoint_check - end the program if a call failed
 * @rc: what it returned
 * @what: its name
 *
 * Return: @rc.
 */
int endpoint_check(int rc, const char *what);

/**
 * endpoint_address - the address of an endpoint
 * @e: the endpoint
 * @addr: set
 *
 * Return: its length.
 */
socklen_t endpoint_address(const struct endpoint *e, union address *addr);

/**
 * endpoint_socket - a new socket, bound there
 * @e: where
 * @option: SO_REUSEADDR or SO_REUSEPORT, set before
 */
int endpoint_socket(const struct endpoint *e, int option);

/**
 * endpoint_port - the port of an address
 * @addr: the address
 */
uint16_t endpoint_port(const union address *addr);

/**
 * endpoint_cookie - the socket's SO_COOKIE
 * @fd: the socket
 */
uint64_t endpoint_cookie(int fd);

/**
 * endpoint_reset - close with a reset, so that no TIME_WAIT stays
 * @fd: a connection
 */
void endpoint_reset(int fd);

#endif
