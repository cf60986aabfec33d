// SPDX-License-Identifier: GPL-2.0-only
/* 5.14: a reuseport group keeps closed listeners until their requests moved. */
#include <net/sock_reuseport.h>
int probe(const struct sock_reuseport *reuse);
int probe(const struct sock_reuseport *reuse)
{
	return reuse->num_closed_socks;
}
