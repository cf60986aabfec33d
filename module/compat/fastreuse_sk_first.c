// SPDX-License-Identifier: GPL-2.0-only
/* After 6.12: inet_csk_update_fastreuse() takes the socket first. */
#include <net/inet_connection_sock.h>
void probe(const struct sock *sk, struct inet_bind_bucket *tb,
	   struct inet_bind2_bucket *tb2);
void probe(const struct sock *sk, struct inet_bind_bucket *tb,
	   struct inet_bind2_bucket *tb2)
{
	inet_csk_update_fastreuse(sk, tb, tb2);
}
