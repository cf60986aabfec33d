// SPDX-License-Identifier: GPL-2.0-only
/* 6.8: an address bucket knows its address type, and with it ::ffff:0.0.0.0. */
#include <net/inet_hashtables.h>
int probe(const struct inet_bind2_bucket *tb2);
int probe(const struct inet_bind2_bucket *tb2)
{
	return tb2->addr_type;
}
