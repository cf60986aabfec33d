// SPDX-License-Identifier: GPL-2.0-only
/* After 6.12: inode and user are the sock's own; orphans keep their user. */
#include <net/sock.h>
unsigned long probe(const struct sock *sk);
unsigned long probe(const struct sock *sk)
{
	return READ_ONCE(sk->sk_ino);
}
