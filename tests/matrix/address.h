/* SPDX-License-Identifier: GPL-2.0-only */
/* The local addresses of the matrix. */
#ifndef MATRIX_ADDRESS_H
#define MATRIX_ADDRESS_H

#include <stdbool.h>
#include <sys/socket.h>

#include "bind_rules.h"

#define ADDRESSES	8

/**
 * address_name - what it is called: the address, and v6only where that is set
 */
const char *address_name(unsigned int which);

/**
 * address_family - AF_INET or AF_INET6
 */
int address_family(unsigned int which);

/**
 * address_v6only - is IPV6_V6ONLY to be set before bind()?
 */
bool address_v6only(unsigned int which);

/**
 * address_is_v4 - are those it can talk to IPv4? Mapped addresses are.
 */
bool address_is_v4(unsigned int which);

/**
 * address_bind - what to hand to bind()
 * @addr: set
 *
 * Return: its length.
 */
socklen_t address_bind(unsigned int which, unsigned int port,
		       struct sockaddr_storage *addr);

/**
 * address_connect - where to connect to reach a socket bound to this address
 * @addr: set; its family may differ from the bound socket's
 *
 * Return: its length.
 */
socklen_t address_connect(unsigned int which, unsigned int port,
			  struct sockaddr_storage *addr);

/**
 * address_peer - whom a socket bound to this address can connect to
 * @addr: set; of the socket's own family
 *
 * Return: its length.
 */
socklen_t address_peer(unsigned int which, unsigned int port,
		       struct sockaddr_storage *addr);

/**
 * address_party - the address fields of a socket bound to this address
 * @party: its family, address and v6only are set
 */
void address_party(unsigned int which, struct bind_party *party);

/**
 * address_settle - a bound socket got a peer, and so one local address
 * @party: its address is set; its family and v6only stay as bind() left them
 */
void address_settle(unsigned int which, struct bind_party *party);

#endif
