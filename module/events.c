// SPDX-License-Identifier: GPL-2.0-only
#include <linux/build_bug.h>
#include <linux/in.h>
#include <linux/in6.h>
#include <linux/stddef.h>

#include "event_args.h"

#define CREATE_TRACE_POINTS
#include "reusetrace_events.h"

static_assert(sizeof(struct event_sockaddr) == RT_SOCKADDR_LEN);
static_assert(sizeof(struct sockaddr_in6) == RT_SOCKADDR_LEN);
static_assert(offsetof(struct event_sockaddr, port) ==
	      offsetof(struct sockaddr_in, sin_port));
static_assert(offsetof(struct event_sockaddr, addr4) ==
	      offsetof(struct sockaddr_in, sin_addr));
static_assert(offsetof(struct event_sockaddr, port) ==
	      offsetof(struct sockaddr_in6, sin6_port));
static_assert(offsetof(struct event_sockaddr, addr6) ==
	      offsetof(struct sockaddr_in6, sin6_addr));
