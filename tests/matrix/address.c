// SPDX-License-Identifier: GPL-2.0-only
#include "address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

struct address {
	const char *name;
	const char *bound;	/* kept by the kernel, as an IPv6 address */
	const char *settled;	/* the same, once there is a peer */
	const char *peer;	/* whom it can connect to */
	int family;
	bool v6only;		/* set before bind() */
};

static const struct address addresses[ADDRESSES] = {
	{ "0.0.0.0", "::ffff:0.0.0.0", "::ffff:127.0.0.1",
	  "::ffff:127.0.0.1", AF_INET, false },
	{ "127.0.0.1", "::ffff:127.0.0.1", "::ffff:127.0.0.1",
	  "::ffff:127.0.0.1", AF_INET, false },
	{ "127.0.0.2", "::ffff:127.0.0.2", "::ffff:127.0.0.2",
	  "::ffff:127.0.0.1", AF_INET, false },
	{ "::", "::", "::1", "::1", AF_INET6, false },
	{ ":: v6only", "::", "::1", "::1", AF_INET6, true },
	{ "::1", "::1", "::1", "::1", AF_INET6, false },
	{ "::ffff:127.0.0.1", "::ffff:127.0.0.1", "::ffff:127.0.0.1",
	  "::ffff:127.0.0.1", AF_INET6, false },
	{ "::ffff:0.0.0.0", "::ffff:0.0.0.0", "::ffff:127.0.0.1",
	  "::ffff:127.0.0.1", AF_INET6, false },
};

const char *address_name(unsigned int which)
{
	return addresses[which].name;
}

int address_family(unsigned int which)
{
	return addresses[which].family;
}

bool address_v6only(unsigned int which)
{
	return addresses[which].v6only;
}

static struct in6_addr in6_of(const char *text)
{
	struct in6_addr in6;

	inet_pton(AF_INET6, text, &in6);
	return in6;
}

bool address_is_v4(unsigned int which)
{
	struct in6_addr in6 = in6_of(addresses[which].settled);

	return IN6_IS_ADDR_V4MAPPED(&in6);
}

static socklen_t set_in(struct in6_addr in6, unsigned int port,
			struct sockaddr_storage *addr)
{
	struct sockaddr_in *in = (struct sockaddr_in *)addr;

	*in = (struct sockaddr_in){
		.sin_family = AF_INET,
		.sin_port = htons(port),
	};
	memcpy(&in->sin_addr, &in6.s6_addr[12], 4);
	return sizeof(*in);
}

static socklen_t set_in6(struct in6_addr in6, unsigned int port,
			 struct sockaddr_storage *addr)
{
	struct sockaddr_in6 *to = (struct sockaddr_in6 *)addr;

	*to = (struct sockaddr_in6){
		.sin6_family = AF_INET6,
		.sin6_port = htons(port),
		.sin6_addr = in6,
	};
	return sizeof(*to);
}

socklen_t address_bind(unsigned int which, unsigned int port,
		       struct sockaddr_storage *addr)
{
	struct in6_addr in6 = in6_of(addresses[which].bound);

	return addresses[which].family == AF_INET ? set_in(in6, port, addr) :
						    set_in6(in6, port, addr);
}

socklen_t address_connect(unsigned int which, unsigned int port,
			  struct sockaddr_storage *addr)
{
	struct in6_addr in6 = in6_of(addresses[which].settled);

	return IN6_IS_ADDR_V4MAPPED(&in6) ? set_in(in6, port, addr) :
					    set_in6(in6, port, addr);
}

socklen_t address_peer(unsigned int which, unsigned int port,
		       struct sockaddr_storage *addr)
{
	struct in6_addr in6 = in6_of(addresses[which].peer);

	return addresses[which].family == AF_INET ? set_in(in6, port, addr) :
						    set_in6(in6, port, addr);
}

static void set_party(struct bind_party *party, const char *text)
{
	struct in6_addr in6 = in6_of(text);

	memcpy(party->addr6, &in6, sizeof(party->addr6));
	if (IN6_IS_ADDR_V4MAPPED(&in6))
		memcpy(&party->addr4, &in6.s6_addr[12], 4);
	else if (IN6_IS_ADDR_UNSPECIFIED(&in6))
		party->addr4 = 0;
	else
		party->addr4 = htonl(0x7f000006);	/* LOOPBACK4_IPV6 */
}

void address_party(unsigned int which, struct bind_party *party)
{
	const struct address *a = &addresses[which];
	struct in6_addr in6 = in6_of(a->bound);

	set_party(party, a->bound);
	party->inet6 = a->family == AF_INET6;
	/* inet6_bind() sets it for any address of IPv6's own but "::". */
	party->v6only = a->v6only || (!IN6_IS_ADDR_UNSPECIFIED(&in6) &&
				      !IN6_IS_ADDR_V4MAPPED(&in6));
}

void address_settle(unsigned int which, struct bind_party *party)
{
	set_party(party, addresses[which].settled);
}
