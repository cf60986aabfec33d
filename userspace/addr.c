// SPDX-License-Identifier: GPL-2.0-only
#include "addr.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>

#include "digits.h"

static int parse4(const void *bytes, size_t size, struct model_addr *addr)
{
	struct sockaddr_in in;

	if (size < sizeof(in))
		return -EINVAL;
	memcpy(&in, bytes, sizeof(in));
	addr->port = ntohs(in.sin_port);
	memcpy(addr->bytes, &in.sin_addr, sizeof(in.sin_addr));
	return 0;
}

static int parse6(const void *bytes, size_t size, struct model_addr *addr)
{
	struct sockaddr_in6 in6;

	if (size < sizeof(in6))
		return -EINVAL;
	memcpy(&in6, bytes, sizeof(in6));
	addr->port = ntohs(in6.sin6_port);
	memcpy(addr->bytes, &in6.sin6_addr, sizeof(in6.sin6_addr));
	return 0;
}

int addr_parse(const void *bytes, size_t size, struct model_addr *addr)
{
	sa_family_t family;

	memset(addr, 0, sizeof(*addr));
	if (size < sizeof(family))
		return -EINVAL;
	memcpy(&family, bytes, sizeof(family));
	addr->family = family;
	switch (family) {
	case AF_UNSPEC:
		return 0;
	case AF_INET:
		return parse4(bytes, size, addr);
	case AF_INET6:
		return parse6(bytes, size, addr);
	}
	addr->family = 0;
	return -EINVAL;
}

static char *put_number(char *at, unsigned int value)
{
	char digits[DIGITS_MAX], *end = digits + sizeof(digits);
	const char *from = digits_before(end, value);

	/* Five of them at most. */
	while (from < end)
		*at++ = *from++;
	return at;
}

/* inet_ntop() would have printf() do it. */
static char *put_host4(const uint8_t *bytes, char *at)
{
	int i;

	for (i = 0; i < 4; i++) {
		if (i)
			*at++ = '.';
		at = put_number(at, bytes[i]);
	}
	*at = '\0';
	return at;
}

/* Up to the terminator. */
static char *put_host(const struct model_addr *addr, char *at)
{
	if (addr->family == AF_INET)
		return put_host4(addr->bytes, at);
	if (!addr->family ||
	    !inet_ntop(addr->family, addr->bytes, at, ADDR_TEXT_LEN))
		strcpy(at, "-");
	return at + strlen(at);
}

const char *addr_host(const struct model_addr *addr, char *text)
{
	put_host(addr, text);
	return text;
}

/* An address has 45 characters at most: there is room for the rest. */
const char *addr_port(const struct model_addr *addr, char *text)
{
	bool brackets = addr->family == AF_INET6;
	char *at = text;

	if (brackets)
		*at++ = '[';
	at = put_host(addr, at);
	if (brackets)
		*at++ = ']';
	*at++ = ':';
	*put_number(at, addr->port) = '\0';
	return text;
}
