// SPDX-License-Identifier: GPL-2.0-only
/* After 6.12: and why it dropped the packet. */
#include <net/tcp.h>
int probe(struct inet_timewait_sock *tw, struct sk_buff *skb, u32 *isn,
	  enum skb_drop_reason *why);
int probe(struct inet_timewait_sock *tw, struct sk_buff *skb, u32 *isn,
	  enum skb_drop_reason *why)
{
	return tcp_timewait_state_process(tw, skb, tcp_hdr(skb), isn, why);
}
