// SPDX-License-Identifier: GPL-2.0-only
/* 6.10: a TIME_WAIT's verdict hands on an initial sequence number. */
#include <net/tcp.h>
int probe(struct inet_timewait_sock *tw, struct sk_buff *skb, u32 *isn);
int probe(struct inet_timewait_sock *tw, struct sk_buff *skb, u32 *isn)
{
	return tcp_timewait_state_process(tw, skb, tcp_hdr(skb), isn);
}
