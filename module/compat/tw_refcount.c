// SPDX-License-Identifier: GPL-2.0-only
/* 6.1: the number of TIME_WAITs is a refcount, one too high. */
#include <net/inet_timewait_sock.h>
int probe(const struct inet_timewait_death_row *dr);
int probe(const struct inet_timewait_death_row *dr)
{
	return refcount_read(&dr->tw_refcount);
}
