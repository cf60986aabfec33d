// SPDX-License-Identifier: GPL-2.0-only
/* What every supported kernel has; when this fails, the headers are unusable. */
#include <linux/kprobes.h>
#include <linux/trace.h>
#include <linux/trace_events.h>
#include <net/inet_hashtables.h>
#include <net/sock_reuseport.h>
#include <net/tcp.h>
