/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The events, each described once. Viewers learn the layout and the names of
 * the symbolic values from tracefs; Documentation/events.md gives each field's
 * unit, source and meaning.
 *
 * Addresses are whole socket addresses (struct sockaddr_in or sockaddr_in6, in
 * RT_SOCKADDR_LEN bytes), because that is what %pISpc prints everywhere. Ports
 * stand beside them in host order for the event filters.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM reusetrace

#if !defined(REUSETRACE_EVENTS_H) || defined(TRACE_HEADER_MULTI_READ)
#define REUSETRACE_EVENTS_H

#include <linux/in.h>
#include <linux/sched.h>
#include <linux/socket.h>
#include <linux/tracepoint.h>

#include "event_args.h"

/* A short-hand of net/inet_timewait_sock.h that stands in our event's way. */
#undef tw_state

#define RT_SOCKADDR_LEN 28	/* sizeof(struct sockaddr_in6), checked there */

TRACE_DEFINE_ENUM(BIND_OVERLAP_NONE);
TRACE_DEFINE_ENUM(BIND_OVERLAP_SAME_ADDRESS);
TRACE_DEFINE_ENUM(BIND_OVERLAP_HOLDER_WILDCARD);
TRACE_DEFINE_ENUM(BIND_OVERLAP_REQUESTER_WILDCARD);
TRACE_DEFINE_ENUM(BIND_OVERLAP_BOTH_WILDCARD);
TRACE_DEFINE_ENUM(BIND_RULE_NONE);
TRACE_DEFINE_ENUM(BIND_RULE_REUSEPORT_OTHER_USER);
TRACE_DEFINE_ENUM(BIND_RULE_LISTENER);
TRACE_DEFINE_ENUM(BIND_RULE_TIME_WAIT);
TRACE_DEFINE_ENUM(BIND_RULE_CONNECTION);
TRACE_DEFINE_ENUM(BIND_RULE_BOUND);
TRACE_DEFINE_ENUM(BIND_RULE_UDP);
TRACE_DEFINE_ENUM(BIND_RULE_NO_FREE_PORT);
TRACE_DEFINE_ENUM(BIND_REUSEADDR_REQUESTER_UNSET);
TRACE_DEFINE_ENUM(BIND_REUSEADDR_HOLDER_UNSET);
TRACE_DEFINE_ENUM(BIND_REUSEADDR_HOLDER_LISTENING);
TRACE_DEFINE_ENUM(BIND_REUSEPORT_REQUESTER_UNSET);
TRACE_DEFINE_ENUM(BIND_REUSEPORT_HOLDER_UNSET);
TRACE_DEFINE_ENUM(BIND_REUSEPORT_OTHER_USER);
TRACE_DEFINE_ENUM(BIND_REUSEPORT_IN_GROUP);
TRACE_DEFINE_ENUM(BIND_WHY_UNKNOWN);
TRACE_DEFINE_ENUM(BIND_WHY_PORT_FREE);
TRACE_DEFINE_ENUM(BIND_WHY_NO_OVERLAP);
TRACE_DEFINE_ENUM(BIND_WHY_REUSEADDR);
TRACE_DEFINE_ENUM(BIND_WHY_REUSEPORT);
TRACE_DEFINE_ENUM(BIND_WHY_REUSEADDR_REUSEPORT);
TRACE_DEFINE_ENUM(BIND_WHY_CACHE);
TRACE_DEFINE_ENUM(BIND_WHY_FORCED);
TRACE_DEFINE_ENUM(BIND_OP_BIND);
TRACE_DEFINE_ENUM(BIND_OP_LISTEN);
TRACE_DEFINE_ENUM(STEER_VIA_NONE);
TRACE_DEFINE_ENUM(STEER_VIA_HASH);
TRACE_DEFINE_ENUM(STEER_VIA_INCOMING_CPU);
TRACE_DEFINE_ENUM(STEER_VIA_BPF);
TRACE_DEFINE_ENUM(STEER_VIA_CBPF);
TRACE_DEFINE_ENUM(STEER_VIA_BPF_FALLBACK);
TRACE_DEFINE_ENUM(STEER_VIA_BPF_DROP);

TRACE_DEFINE_ENUM(TW_REASON_OTHER);
TRACE_DEFINE_ENUM(TW_REASON_EXPIRED);
TRACE_DEFINE_ENUM(TW_REASON_SYN_REUSE);
TRACE_DEFINE_ENUM(TW_REASON_CONNECT_REUSE);
TRACE_DEFINE_ENUM(TW_REASON_RESET);
TRACE_DEFINE_ENUM(TW_REASON_PURGED);
TRACE_DEFINE_ENUM(TW_REASON_DESTROYED);

TRACE_DEFINE_ENUM(GROUP_CREATE);
TRACE_DEFINE_ENUM(GROUP_JOIN);
TRACE_DEFINE_ENUM(GROUP_LEAVE);
TRACE_DEFINE_ENUM(GROUP_CLOSE);
TRACE_DEFINE_ENUM(GROUP_RESURRECT);
TRACE_DEFINE_ENUM(GROUP_PROG_ATTACH);
TRACE_DEFINE_ENUM(GROUP_PROG_DETACH);

#define show_op(op) __print_symbolic(op,			\
	{ BIND_OP_BIND,				"bind" },	\
	{ BIND_OP_LISTEN,			"listen" })

#define show_proto(proto) __print_symbolic(proto,		\
	{ 6,					"tcp" },	\
	{ 17,					"udp" })

#define show_family(family) __print_symbolic(family,		\
	{ 2,					"inet" },	\
	{ 10,					"inet6" })

/*
 * The errnos that a bind path returns, positive, because libtraceevent finds no
 * name for a negative number; a viewer knows the rest by number.
 */
#define show_result(result) __print_symbolic(result,		\
	{ 0,					"ok" },		\
	{ 1,					"EPERM" },	\
	{ 12,					"ENOMEM" },	\
	{ 13,					"EACCES" },	\
	{ 22,					"EINVAL" },	\
	{ 97,					"EAFNOSUPPORT" }, \
	{ 98,					"EADDRINUSE" },	\
	{ 99,					"EADDRNOTAVAIL" }, \
	{ 105,					"ENOBUFS" })

#define show_why(why) __print_symbolic(why,			\
	{ BIND_WHY_UNKNOWN,			"-" },		\
	{ BIND_WHY_PORT_FREE,			"port-free" },	\
	{ BIND_WHY_NO_OVERLAP,			"no-overlap" },	\
	{ BIND_WHY_REUSEADDR,			"reuseaddr" },	\
	{ BIND_WHY_REUSEPORT,			"reuseport" },	\
	{ BIND_WHY_REUSEADDR_REUSEPORT,		"reuseaddr+reuseport" }, \
	{ BIND_WHY_CACHE,			"cache" },	\
	{ BIND_WHY_FORCED,			"forced" })

#define show_rule(rule) __print_symbolic(rule,			\
	{ BIND_RULE_NONE,			"-" },		\
	{ BIND_RULE_REUSEPORT_OTHER_USER,	"reuseport-other-user" }, \
	{ BIND_RULE_LISTENER,			"listener-holds-port" }, \
	{ BIND_RULE_TIME_WAIT,			"time-wait-holds-port" }, \
	{ BIND_RULE_CONNECTION,			"connection-holds-port" }, \
	{ BIND_RULE_BOUND,			"bound-socket-holds-port" }, \
	{ BIND_RULE_UDP,			"udp-socket-holds-port" }, \
	{ BIND_RULE_NO_FREE_PORT,		"no-free-port" })

#define show_overlap(overlap) __print_symbolic(overlap,		\
	{ BIND_OVERLAP_NONE,			"-" },		\
	{ BIND_OVERLAP_SAME_ADDRESS,		"same-address" }, \
	{ BIND_OVERLAP_HOLDER_WILDCARD,		"holder-wildcard" }, \
	{ BIND_OVERLAP_REQUESTER_WILDCARD,	"requester-wildcard" }, \
	{ BIND_OVERLAP_BOTH_WILDCARD,		"both-wildcard" })

#define show_reuseaddr_block(flags) __print_flags(flags, ",",	\
	{ BIND_REUSEADDR_REQUESTER_UNSET,	"requester-unset" }, \
	{ BIND_REUSEADDR_HOLDER_UNSET,		"holder-unset" }, \
	{ BIND_REUSEADDR_HOLDER_LISTENING,	"holder-listening" })

#define show_reuseport_block(flags) __print_flags(flags, ",",	\
	{ BIND_REUSEPORT_REQUESTER_UNSET,	"requester-unset" }, \
	{ BIND_REUSEPORT_HOLDER_UNSET,		"holder-unset" }, \
	{ BIND_REUSEPORT_OTHER_USER,		"other-user" },	\
	{ BIND_REUSEPORT_IN_GROUP,		"requester-in-group" })

/* Socket states as `ss` and net/tcp_states.h number them. */
#define show_state(state) __print_symbolic(state,		\
	{ 0,					"-" },		\
	{ 1,					"ESTABLISHED" },	\
	{ 2,					"SYN_SENT" },	\
	{ 3,					"SYN_RECV" },	\
	{ 4,					"FIN_WAIT1" },	\
	{ 5,					"FIN_WAIT2" },	\
	{ 6,					"TIME_WAIT" },	\
	{ 7,					"CLOSE" },	\
	{ 8,					"CLOSE_WAIT" },	\
	{ 9,					"LAST_ACK" },	\
	{ 10,					"LISTEN" },	\
	{ 11,					"CLOSING" },	\
	{ 12,					"NEW_SYN_RECV" })

#define show_tcp_flags(flags) __print_flags(flags, ",",	\
	{ 0x01,					"fin" },	\
	{ 0x02,					"syn" },	\
	{ 0x04,					"rst" },	\
	{ 0x08,					"psh" },	\
	{ 0x10,					"ack" },	\
	{ 0x20,					"urg" },	\
	{ 0x40,					"ece" },	\
	{ 0x80,					"cwr" })

#define show_via(via) __print_symbolic(via,			\
	{ STEER_VIA_NONE,			"none" },	\
	{ STEER_VIA_HASH,			"hash" },	\
	{ STEER_VIA_INCOMING_CPU,		"incoming-cpu" }, \
	{ STEER_VIA_BPF,			"bpf" },	\
	{ STEER_VIA_CBPF,			"cbpf" },	\
	{ STEER_VIA_BPF_FALLBACK,		"bpf-fallback" }, \
	{ STEER_VIA_BPF_DROP,			"bpf-drop" })

#define show_tw_reason(reason) __print_symbolic(reason,		\
	{ TW_REASON_OTHER,			"other" },	\
	{ TW_REASON_EXPIRED,			"expired" },	\
	{ TW_REASON_SYN_REUSE,			"syn-reuse" },	\
	{ TW_REASON_CONNECT_REUSE,		"connect-reuse" }, \
	{ TW_REASON_RESET,			"reset" },	\
	{ TW_REASON_PURGED,			"purged" },	\
	{ TW_REASON_DESTROYED,			"destroyed" })

#define show_group_action(action) __print_symbolic(action,	\
	{ GROUP_CREATE,				"create" },	\
	{ GROUP_JOIN,				"join" },	\
	{ GROUP_LEAVE,				"leave" },	\
	{ GROUP_CLOSE,				"close" },	\
	{ GROUP_RESURRECT,			"resurrect" },	\
	{ GROUP_PROG_ATTACH,			"prog-attach" }, \
	{ GROUP_PROG_DETACH,			"prog-detach" })

#define show_stage(syn_recv) __print_symbolic(syn_recv,		\
	{ 0,					"established" },	\
	{ 1,					"syn-recv" })

#define show_migration(failed) __print_symbolic(failed,		\
	{ 0,					"migrated" },	\
	{ 1,					"failed" })

/*
 * A socket asked for a port, by bind(), listen() or an autobind, and this came
 * of it. Emitted when inet_csk_get_port() returns, in the caller's context.
 */
TRACE_EVENT(bind,
	TP_PROTO(const struct bind_args *a),

	TP_ARGS(a),

	TP_STRUCT__entry(
		__field(__u64, cookie)
		__field(__u64, inode)
		__field(__u32, netns)
		__field(__u32, uid)
		__field(__s32, ifindex)
		__field(__u32, result)
		__field(__s32, owners)
		__field(__s32, over_time_wait)
		__field(__s32, passed_over)
		__field(__u32, tgid)
		__field(__u16, family)
		__field(__u16, port)
		__field(__u16, bound_port)
		__field(__u8, op)
		__field(__u8, proto)
		__field(__u8, why)
		__field(__u8, reuseaddr)
		__field(__u8, reuseport)
		__field(__u8, v6only)
		__field(__u8, truncated)
		__array(__u8, addr, RT_SOCKADDR_LEN)
		__array(char, comm, TASK_COMM_LEN)
	),

	TP_fast_assign(
		__entry->cookie = a->sock.cookie;
		__entry->inode = a->sock.inode;
		__entry->netns = a->sock.netns;
		__entry->uid = a->sock.uid;
		__entry->ifindex = a->sock.ifindex;
		__entry->result = -a->result;
		__entry->owners = a->owners;
		__entry->over_time_wait = a->over_time_wait;
		__entry->passed_over = a->passed_over;
		__entry->tgid = current->tgid;
		__entry->family = a->sock.family;
		__entry->port = a->port;
		__entry->bound_port = a->bound_port;
		__entry->op = a->op;
		__entry->proto = a->sock.proto;
		__entry->why = a->why;
		__entry->reuseaddr = a->sock.reuseaddr;
		__entry->reuseport = a->sock.reuseport;
		__entry->v6only = a->sock.v6only;
		__entry->truncated = a->truncated;
		event_args_sockaddr(__entry->addr, a->sock.family,
				    &a->sock.addr, a->port);
		memcpy(__entry->comm, current->comm, TASK_COMM_LEN);
	),

	TP_printk("%s[%u] %s %s %pISpc result=%s bound_port=%u why=%s owners=%d over_time_wait=%d passed_over=%d truncated=%u reuseaddr=%u reuseport=%u v6only=%u ifindex=%d uid=%u family=%s netns=%u cookie=%llu inode=%llu",
		__entry->comm, __entry->tgid, show_op(__entry->op),
		show_proto(__entry->proto), __entry->addr,
		show_result(__entry->result), __entry->bound_port,
		show_why(__entry->why), __entry->owners,
		__entry->over_time_wait, __entry->passed_over,
		__entry->truncated,
		__entry->reuseaddr, __entry->reuseport, __entry->v6only,
		__entry->ifindex, __entry->uid, show_family(__entry->family),
		__entry->netns, __entry->cookie, __entry->inode)
);

/*
 * The socket in the way of a bind that is about to fail with EADDRINUSE, seen
 * while the kernel still holds the lock of the port's bucket. Its bind event
 * follows, from the same thread.
 */
TRACE_EVENT(bind_conflict,
	TP_PROTO(const struct bind_conflict_args *a),

	TP_ARGS(a),

	TP_STRUCT__entry(
		__field(__u64, cookie)
		__field(__u64, inode)
		__field(__u64, holder_cookie)
		__field(__u64, holder_inode)
		__field(__u32, netns)
		__field(__u32, uid)
		__field(__u32, holder_uid)
		__field(__s32, ifindex)
		__field(__s32, holder_ifindex)
		__field(__u32, tgid)
		__field(__u16, family)
		__field(__u16, port)
		__field(__u16, holder_family)
		__field(__u8, op)
		__field(__u8, proto)
		__field(__u8, reuseaddr)
		__field(__u8, reuseport)
		__field(__u8, v6only)
		__field(__u8, rule)
		__field(__u8, overlap)
		__field(__u8, reuseaddr_blocked_by)
		__field(__u8, reuseport_blocked_by)
		__field(__u8, holder_state)
		__field(__u8, holder_reuseaddr)
		__field(__u8, holder_reuseport)
		__field(__u8, holder_v6only)
		__field(__u8, holder_orphan)
		__field(__u8, inferred)
		__field(__u8, truncated)
		__array(__u8, addr, RT_SOCKADDR_LEN)
		__array(__u8, holder_addr, RT_SOCKADDR_LEN)
		__array(__u8, holder_peer, RT_SOCKADDR_LEN)
		__array(char, comm, TASK_COMM_LEN)
	),

	TP_fast_assign(
		__entry->cookie = a->bind->sock.cookie;
		__entry->inode = a->bind->sock.inode;
		__entry->holder_cookie = a->holder.cookie;
		__entry->holder_inode = a->holder.inode;
		__entry->netns = a->bind->sock.netns;
		__entry->uid = a->bind->sock.uid;
		__entry->holder_uid = a->holder.uid;
		__entry->ifindex = a->bind->sock.ifindex;
		__entry->holder_ifindex = a->holder.ifindex;
		__entry->tgid = current->tgid;
		__entry->family = a->bind->sock.family;
		__entry->port = a->bind->port;
		__entry->holder_family = a->holder.family;
		__entry->op = a->bind->op;
		__entry->proto = a->bind->sock.proto;
		__entry->reuseaddr = a->bind->sock.reuseaddr;
		__entry->reuseport = a->bind->sock.reuseport;
		__entry->v6only = a->bind->sock.v6only;
		__entry->rule = a->verdict.rule;
		__entry->overlap = a->verdict.overlap;
		__entry->reuseaddr_blocked_by = a->verdict.reuseaddr_blocked;
		__entry->reuseport_blocked_by = a->verdict.reuseport_blocked;
		__entry->holder_state = a->holder.state;
		__entry->holder_reuseaddr = a->holder.reuseaddr;
		__entry->holder_reuseport = a->holder.reuseport;
		__entry->holder_v6only = a->holder.v6only;
		__entry->holder_orphan = a->holder.orphan;
		__entry->inferred = a->inferred;
		__entry->truncated = a->truncated;
		event_args_sockaddr(__entry->addr, a->bind->sock.family,
				    &a->bind->sock.addr, a->bind->port);
		event_args_sockaddr(__entry->holder_addr, a->holder.family,
				    &a->holder.addr, a->holder.port);
		event_args_sockaddr(__entry->holder_peer, a->holder.family,
				    &a->holder.peer, a->holder.peer_port);
		memcpy(__entry->comm, current->comm, TASK_COMM_LEN);
	),

	TP_printk("%s[%u] %s %s %pISpc rule=%s overlap=%s holder=%pISpc holder_peer=%pISpc holder_state=%s holder_orphan=%u holder_reuseaddr=%u holder_reuseport=%u holder_v6only=%u holder_ifindex=%d holder_uid=%u holder_cookie=%llu holder_inode=%llu holder_family=%s reuseaddr_blocked_by=%s reuseport_blocked_by=%s inferred=%u truncated=%u reuseaddr=%u reuseport=%u v6only=%u ifindex=%d uid=%u family=%s netns=%u cookie=%llu inode=%llu",
		__entry->comm, __entry->tgid, show_op(__entry->op),
		show_proto(__entry->proto), __entry->addr,
		show_rule(__entry->rule), show_overlap(__entry->overlap),
		__entry->holder_addr, __entry->holder_peer,
		show_state(__entry->holder_state), __entry->holder_orphan,
		__entry->holder_reuseaddr, __entry->holder_reuseport,
		__entry->holder_v6only, __entry->holder_ifindex,
		__entry->holder_uid, __entry->holder_cookie,
		__entry->holder_inode, show_family(__entry->holder_family),
		show_reuseaddr_block(__entry->reuseaddr_blocked_by),
		show_reuseport_block(__entry->reuseport_blocked_by),
		__entry->inferred, __entry->truncated,
		__entry->reuseaddr, __entry->reuseport, __entry->v6only,
		__entry->ifindex, __entry->uid, show_family(__entry->family),
		__entry->netns, __entry->cookie, __entry->inode)
);

/*
 * A packet came for a SO_REUSEPORT group and this member was picked. Emitted
 * when reuseport_select_sock() returns, mostly in softirq: the current task has
 * nothing to do with it.
 */
TRACE_EVENT(steer,
	TP_PROTO(const struct steer_args *a),

	TP_ARGS(a),

	TP_STRUCT__entry(
		__field(__u64, cookie)
		__field(__u64, inode)
		__field(__u32, netns)
		__field(__u32, hash)
		__field(__s32, group)
		__field(__s32, index)
		__field(__u16, size)
		__field(__u16, family)
		__field(__u16, sport)
		__field(__u16, dport)
		__field(__u8, proto)
		__field(__u8, tcp_flags)
		__field(__u8, via)
		__field(__u8, inferred)
		__field(__u8, not_final)
		__field(__u8, redirected)
		__array(__u8, src, RT_SOCKADDR_LEN)
		__array(__u8, dst, RT_SOCKADDR_LEN)
	),

	TP_fast_assign(
		__entry->cookie = a->cookie;
		__entry->inode = a->inode;
		__entry->netns = a->netns;
		__entry->hash = a->hash;
		__entry->group = a->group;
		__entry->index = a->index;
		__entry->size = a->size;
		__entry->family = a->family;
		__entry->sport = a->sport;
		__entry->dport = a->dport;
		__entry->proto = a->proto;
		__entry->tcp_flags = a->tcp_flags;
		__entry->via = a->via;
		__entry->inferred = a->inferred;
		__entry->not_final = a->not_final;
		__entry->redirected = a->redirected;
		event_args_sockaddr(__entry->src, a->family, &a->src, a->sport);
		event_args_sockaddr(__entry->dst, a->family, &a->dst, a->dport);
	),

	TP_printk("%s %pISpc -> %pISpc tcp_flags=%s hash=0x%08x group=%d size=%u index=%d via=%s inferred=%u not_final=%u redirected=%u family=%s netns=%u cookie=%llu inode=%llu",
		show_proto(__entry->proto), __entry->src, __entry->dst,
		show_tcp_flags(__entry->tcp_flags), __entry->hash,
		__entry->group, __entry->size, __entry->index,
		show_via(__entry->via), __entry->inferred, __entry->not_final,
		__entry->redirected, show_family(__entry->family),
		__entry->netns, __entry->cookie, __entry->inode)
);

/*
 * A connection's remains become a TIME_WAIT, as FIN_WAIT2 (the peer's FIN is
 * still to come) or as TIME_WAIT proper; or should have, but there were
 * tcp_max_tw_buckets of them already (overflow).
 */
TRACE_EVENT(tw_enter,
	TP_PROTO(const struct tw_args *a),

	TP_ARGS(a),

	TP_STRUCT__entry(
		__field(__u64, cookie)
		__field(__u64, inode)
		__field(__u32, netns)
		__field(__u32, timeout_ms)
		__field(__u32, closer_tgid)
		__field(__u16, family)
		__field(__u16, port)
		__field(__u16, peer_port)
		__field(__u8, substate)
		__field(__u8, reuseaddr)
		__field(__u8, reuseport)
		__field(__u8, overflow)
		__field(__u8, both_closed)
		__array(__u8, addr, RT_SOCKADDR_LEN)
		__array(__u8, peer, RT_SOCKADDR_LEN)
		__array(char, closer_comm, TASK_COMM_LEN)
	),

	TP_fast_assign(
		__entry->cookie = a->cookie;
		__entry->inode = a->inode;
		__entry->netns = a->netns;
		__entry->timeout_ms = a->timeout_ms;
		__entry->family = a->family;
		__entry->port = a->port;
		__entry->peer_port = a->peer_port;
		__entry->closer_tgid = a->closer.tgid;
		__entry->substate = a->to;
		__entry->reuseaddr = a->reuseaddr;
		__entry->reuseport = a->reuseport;
		__entry->overflow = a->overflow;
		__entry->both_closed = a->both_closed;
		memcpy(__entry->closer_comm, a->closer.comm, TASK_COMM_LEN);
		event_args_sockaddr(__entry->addr, a->family, &a->addr, a->port);
		event_args_sockaddr(__entry->peer, a->family, &a->peer,
				    a->peer_port);
	),

	TP_printk("tcp %pISpc peer=%pISpc closer=%s[%u] both_closed=%u substate=%s timeout_ms=%u overflow=%u reuseaddr=%u reuseport=%u family=%s netns=%u cookie=%llu inode=%llu",
		__entry->addr, __entry->peer, __entry->closer_comm,
		__entry->closer_tgid, __entry->both_closed,
		show_state(__entry->substate), __entry->timeout_ms,
		__entry->overflow, __entry->reuseaddr, __entry->reuseport,
		show_family(__entry->family), __entry->netns,
		__entry->cookie, __entry->inode)
);

/* A packet set a TIME_WAIT's timer again, or moved it on to TIME_WAIT proper. */
TRACE_EVENT(tw_state,
	TP_PROTO(const struct tw_args *a),

	TP_ARGS(a),

	TP_STRUCT__entry(
		__field(__u64, cookie)
		__field(__u32, netns)
		__field(__u32, timeout_ms)
		__field(__u16, family)
		__field(__u16, port)
		__field(__u16, peer_port)
		__field(__u8, from)
		__field(__u8, to)
		__array(__u8, addr, RT_SOCKADDR_LEN)
		__array(__u8, peer, RT_SOCKADDR_LEN)
	),

	TP_fast_assign(
		__entry->cookie = a->cookie;
		__entry->netns = a->netns;
		__entry->timeout_ms = a->timeout_ms;
		__entry->family = a->family;
		__entry->port = a->port;
		__entry->peer_port = a->peer_port;
		__entry->from = a->from;
		__entry->to = a->to;
		event_args_sockaddr(__entry->addr, a->family, &a->addr, a->port);
		event_args_sockaddr(__entry->peer, a->family, &a->peer,
				    a->peer_port);
	),

	TP_printk("tcp %pISpc peer=%pISpc from=%s to=%s timeout_ms=%u family=%s netns=%u cookie=%llu",
		__entry->addr, __entry->peer, show_state(__entry->from),
		show_state(__entry->to), __entry->timeout_ms,
		show_family(__entry->family), __entry->netns, __entry->cookie)
);

/* A TIME_WAIT ends: by its timer, or for a reason before. */
TRACE_EVENT(tw_exit,
	TP_PROTO(const struct tw_args *a),

	TP_ARGS(a),

	TP_STRUCT__entry(
		__field(__u64, cookie)
		__field(__u32, netns)
		__field(__u32, left_ms)
		__field(__u16, family)
		__field(__u16, port)
		__field(__u16, peer_port)
		__field(__u8, substate)
		__field(__u8, reason)
		__field(__u8, inferred)
		__field(__u8, tproxy)
		__field(__s8, tcp_tw_reuse)
		__array(__u8, addr, RT_SOCKADDR_LEN)
		__array(__u8, peer, RT_SOCKADDR_LEN)
	),

	TP_fast_assign(
		__entry->cookie = a->cookie;
		__entry->netns = a->netns;
		__entry->left_ms = a->timeout_ms;
		__entry->family = a->family;
		__entry->port = a->port;
		__entry->peer_port = a->peer_port;
		__entry->substate = a->from;
		__entry->reason = a->reason;
		__entry->inferred = a->inferred;
		__entry->tproxy = a->tproxy;
		__entry->tcp_tw_reuse = a->tcp_tw_reuse;
		event_args_sockaddr(__entry->addr, a->family, &a->addr, a->port);
		event_args_sockaddr(__entry->peer, a->family, &a->peer,
				    a->peer_port);
	),

	TP_printk("tcp %pISpc peer=%pISpc reason=%s tproxy=%u tcp_tw_reuse=%d substate=%s left_ms=%u inferred=%u family=%s netns=%u cookie=%llu",
		__entry->addr, __entry->peer, show_tw_reason(__entry->reason),
		__entry->tproxy, __entry->tcp_tw_reuse,
		show_state(__entry->substate), __entry->left_ms,
		__entry->inferred, show_family(__entry->family),
		__entry->netns, __entry->cookie)
);

/* A SO_REUSEPORT group changed: a member joined, left, closed, came back. */
TRACE_EVENT(group,
	TP_PROTO(const struct group_args *a),

	TP_ARGS(a),

	TP_STRUCT__entry(
		__field(__u64, cookie)
		__field(__u64, inode)
		__field(__u32, netns)
		__field(__s32, group)
		__field(__u32, tgid)
		__field(__u16, size)
		__field(__u16, closed)
		__field(__u16, family)
		__field(__u16, port)
		__field(__u8, action)
		__field(__u8, proto)
		__array(__u8, addr, RT_SOCKADDR_LEN)
		__array(char, comm, TASK_COMM_LEN)
	),

	TP_fast_assign(
		__entry->cookie = a->sock.cookie;
		__entry->inode = a->sock.inode;
		__entry->netns = a->sock.netns;
		__entry->group = a->group;
		__entry->tgid = current->tgid;
		__entry->size = a->size;
		__entry->closed = a->closed;
		__entry->family = a->sock.family;
		__entry->port = a->sock.port;
		__entry->action = a->action;
		__entry->proto = a->sock.proto;
		event_args_sockaddr(__entry->addr, a->sock.family,
				    &a->sock.addr, a->sock.port);
		memcpy(__entry->comm, current->comm, TASK_COMM_LEN);
	),

	TP_printk("%s[%u] %s %s %pISpc group=%d size=%u closed=%u family=%s netns=%u cookie=%llu inode=%llu",
		__entry->comm, __entry->tgid,
		show_group_action(__entry->action), show_proto(__entry->proto),
		__entry->addr, __entry->group, __entry->size, __entry->closed,
		show_family(__entry->family), __entry->netns, __entry->cookie,
		__entry->inode)
);

/* A listener closed: what became of the connections nobody had accepted. */
TRACE_EVENT(listener_close,
	TP_PROTO(const struct listener_args *a),

	TP_ARGS(a),

	TP_STRUCT__entry(
		__field(__u64, cookie)
		__field(__u32, netns)
		__field(__s32, group)
		__field(__u32, unaccepted)
		__field(__u32, reset)
		__field(__u32, migrated)
		__field(__u32, tgid)
		__field(__u16, family)
		__field(__u16, port)
		__field(__u8, inferred)
		__array(__u8, addr, RT_SOCKADDR_LEN)
		__array(char, comm, TASK_COMM_LEN)
	),

	TP_fast_assign(
		__entry->cookie = a->sock.cookie;
		__entry->netns = a->sock.netns;
		__entry->group = a->group;
		__entry->unaccepted = a->unaccepted;
		__entry->reset = a->reset;
		__entry->migrated = a->migrated;
		__entry->tgid = current->tgid;
		__entry->family = a->sock.family;
		__entry->port = a->sock.port;
		__entry->inferred = a->inferred;
		event_args_sockaddr(__entry->addr, a->sock.family,
				    &a->sock.addr, a->sock.port);
		memcpy(__entry->comm, current->comm, TASK_COMM_LEN);
	),

	TP_printk("%s[%u] tcp %pISpc unaccepted=%u reset=%u migrated=%u group=%d inferred=%u family=%s netns=%u cookie=%llu",
		__entry->comm, __entry->tgid, __entry->addr,
		__entry->unaccepted, __entry->reset, __entry->migrated,
		__entry->group, __entry->inferred,
		show_family(__entry->family), __entry->netns, __entry->cookie)
);

/* A connection whose listener has closed moved to another one, or died. */
TRACE_EVENT(migrate,
	TP_PROTO(const struct migrate_args *a),

	TP_ARGS(a),

	TP_STRUCT__entry(
		__field(__u64, from)
		__field(__u64, to)
		__field(__u32, netns)
		__field(__s32, group)
		__field(__u16, port)
		__field(__u8, stage)
		__field(__u8, result)
	),

	TP_fast_assign(
		__entry->from = a->from;
		__entry->to = a->to;
		__entry->netns = a->netns;
		__entry->group = a->group;
		__entry->port = a->port;
		__entry->stage = a->syn_recv;
		__entry->result = a->failed;
	),

	TP_printk("tcp port=%u stage=%s result=%s from=%llu to=%llu group=%d netns=%u",
		__entry->port, show_stage(__entry->stage),
		show_migration(__entry->result), __entry->from, __entry->to,
		__entry->group, __entry->netns)
);

/* The next event goes here: Documentation/adding-an-event.md. */

#endif

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE reusetrace_events
#include <trace/define_trace.h>
