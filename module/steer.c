// SPDX-License-Identifier: GPL-2.0-only
/* Which member of a SO_REUSEPORT group a packet goes to. */
#include <linux/kprobes.h>
#include <linux/percpu.h>
#include <linux/skbuff.h>
#include <net/sock.h>
#include <net/tcp.h>

#include "compat.h"
#include "count.h"
#include "ports.h"
#include "probes.h"
#include "reusetrace_events.h"
#include "sockread.h"

/* Arguments of the call, kept until it returns. */
struct steer_call {
	const struct sock *sk;
	const struct sk_buff *skb;
	struct group_before before;
	u32 hash;
};

/*
 * What an eBPF program of kind SK_REUSEPORT has just answered on this CPU,
 * inside the call that is going on. Only compared.
 */
struct program_answer {
	const struct sock *sk;	/* NULL: none ran, or of another kind */
	bool none;		/* it picked nobody: the hash decides */
};

static DEFINE_PER_CPU(struct program_answer, answer);

static bool is_traced(const struct sock *sk)
{
	if (sk->sk_protocol != IPPROTO_TCP && sk->sk_protocol != IPPROTO_UDP)
		return false;
	return ports_want(sk->sk_num);
}
NOKPROBE_SYMBOL(is_traced);

/* Without a packet it is a question, not a delivery. */
static bool select_wanted(struct pt_regs *regs)
{
	return (trace_steer_enabled() || count_enabled()) &&
	       regs_get_kernel_argument(regs, 2) &&
	       is_traced((const struct sock *)
			 regs_get_kernel_argument(regs, 0));
}
NOKPROBE_SYMBOL(select_wanted);

static int select_entry(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	struct steer_call *call = (struct steer_call *)ri->data;

	call->sk = (const struct sock *)regs_get_kernel_argument(regs, 0);
	call->hash = (u32)regs_get_kernel_argument(regs, 1);
	call->skb = (const struct sk_buff *)regs_get_kernel_argument(regs, 2);
	probe_hit_return(ri);
	sockread_group_before(call->sk, &call->before);
	this_cpu_write(answer.sk, NULL);
	return 0;
}
NOKPROBE_SYMBOL(select_entry);

/* The program's own word goes before what its pick looks like. */
static void correct_via(const struct sock *sk, struct steer_args *args)
{
	if (this_cpu_read(answer.sk) != sk || args->via == STEER_VIA_BPF_DROP)
		return;
	args->via = this_cpu_read(answer.none) ? STEER_VIA_BPF_FALLBACK :
						 STEER_VIA_BPF;
	args->inferred = false;
}
NOKPROBE_SYMBOL(correct_via);

static void tell(const struct steer_call *call, struct sock *picked,
		 struct steer_args *args)
{
	bool exact;

	exact = sockread_pick(call->sk, &call->before, picked, args);
	correct_via(call->sk, args);
	args->inferred |= !exact;
	trace_steer(args);
}
NOKPROBE_SYMBOL(tell);

/* A packet of TCP without SYN belongs to a connection picked for before. */
static bool opens(const struct steer_args *args)
{
	return !args->tcp_flags || (args->tcp_flags & TCPHDR_SYN);
}
NOKPROBE_SYMBOL(opens);

static int select_return(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	const struct steer_call *call = (const struct steer_call *)ri->data;
	struct sock *picked = (struct sock *)regs_return_value(regs);
	struct steer_args args = {
		.hash = call->hash,
		.netns = sockread_netns(call->sk),
		.proto = call->sk->sk_protocol,
	};
	/* Once: switched on meanwhile, it would be told without its packet. */
	bool told = trace_steer_enabled();

	if ((told || args.proto == IPPROTO_TCP) &&
	    sockread_tuple(call->skb, &args))
		args.redirected = args.dport != call->sk->sk_num;
	if (count_enabled())
		count_pick(call->sk, picked, opens(&args));
	if (told)
		tell(call, picked, &args);
	return 0;
}
NOKPROBE_SYMBOL(select_return);

static bool program_wanted(struct pt_regs *regs)
{
	return trace_steer_enabled() &&
	       is_traced((const struct sock *)
			 regs_get_kernel_argument(regs, 1));
}
NOKPROBE_SYMBOL(program_wanted);

static int program_entry(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	const struct sock **sk = (const struct sock **)ri->data;

	*sk = (const struct sock *)regs_get_kernel_argument(regs, 1);
	probe_hit_return(ri);
	return 0;
}
NOKPROBE_SYMBOL(program_entry);

static int program_return(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	this_cpu_write(answer.sk, *(const struct sock **)ri->data);
	this_cpu_write(answer.none, !regs_return_value(regs));
	return 0;
}
NOKPROBE_SYMBOL(program_return);

PROBE_EXPECTS(reuseport_select_sock, "sock*(sock*, unsigned int, sk_buff*, int)");

PROBE_EXPECTS(bpf_run_sk_reuseport, COMPAT_RUN_REUSEPORT_PROTOTYPE);

static struct probe rows[] = {
	{
		.symbols = { "bpf_run_sk_reuseport" },
		.loses = "whether an eBPF program or the hash picked a member",
		.wants = program_wanted,
		.on_entry = program_entry,
		.on_return = program_return,
		.data_size = sizeof(struct sock *),
	},
	{
		.symbols = { "reuseport_select_sock" },
		.loses = "which SO_REUSEPORT member was picked",
		.wants = select_wanted,
		.on_entry = select_entry,
		.on_return = select_return,
		.data_size = sizeof(struct steer_call),
	},
};

const struct probe_table steer_probes = { rows, ARRAY_SIZE(rows) };
