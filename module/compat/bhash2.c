// SPDX-License-Identifier: GPL-2.0-only
/* 6.1 (5.18 upstream): a second table of bound sockets, keyed by address. */
#include <net/inet_hashtables.h>
int probe(const struct inet_bind2_bucket *tb2);
int probe(const struct inet_bind2_bucket *tb2)
{
	return tb2->port;
}
