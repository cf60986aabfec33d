// SPDX-License-Identifier: GPL-2.0-only
#include <linux/build_bug.h>
#include <linux/in.h>
#include <linux/in6.h>
#include <linux/kprobes.h>
#include <linux/string.h>
#include <net/ipv6.h>

#include "event_args.h"

#define CREATE_TRACE_POINTS
#include "reusetrace_events.h"

void event_args_sockaddr(u8 *to, u16 family, struct in6_addr addr, u16 port)
{
	struct sockaddr_in6 in6 = {
		.sin6_family = family,
		.sin6_port = htons(port),
		.sin6_addr = addr,
	};
	struct sockaddr_in in4 = {
		.sin_family = family,
		.sin_port = htons(port),
		.sin_addr.s_addr = addr.s6_addr32[3],
	};

	BUILD_BUG_ON(sizeof(in6) != RT_SOCKADDR_LEN);
	memset(to, 0, RT_SOCKADDR_LEN);
	if (family == AF_INET6)
		memcpy(to, &in6, sizeof(in6));
	else if (family == AF_INET)
		memcpy(to, &in4, sizeof(in4));
}
NOKPROBE_SYMBOL(event_args_sockaddr);
