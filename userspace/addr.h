/* SPDX-License-Identifier: GPL-2.0-only */
/* Socket addresses: from an event's bytes, and into text. */
#ifndef REUSETRACE_ADDR_H
#define REUSETRACE_ADDR_H

#include <stddef.h>

#include "model.h"

#define ADDR_TEXT_LEN	64

/**
 * addr_parse - read a struct sockaddr_in or sockaddr_in6
 * @bytes: the socket address; need not be aligned
 * @size: how many bytes there are
 * @addr: set; family 0 when the bytes say so
 *
 * Return: 0, or -EINVAL for an unknown family or too few bytes.
 */
int addr_parse(const void *bytes, size_t size, struct model_addr *addr);

/**
 * addr_host - the address alone
 * @addr: the address; family 0 gives "-"
 * @text: at least ADDR_TEXT_LEN bytes
 *
 * Return: @text.
 */
const char *addr_host(const struct model_addr *addr, char *text);

/**
 * addr_port - address and port, an IPv6 one in brackets
 * @addr: the address
 * @text: at least ADDR_TEXT_LEN bytes
 *
 * Return: @text.
 */
const char *addr_port(const struct model_addr *addr, char *text);

#endif
