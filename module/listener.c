// SPDX-License-Identifier: GPL-2.0-only
/* What becomes of a listener's connections when it closes. */
#include <linux/kprobes.h>
#include <linux/percpu.h>
#include <net/inet_sock.h>
#include <net/request_sock.h>
#include <net/sock.h>
#include <net/tcp_states.h>

#include "compat.h"
#include "ports.h"
#include "probes.h"
#include "reusetrace_events.h"
#include "sockread.h"
#include "task_slot.h"

struct stop_call {
	struct task_slot *slot;
	struct listener_args args;
};

static int stop_entry(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	struct stop_call *call = (struct stop_call *)ri->data;
	const struct sock *sk = (const struct sock *)
		regs_get_kernel_argument(regs, 0);
	u16 size, closed;

	if (sk->sk_protocol != IPPROTO_TCP)
		return 1;
	memset(&call->args, 0, sizeof(call->args));
	sockread_desc(sk, &call->args.sock);
	if (!ports_want(call->args.sock.port))
		return 1;
	probe_hit_return(ri);
	call->args.group = -1;
	sockread_group(sk, &call->args.group, &size, &closed);
	call->args.unaccepted = READ_ONCE(sk->sk_ack_backlog);
	call->slot = task_slot_begin(TASK_STOPS_A_LISTENER);
	return 0;
}
NOKPROBE_SYMBOL(stop_entry);

/* One un-accepted connection is thrown away: its client gets a reset. */
static int forget_entry(struct kprobe *kp, struct pt_regs *regs)
{
	struct task_slot *slot = task_slot_find(TASK_STOPS_A_LISTENER);

	if (!slot)
		return 0;
	probe_hit(kp);
	slot->count++;
	return 0;
}
NOKPROBE_SYMBOL(forget_entry);

static int stop_return(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	struct stop_call *call = (struct stop_call *)ri->data;
	struct listener_args *args = &call->args;

	args->inferred = !call->slot;
	args->reset = call->slot ? call->slot->count : args->unaccepted;
	if (args->reset > args->unaccepted)
		args->unaccepted = args->reset;
	args->migrated = args->unaccepted - args->reset;
	task_slot_end(call->slot);
	trace_listener_close(args);
	return 0;
}
NOKPROBE_SYMBOL(stop_return);

struct migrate_call {
	const struct sock *sk;
	const struct sock *migrating;
	bool syn_recv;
	bool from_packet;	/* not from a timer, and not a closing listener */
};

/*
 * The half-open request for which this CPU has just found another listener.
 * Told when its old self is dropped, next in the same softirq: not each packet
 * completes a handshake. Only compared.
 */
struct moving_request {
	const struct sock *req;
	u64 to;			/* cookie */
};

static DEFINE_PER_CPU(struct moving_request, moving);

static int migrate_entry(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	struct migrate_call *call = (struct migrate_call *)ri->data;

	call->sk = (const struct sock *)regs_get_kernel_argument(regs, 0);
	call->migrating = (const struct sock *)
		regs_get_kernel_argument(regs, 1);
	call->from_packet = regs_get_kernel_argument(regs, 2);
	this_cpu_write(moving.req, NULL);
	if (!ports_want(sockread_port(call->sk)))
		return 1;
	probe_hit_return(ri);
	call->syn_recv =
		READ_ONCE(call->migrating->sk_state) == TCP_NEW_SYN_RECV;
	return 0;
}
NOKPROBE_SYMBOL(migrate_entry);

static void tell_migration(const struct sock *from, u64 to, bool syn_recv)
{
	struct migrate_args args = {
		.from = sockread_cookie(from),
		.to = to,
		.netns = sockread_netns(from),
		.group = -1,
		.port = sockread_port(from),
		.syn_recv = syn_recv,
		.failed = !to,
	};
	u16 size, closed;

	sockread_group(from, &args.group, &size, &closed);
	trace_migrate(&args);
}
NOKPROBE_SYMBOL(tell_migration);

/*
 * A request for which no other listener is found is told when it is dropped,
 * right after; on the kernels without migration that is all there is to tell.
 */
static int migrate_return(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	const struct migrate_call *call = (const void *)ri->data;
	const struct sock *to = (const struct sock *)regs_return_value(regs);
	u16 size, closed;
	s32 group;

	if (to && call->syn_recv && call->from_packet) {
		this_cpu_write(moving.to, sockread_cookie(to));
		this_cpu_write(moving.req, call->migrating);
	} else if (to) {
		tell_migration(call->sk, sockread_cookie(to), call->syn_recv);
	} else if (!call->syn_recv &&
		   sockread_group(call->sk, &group, &size, &closed)) {
		tell_migration(call->sk, 0, false);
	}
	return 0;
}
NOKPROBE_SYMBOL(migrate_return);

/*
 * A half-open connection ends, and its listener is no listener any more: it has
 * become one of another listener's, or it dies.
 */
static int drop_entry(struct kprobe *kp, struct pt_regs *regs)
{
	const struct sock *sk = (const struct sock *)
		regs_get_kernel_argument(regs, 0);
	const struct sock *req = (const struct sock *)
		regs_get_kernel_argument(regs, 1);
	u64 to = 0;

	if (sk->sk_protocol != IPPROTO_TCP ||
	    READ_ONCE(sk->sk_state) == TCP_LISTEN ||
	    !ports_want(sockread_port(sk)))
		return 0;
	probe_hit(kp);
	if (this_cpu_read(moving.req) == req) {
		to = this_cpu_read(moving.to);
		this_cpu_write(moving.req, NULL);
	}
	tell_migration(sk, to, true);
	return 0;
}
NOKPROBE_SYMBOL(drop_entry);

PROBE_EXPECTS(inet_csk_listen_stop, "void(sock*)");
PROBE_EXPECTS(inet_child_forget, "void(sock*, request_sock*, sock*)");
PROBE_EXPECTS(__inet_csk_reqsk_queue_drop, "bool(sock*, request_sock*, bool)");
#if COMPAT_CLOSED_SOCKS
PROBE_EXPECTS(reuseport_migrate_sock, "sock*(sock*, sock*, sk_buff*)");
#endif

static struct probe rows[] = {
	{
		.symbols = { "inet_csk_listen_stop" },
		.loses = "listeners that close, and their un-accepted connections",
		.on_entry = stop_entry,
		.on_return = stop_return,
		.data_size = sizeof(struct stop_call),
	},
	{
		.symbols = { "inet_child_forget" },
		.loses = "how many un-accepted connections were reset",
		.at_entry = forget_entry,
	},
	{
		.symbols = { "reuseport_migrate_sock" },
		.loses = "connections that move to another listener",
		.absent = !COMPAT_CLOSED_SOCKS,
		.on_entry = migrate_entry,
		.on_return = migrate_return,
		.data_size = sizeof(struct migrate_call),
	},
	{
		.symbols = { "__inet_csk_reqsk_queue_drop" },
		.loses = "half-open connections that die after their listener",
		.at_entry = drop_entry,
	},
};

const struct probe_table listener_probes = { rows, ARRAY_SIZE(rows) };
