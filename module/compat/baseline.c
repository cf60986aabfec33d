// SPDX-License-Identifier: GPL-2.0-only
/*
 * What every supported kernel has; when this fails, the headers are unusable.
 * Tracepoints call through a static call since 5.10.
 */
#include <linux/kprobes.h>
#include <linux/trace.h>
#include <linux/trace_events.h>
#include <linux/tracepoint-defs.h>
#include <net/inet_hashtables.h>
#include <net/sock_reuseport.h>
#include <net/tcp.h>
const void *probe(const struct tracepoint *tp);
const void *probe(const struct tracepoint *tp)
{
	return tp->static_call_key;
}
