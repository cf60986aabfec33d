// SPDX-License-Identifier: GPL-2.0-only
/* 6.8: a port's owners hang off its address buckets, not off the port's. */
#include <net/inet_hashtables.h>
const void *probe(const struct inet_bind_bucket *tb);
const void *probe(const struct inet_bind_bucket *tb)
{
	return tb->bhash2.first;
}
