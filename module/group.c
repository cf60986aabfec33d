// SPDX-License-Identifier: GPL-2.0-only
/* The members of SO_REUSEPORT groups: who joins, leaves, comes back. */
#include <linux/bpf.h>
#include <linux/filter.h>
#include <linux/kprobes.h>
#include <net/sock.h>
#include <net/sock_reuseport.h>

#include "compat.h"
#include "ports.h"
#include "probes.h"
#include "reusetrace_events.h"
#include "sockread.h"

/* A call that may change a socket's group. */
struct group_call {
	const struct sock *sk;
	bool had_group;
	s32 group;		/* the one it had, */
	u16 size;
	u16 closed;		/* and its closed listeners, it among them */
};

static bool is_traced(const struct sock *sk)
{
	if (sk->sk_protocol != IPPROTO_TCP && sk->sk_protocol != IPPROTO_UDP)
		return false;
	return ports_want(sk->sk_num);
}
NOKPROBE_SYMBOL(is_traced);

/* @more and @more_closed: what is about to change in the group's numbers. */
static void tell(const struct sock *sk, enum group_action action, int more,
		 int more_closed)
{
	struct group_args args = { .action = action };

	sockread_desc(sk, &args.sock);
	if (!sockread_group(sk, &args.group, &args.size, &args.closed))
		return;
	args.size += more;
	args.closed += more_closed;
	trace_group(&args);
}
NOKPROBE_SYMBOL(tell);

static int group_entry(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	struct group_call *call = (struct group_call *)ri->data;

	call->sk = (const struct sock *)regs_get_kernel_argument(regs, 0);
	if (!is_traced(call->sk))
		return 1;
	probe_hit_return(ri);
	call->closed = 0;
	call->had_group = sockread_group(call->sk, &call->group, &call->size,
					 &call->closed);
	return 0;
}
NOKPROBE_SYMBOL(group_entry);

/* It also succeeds when there is a group: then nothing has happened. */
static int alloc_return(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	const struct group_call *call = (const void *)ri->data;

	if (!(int)regs_return_value(regs) && !call->had_group)
		tell(call->sk, GROUP_CREATE, 0, 0);
	return 0;
}
NOKPROBE_SYMBOL(alloc_return);

/*
 * A socket that had a group to itself, by an early program or since it was shut
 * down, is in another one now. The kernel drops the first without a further call.
 */
static void tell_left_behind(const struct group_call *call)
{
	struct group_args args = {
		.action = GROUP_LEAVE,
		.group = call->group,
		.size = call->closed ? call->size : 0,
		.closed = call->closed ? call->closed - 1 : 0,
	};
	u16 size, closed;
	s32 group;

	if (!call->had_group ||
	    !sockread_group(call->sk, &group, &size, &closed) ||
	    group == call->group)
		return;
	sockread_desc(call->sk, &args.sock);
	trace_group(&args);
}
NOKPROBE_SYMBOL(tell_left_behind);

static int add_return(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	const struct group_call *call = (const void *)ri->data;

	/* A listener that comes back is told by reuseport_resurrect(). */
	if ((int)regs_return_value(regs) || call->closed)
		return 0;
	tell_left_behind(call);
	tell(call->sk, GROUP_JOIN, 0, 0);
	return 0;
}
NOKPROBE_SYMBOL(add_return);

static int resurrect_return(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	const struct group_call *call = (const void *)ri->data;

	if ((int)regs_return_value(regs))
		return 0;
	tell_left_behind(call);
	tell(call->sk, GROUP_RESURRECT, 0, 0);
	return 0;
}
NOKPROBE_SYMBOL(resurrect_return);

static int attach_return(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	const struct group_call *call = (const void *)ri->data;

	if (!(int)regs_return_value(regs))
		tell(call->sk, GROUP_PROG_ATTACH, 0, 0);
	return 0;
}
NOKPROBE_SYMBOL(attach_return);

static int detach_prog_return(struct kretprobe_instance *ri,
			      struct pt_regs *regs)
{
	const struct group_call *call = (const void *)ri->data;

	if (!(int)regs_return_value(regs))
		tell(call->sk, GROUP_PROG_DETACH, 0, 0);
	return 0;
}
NOKPROBE_SYMBOL(detach_prog_return);

/*
 * Called with reuseport_lock held for every member that is about to go, so
 * what is read here is exact. A listener that closes while its group may take
 * over its connections stays in the group, among the closed.
 */
static int leave_entry(struct kprobe *kp, struct pt_regs *regs)
{
	const struct sock *sk = (const struct sock *)
		regs_get_kernel_argument(regs, 0);

	if (!is_traced(sk))
		return 0;
	probe_hit(kp);
	if (!sockread_is_member(sk))
		tell(sk, GROUP_LEAVE, 0, -1);
	else if (sk->sk_protocol == IPPROTO_TCP && compat_keeps_closed(sk))
		tell(sk, GROUP_CLOSE, -1, 1);
	else
		tell(sk, GROUP_LEAVE, -1, 0);
	return 0;
}
NOKPROBE_SYMBOL(leave_entry);

PROBE_EXPECTS(reuseport_alloc, "int(sock*, bool)");
PROBE_EXPECTS(reuseport_add_sock, "int(sock*, sock*, bool)");
PROBE_EXPECTS(bpf_sk_reuseport_detach, "void(sock*)");
PROBE_EXPECTS(reuseport_attach_prog, "int(sock*, bpf_prog*)");
PROBE_EXPECTS(reuseport_detach_prog, "int(sock*)");
#if COMPAT_CLOSED_SOCKS
PROBE_EXPECTS(reuseport_resurrect, "int(sock*, sock_reuseport*, sock_reuseport*, bool)");
#endif

static struct probe rows[] = {
	{
		.symbols = { "reuseport_alloc" },
		.loses = "the first member of a group",
		.on_entry = group_entry,
		.on_return = alloc_return,
		.data_size = sizeof(struct group_call),
	},
	{
		.symbols = { "reuseport_add_sock" },
		.loses = "members that join a group",
		.on_entry = group_entry,
		.on_return = add_return,
		.data_size = sizeof(struct group_call),
	},
	{
		.symbols = { "reuseport_resurrect" },
		.loses = "closed listeners that come back to their group",
		.absent = !COMPAT_CLOSED_SOCKS,
		.on_entry = group_entry,
		.on_return = resurrect_return,
		.data_size = sizeof(struct group_call),
	},
	{
		.symbols = { "bpf_sk_reuseport_detach" },
		.loses = "members that leave a group or close",
		.at_entry = leave_entry,
	},
	{
		.symbols = { "reuseport_attach_prog" },
		.loses = "programs attached to a group",
		.on_entry = group_entry,
		.on_return = attach_return,
		.data_size = sizeof(struct group_call),
	},
	{
		.symbols = { "reuseport_detach_prog" },
		.loses = "programs detached from a group",
		.on_entry = group_entry,
		.on_return = detach_prog_return,
		.data_size = sizeof(struct group_call),
	},
};

const struct probe_table group_probes = { rows, ARRAY_SIZE(rows) };
