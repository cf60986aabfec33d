// SPDX-License-Identifier: GPL-2.0-only
/* 6.1: a reuseport group prefers the member whose SO_INCOMING_CPU matches. */
#include <net/sock_reuseport.h>
int probe(const struct sock_reuseport *reuse);
int probe(const struct sock_reuseport *reuse)
{
	return reuse->incoming_cpu;
}
