// SPDX-License-Identifier: GPL-2.0-only
/*
 * The life of a TIME_WAIT: how it begins, when its timer is set again, and what
 * ended it. Most handlers run in softirq, thousands of times a second on a busy
 * server: no walk, no lock.
 */
#include <linux/jiffies.h>
#include <linux/kprobes.h>
#include <linux/percpu.h>
#include <linux/tcp.h>
#include <net/inet_timewait_sock.h>
#include <net/sock.h>
#include <net/tcp.h>

#include "closer.h"
#include "compat.h"
#include "ports.h"
#include "probes.h"
#include "reusetrace_events.h"
#include "sockread.h"
#include "task_slot.h"

/*
 * What this CPU is about to do to a TIME_WAIT, noted between the probe that
 * knows the reason and inet_twsk_kill(), which all ends go through. Both run
 * with BH off, one after the other. The cookie tells a TIME_WAIT from the next
 * one in the same memory.
 */
struct pending_end {
	const struct inet_timewait_sock *tw;
	u64 cookie;
	enum tw_reason reason;
	u8 substate;		/* before the packet that is being looked at */
	s8 tcp_tw_reuse;	/* what connect() read; -1: it did not ask */
	bool early;		/* its timer was stopped, it did not run out */
	bool tproxy;
};

static DEFINE_PER_CPU(struct pending_end, pending);

/* DCCP's sockets come the same way. */
static bool is_tcp(const struct inet_timewait_sock *tw)
{
	return tw->tw_dr == &twsk_net(tw)->ipv4.tcp_death_row;
}
NOKPROBE_SYMBOL(is_tcp);

static bool is_traced(const struct inet_timewait_sock *tw)
{
	return is_tcp(tw) && ports_want(tw->tw_num);
}
NOKPROBE_SYMBOL(is_traced);

/* What is noted for tw_state and tw_exit is of use to nobody else. */
static bool notes_wanted(const struct inet_timewait_sock *tw)
{
	return (trace_tw_exit_enabled() || trace_tw_state_enabled()) &&
	       is_traced(tw);
}
NOKPROBE_SYMBOL(notes_wanted);

static void note_pending(const struct inet_timewait_sock *tw,
			 enum tw_reason reason)
{
	struct pending_end *p = this_cpu_ptr(&pending);

	*p = (struct pending_end) {
		.tw = tw,
		.cookie = sockread_cookie((const void *)tw),
		.reason = reason,
		.substate = READ_ONCE(tw->tw_substate),
		.tcp_tw_reuse = -1,
	};
}
NOKPROBE_SYMBOL(note_pending);

static bool is_pending(const struct inet_timewait_sock *tw, u64 cookie)
{
	return this_cpu_read(pending.tw) == tw &&
	       this_cpu_read(pending.cookie) == cookie;
}
NOKPROBE_SYMBOL(is_pending);

static u32 ms_until(unsigned long expires)
{
	long left = expires - jiffies;

	return left > 0 ? jiffies_to_msecs(left) : 0;
}
NOKPROBE_SYMBOL(ms_until);

/*
 * The end of close(), in the process that calls it, BH off, when the peer has
 * yet to answer. Timers of orphans come here as well, but own no socket.
 */
static int closing_entry(struct kprobe *kp, struct pt_regs *regs)
{
	const struct sock *sk = (const struct sock *)
		regs_get_kernel_argument(regs, 0);

	/* Who closes second is in LAST_ACK. */
	if (!((1 << sk->sk_state) &
	      (TCPF_FIN_WAIT1 | TCPF_FIN_WAIT2 | TCPF_CLOSING)) ||
	    !sock_owned_by_user_nocheck(sk) || !trace_tw_enter_enabled() ||
	    !ports_want(sk->sk_num))
		return 0;
	probe_hit(kp);
	closer_note(sk);
	return 0;
}
NOKPROBE_SYMBOL(closing_entry);

static void add_closing(const struct sock *sk, struct tw_args *args)
{
	args->inode = sockread_inode(sk);
	args->both_closed = sk->sk_state == TCP_CLOSING;
	closer_find(sk, args->cookie, &args->closer);
}
NOKPROBE_SYMBOL(add_closing);

static int hashdance_entry(struct kprobe *kp, struct pt_regs *regs)
{
	const struct inet_timewait_sock *tw = (const void *)
		regs_get_kernel_argument(regs, 0);
	struct tw_args args = {};

	if (!trace_tw_enter_enabled() || !is_traced(tw))
		return 0;
	probe_hit(kp);
	sockread_timewait(tw, &args);
	args.to = args.from;
	args.timeout_ms = COMPAT_TW_TIMEOUT_ARGUMENT ?
		jiffies_to_msecs((int)regs_get_kernel_argument(regs,
						COMPAT_TW_TIMEOUT_ARGUMENT)) :
		ms_until(tw->tw_timer.expires);
	add_closing((const struct sock *)regs_get_kernel_argument(regs, 1),
		    &args);
	trace_tw_enter(&args);
	return 0;
}
NOKPROBE_SYMBOL(hashdance_entry);

/* Below the limit the kernel's answer is known: it costs no return probe. */
static bool alloc_wanted(struct pt_regs *regs)
{
	const struct sock *sk = (const struct sock *)
		regs_get_kernel_argument(regs, 0);
	const struct inet_timewait_death_row *dr = (const void *)
		regs_get_kernel_argument(regs, 1);

	return compat_tw_count(dr) + 64 * nr_cpu_ids >=
		       READ_ONCE(dr->sysctl_max_tw_buckets) &&
	       trace_tw_enter_enabled() && sk->sk_protocol == IPPROTO_TCP &&
	       ports_want(sk->sk_num);
}
NOKPROBE_SYMBOL(alloc_wanted);

static int alloc_entry(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	const struct sock **sk = (const struct sock **)ri->data;

	*sk = (const struct sock *)regs_get_kernel_argument(regs, 0);
	probe_hit_return(ri);
	return 0;
}
NOKPROBE_SYMBOL(alloc_entry);

static int alloc_return(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	const struct sock *sk = *(const struct sock **)ri->data;
	struct sock_desc desc;
	struct tw_args args;

	if (regs_return_value(regs))
		return 0;
	sockread_desc(sk, &desc);
	args = (struct tw_args) {
		.cookie = desc.cookie,
		.addr = desc.addr,
		.peer = desc.peer,
		.netns = desc.netns,
		.family = desc.family,
		.port = desc.port,
		.peer_port = desc.peer_port,
		.reuseaddr = desc.reuseaddr,
		.reuseport = desc.reuseport,
		.overflow = true,
	};
	add_closing(sk, &args);
	trace_tw_enter(&args);
	return 0;
}
NOKPROBE_SYMBOL(alloc_return);

/* The timer is set; by a packet when it was set before. */
static int schedule_entry(struct kprobe *kp, struct pt_regs *regs)
{
	const struct inet_timewait_sock *tw = (const void *)
		regs_get_kernel_argument(regs, 0);
	bool rearm = (u8)regs_get_kernel_argument(regs, 2);
	struct tw_args args = {};

	if (!rearm || !trace_tw_state_enabled() || !is_traced(tw))
		return 0;
	probe_hit(kp);
	sockread_timewait(tw, &args);
	args.to = args.from;
	if (is_pending(tw, args.cookie))
		args.from = this_cpu_read(pending.substate);
	args.timeout_ms = jiffies_to_msecs((int)
					   regs_get_kernel_argument(regs, 1));
	trace_tw_state(&args);
	return 0;
}
NOKPROBE_SYMBOL(schedule_entry);

static bool process_wanted(struct pt_regs *regs)
{
	return notes_wanted((const void *)regs_get_kernel_argument(regs, 0));
}
NOKPROBE_SYMBOL(process_wanted);

/* A packet for a TIME_WAIT; if this call ends it, the packet was a reset. */
static int process_entry(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	probe_hit_return(ri);
	note_pending((const void *)regs_get_kernel_argument(regs, 0),
		     TW_REASON_RESET);
	return 0;
}
NOKPROBE_SYMBOL(process_entry);

/* Its verdict is carried out by the caller, still on this CPU. */
static int process_return(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	switch ((int)regs_return_value(regs)) {
	case TCP_TW_SYN:
		this_cpu_write(pending.reason, TW_REASON_SYN_REUSE);
		break;
	case TCP_TW_RST:
		this_cpu_write(pending.reason, TW_REASON_RESET);
		break;
	default:
		this_cpu_write(pending.tw, NULL);
	}
	return 0;
}
NOKPROBE_SYMBOL(process_return);

/* connect() asks whether it may take over this one's 4-tuple. */
struct unique_call {
	const struct inet_timewait_sock *tw;
	bool bound;	/* bind() has chosen the port: no sysctl is asked */
};

static bool unique_wanted(struct pt_regs *regs)
{
	return notes_wanted((const void *)regs_get_kernel_argument(regs, 1));
}
NOKPROBE_SYMBOL(unique_wanted);

static int unique_entry(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	struct unique_call *call = (struct unique_call *)ri->data;

	call->tw = (const void *)regs_get_kernel_argument(regs, 1);
	call->bound = !regs_get_kernel_argument(regs, 2);
	probe_hit_return(ri);
	return 0;
}
NOKPROBE_SYMBOL(unique_entry);

/* If it may, it does, with BH still off. */
static int unique_return(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	const struct unique_call *call = (const struct unique_call *)ri->data;
	const struct net *net;

	if (!(int)regs_return_value(regs))
		return 0;
	net = twsk_net(call->tw);
	note_pending(call->tw, TW_REASON_CONNECT_REUSE);
	if (!call->bound)
		this_cpu_write(pending.tcp_tw_reuse,
			       READ_ONCE(net->ipv4.sysctl_tcp_tw_reuse));
	return 0;
}
NOKPROBE_SYMBOL(unique_return);

/* The one who stops timers from a module is the transparent proxy. */
static bool called_by_module(struct pt_regs *regs)
{
	unsigned long caller = regs_get_kernel_stack_nth(regs, 0);

	return caller >= MODULES_VADDR && caller < MODULES_END;
}
NOKPROBE_SYMBOL(called_by_module);

/*
 * It ends before its time. Who looked at it last may have found that it could
 * be ended, and not have done it: a SYN, but nobody listens. So only a note
 * that is followed by this one is a reason.
 */
static int deschedule_entry(struct kprobe *kp, struct pt_regs *regs)
{
	const struct inet_timewait_sock *tw = (const void *)
		regs_get_kernel_argument(regs, 0);

	if (!trace_tw_exit_enabled() || !is_traced(tw))
		return 0;
	probe_hit(kp);
	if (called_by_module(regs) ||
	    !is_pending(tw, sockread_cookie((const void *)tw))) {
		note_pending(tw, TW_REASON_OTHER);
		this_cpu_write(pending.tproxy, called_by_module(regs));
	}
	this_cpu_write(pending.early, true);
	return 0;
}
NOKPROBE_SYMBOL(deschedule_entry);

static int purge_entry(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	probe_hit_return(ri);
	*(struct task_slot **)ri->data = task_slot_begin(TASK_PURGES_TIME_WAITS);
	return 0;
}
NOKPROBE_SYMBOL(purge_entry);

static int abort_entry(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	probe_hit_return(ri);
	*(struct task_slot **)ri->data = task_slot_begin(TASK_DESTROYS_A_SOCKET);
	return 0;
}
NOKPROBE_SYMBOL(abort_entry);

static int task_return(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	task_slot_end(*(struct task_slot **)ri->data);
	return 0;
}
NOKPROBE_SYMBOL(task_return);

static enum tw_reason reason_of_task(void)
{
	if (task_slot_find(TASK_PURGES_TIME_WAITS))
		return TW_REASON_PURGED;
	if (task_slot_find(TASK_DESTROYS_A_SOCKET))
		return TW_REASON_DESTROYED;
	return TW_REASON_OTHER;
}
NOKPROBE_SYMBOL(reason_of_task);

/*
 * Timers this long run up to an eighth late, so that the time may be over and
 * something else have ended it all the same.
 */
static enum tw_reason reason_of_end(const struct inet_timewait_sock *tw,
				    bool noted)
{
	enum tw_reason reason = reason_of_task();

	if (reason != TW_REASON_OTHER)
		return reason;
	if (noted && this_cpu_read(pending.early))
		return this_cpu_read(pending.reason);
	if (time_after_eq(jiffies, tw->tw_timer.expires))
		return TW_REASON_EXPIRED;
	return noted ? this_cpu_read(pending.reason) : TW_REASON_OTHER;
}
NOKPROBE_SYMBOL(reason_of_end);

static int kill_entry(struct kprobe *kp, struct pt_regs *regs)
{
	const struct inet_timewait_sock *tw = (const void *)
		regs_get_kernel_argument(regs, 0);
	struct tw_args args = { .tcp_tw_reuse = -1 };
	bool noted;

	if (!trace_tw_exit_enabled() || !is_traced(tw))
		return 0;
	probe_hit(kp);
	sockread_timewait(tw, &args);
	noted = is_pending(tw, args.cookie);
	args.reason = reason_of_end(tw, noted);
	if (args.reason == TW_REASON_CONNECT_REUSE)
		args.tcp_tw_reuse = this_cpu_read(pending.tcp_tw_reuse);
	if (args.reason == TW_REASON_OTHER)
		args.tproxy = noted && this_cpu_read(pending.tproxy);
	args.inferred = args.reason == TW_REASON_OTHER && !args.tproxy;
	args.timeout_ms = ms_until(tw->tw_timer.expires);
	trace_tw_exit(&args);
	if (noted)
		this_cpu_write(pending.tw, NULL);
	return 0;
}
NOKPROBE_SYMBOL(kill_entry);

#define TW "inet_timewait_sock*"

PROBE_EXPECTS(COMPAT_TW_HASHDANCE, COMPAT_TW_HASHDANCE_PROTOTYPE);
PROBE_EXPECTS(inet_twsk_alloc, TW "(sock*, inet_timewait_death_row*, int)");
PROBE_EXPECTS(__inet_twsk_schedule, "void(" TW ", int, bool)");
PROBE_EXPECTS(tcp_timewait_state_process, COMPAT_TW_PROCESS_PROTOTYPE);
PROBE_EXPECTS(tcp_twsk_unique, "int(sock*, sock*, void*)");
PROBE_EXPECTS(inet_twsk_kill, "void(" TW ")");
PROBE_EXPECTS(inet_twsk_deschedule_put, "void(" TW ")");
PROBE_EXPECTS(tcp_check_oom, "bool(sock*, int)");

/* The reasons first, so that no end is seen without its own. */
static struct probe rows[] = {
	{
		.symbols = { "tcp_timewait_state_process" },
		.loses = "which TIME_WAITs a reset or a new SYN ended, and from which substate a FIN moved them",
		.wants = process_wanted,
		.on_entry = process_entry,
		.on_return = process_return,
	},
	{
		.symbols = { "tcp_twsk_unique" },
		.loses = "which TIME_WAITs connect() took over",
		.wants = unique_wanted,
		.on_entry = unique_entry,
		.on_return = unique_return,
		.data_size = sizeof(struct unique_call),
	},
	{
		.symbols = { "inet_twsk_purge" },
		.loses = "which TIME_WAITs went with their network namespace",
		.on_entry = purge_entry,
		.on_return = task_return,
		.data_size = sizeof(struct task_slot *),
	},
	{
		.symbols = { "tcp_abort" },
		.loses = "which TIME_WAITs SOCK_DESTROY ended",
		.on_entry = abort_entry,
		.on_return = task_return,
		.data_size = sizeof(struct task_slot *),
	},
	{
		.symbols = { "inet_twsk_deschedule_put" },
		.loses = "which TIME_WAITs a transparent proxy ended, and whether others ended by what was noted last",
		.at_entry = deschedule_entry,
	},
	{
		.symbols = { "inet_twsk_kill" },
		.loses = "the end of every TIME_WAIT",
		.at_entry = kill_entry,
	},
	{
		.symbols = { "__inet_twsk_schedule" },
		.loses = "the FIN that turns FIN_WAIT2 into TIME_WAIT, and timers set again",
		.at_entry = schedule_entry,
	},
	{
		.symbols = { "inet_twsk_alloc" },
		.loses = "connections for which tcp_max_tw_buckets left no TIME_WAIT",
		.wants = alloc_wanted,
		.on_entry = alloc_entry,
		.on_return = alloc_return,
		.data_size = sizeof(struct sock *),
	},
	{
		.symbols = { "tcp_check_oom" },
		.loses = "which process closed a connection whose peer answered later",
		.at_entry = closing_entry,
	},
	{
		.symbols = { __stringify(COMPAT_TW_HASHDANCE) },
		.loses = "the beginning of every TIME_WAIT",
		.at_entry = hashdance_entry,
	},
};

const struct probe_table timewait_probes = { rows, ARRAY_SIZE(rows) };
