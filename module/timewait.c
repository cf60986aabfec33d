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

static void note_pending(const struct inet_timewait_sock *tw,
			 enum tw_reason reason)
{
	this_cpu_write(pending.tw, tw);
	this_cpu_write(pending.cookie, sockread_cookie((const void *)tw));
	this_cpu_write(pending.reason, reason);
	this_cpu_write(pending.substate, READ_ONCE(tw->tw_substate));
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

static int hashdance_entry(struct kprobe *kp, struct pt_regs *regs)
{
	const struct inet_timewait_sock *tw = (const void *)
		regs_get_kernel_argument(regs, 0);
	struct tw_args args = {};

	if (!is_traced(tw))
		return 0;
	probe_hit(kp);
	sockread_timewait(tw, &args);
	args.to = args.from;
	args.timeout_ms = COMPAT_TW_TIMEOUT_ARGUMENT ?
		jiffies_to_msecs((int)regs_get_kernel_argument(regs,
						COMPAT_TW_TIMEOUT_ARGUMENT)) :
		ms_until(tw->tw_timer.expires);
	args.inode = sockread_inode((const struct sock *)
				    regs_get_kernel_argument(regs, 1));
	trace_tw_enter(&args);
	return 0;
}
NOKPROBE_SYMBOL(hashdance_entry);

/* Below the limit the kernel's answer is known: it costs no return probe. */
static int alloc_entry(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	const struct sock **sk = (const struct sock **)ri->data;
	const struct inet_timewait_death_row *dr = (const void *)
		regs_get_kernel_argument(regs, 1);

	*sk = (const struct sock *)regs_get_kernel_argument(regs, 0);
	if ((*sk)->sk_protocol != IPPROTO_TCP || !ports_want((*sk)->sk_num))
		return 1;
	if (compat_tw_count(dr) + 64 * nr_cpu_ids <
	    READ_ONCE(dr->sysctl_max_tw_buckets))
		return 1;
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
		.inode = desc.inode,
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

	if (!rearm || !is_traced(tw))
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

/* A packet for a TIME_WAIT; if this call ends it, the packet was a reset. */
static int process_entry(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	const struct inet_timewait_sock *tw = (const void *)
		regs_get_kernel_argument(regs, 0);

	if (!is_traced(tw))
		return 1;
	probe_hit_return(ri);
	note_pending(tw, TW_REASON_RESET);
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

static int unique_entry(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	const struct inet_timewait_sock **tw = (void *)ri->data;

	*tw = (const void *)regs_get_kernel_argument(regs, 1);
	if (!is_traced(*tw))
		return 1;
	probe_hit_return(ri);
	return 0;
}
NOKPROBE_SYMBOL(unique_entry);

/* May connect() take over the 4-tuple? It will do so under the same lock. */
static int unique_return(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	const struct inet_timewait_sock *tw =
		*(const struct inet_timewait_sock **)ri->data;

	if ((int)regs_return_value(regs))
		note_pending(tw, TW_REASON_CONNECT_REUSE);
	return 0;
}
NOKPROBE_SYMBOL(unique_return);

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

static enum tw_reason reason_of_end(const struct inet_timewait_sock *tw,
				    u64 cookie)
{
	/* The timer was deleted before its time, unless it was its time. */
	if (time_after_eq(jiffies, tw->tw_timer.expires))
		return TW_REASON_EXPIRED;
	if (is_pending(tw, cookie))
		return this_cpu_read(pending.reason);
	return reason_of_task();
}
NOKPROBE_SYMBOL(reason_of_end);

static int kill_entry(struct kprobe *kp, struct pt_regs *regs)
{
	const struct inet_timewait_sock *tw = (const void *)
		regs_get_kernel_argument(regs, 0);
	struct tw_args args = {};

	if (!is_traced(tw))
		return 0;
	probe_hit(kp);
	sockread_timewait(tw, &args);
	args.reason = reason_of_end(tw, args.cookie);
	args.inferred = args.reason == TW_REASON_OTHER;
	args.timeout_ms = ms_until(tw->tw_timer.expires);
	trace_tw_exit(&args);
	if (is_pending(tw, args.cookie))
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

/* The reasons first, so that no end is seen without its own. */
static struct probe rows[] = {
	{
		.symbols = { "tcp_timewait_state_process" },
		.loses = "which TIME_WAITs a reset or a new SYN ended, and from which substate a FIN moved them",
		.on_entry = process_entry,
		.on_return = process_return,
	},
	{
		.symbols = { "tcp_twsk_unique" },
		.loses = "which TIME_WAITs connect() took over",
		.on_entry = unique_entry,
		.on_return = unique_return,
		.data_size = sizeof(struct inet_timewait_sock *),
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
		.on_entry = alloc_entry,
		.on_return = alloc_return,
		.data_size = sizeof(struct sock *),
	},
	{
		.symbols = { __stringify(COMPAT_TW_HASHDANCE) },
		.loses = "the beginning of every TIME_WAIT",
		.at_entry = hashdance_entry,
	},
};

const struct probe_table timewait_probes = { rows, ARRAY_SIZE(rows) };
