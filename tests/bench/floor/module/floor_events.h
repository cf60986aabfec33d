/* SPDX-License-Identifier: GPL-2.0-only */
/* Bare events, as long as reusetrace's: what an event of that size costs. */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM floor

#if !defined(FLOOR_EVENTS_H) || defined(TRACE_HEADER_MULTI_READ)
#define FLOOR_EVENTS_H

#include <linux/tracepoint.h>

#ifndef FLOOR_PAYLOADS
#define FLOOR_PAYLOADS
struct floor_bind { u8 byte[106]; };
struct floor_steer { u8 byte[102]; };
struct floor_tw { u8 byte[86]; };
#endif

#define FLOOR_EVENT(name)						\
	TRACE_EVENT(name,						\
		TP_PROTO(const struct name *from),			\
		TP_ARGS(from),						\
		TP_STRUCT__entry(__field_struct(struct name, payload)),	\
		TP_fast_assign(__entry->payload = *from;),		\
		TP_printk("%u", __entry->payload.byte[0])		\
	)

FLOOR_EVENT(floor_bind);
FLOOR_EVENT(floor_steer);
FLOOR_EVENT(floor_tw);

#endif

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE floor_events
#include <trace/define_trace.h>
