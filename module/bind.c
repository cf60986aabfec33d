// SPDX-License-Identifier: GPL-2.0-only
#include "bind.h"

#include <net/sock.h>
#include <net/tcp_states.h>

#include "compat.h"
#include "ports.h"
#include "probes.h"
#include "reusetrace_events.h"
#include "sockread.h"

/*
 * Walks run with the port's lock held and BH off, so they are short: a refused
 * bind has its culprit, like the kernel, at the first conflict, but looks a
 * little further for a listener, which tells more than its clients. A socket
 * that is examined costs more than one that is passed by at a glance.
 */
#define EXAMINING 8
#define LISTENER_SEARCH 64
#define CULPRIT_SEARCH (8192 * EXAMINING)

static const struct bind_kernel this_kernel = COMPAT_BIND_KERNEL;

static enum bind_op op_of(bool listening)
{
	return listening ? BIND_OP_LISTEN : BIND_OP_BIND;
}
NOKPROBE_SYMBOL(op_of);

bool bind_call_wanted(struct pt_regs *regs, u8 proto)
{
	const struct sock *sk = (const struct sock *)
		regs_get_kernel_argument(regs, 0);
	u16 port = (u16)regs_get_kernel_argument(regs, 1);

	if (!trace_bind_enabled() && !trace_bind_conflict_enabled())
		return false;
	return sk->sk_protocol == proto && ports_want(port);
}
NOKPROBE_SYMBOL(bind_call_wanted);

int bind_call_begin(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	struct bind_call *call = (struct bind_call *)ri->data;

	call->sk = (struct sock *)regs_get_kernel_argument(regs, 0);
	call->port = (u16)regs_get_kernel_argument(regs, 1);
	probe_hit_return(ri);
	call->listening = call->sk->sk_state == TCP_LISTEN;
	call->attempt = bind_attempt_begin(call->sk);
	if (!call->attempt)
		return 0;
	call->attempt->port = call->port;
	call->attempt->listening = call->listening;
	call->attempt->forced = call->sk->sk_reuse == SK_FORCE_REUSE;
	return 0;
}
NOKPROBE_SYMBOL(bind_call_begin);

/* A search for any free port that found none: nobody in particular is guilty. */
static void tell_no_free_port(const struct bind_args *bind)
{
	struct bind_conflict_args args = {
		.bind = bind,
		.verdict.rule = BIND_RULE_NO_FREE_PORT,
	};

	trace_bind_conflict(&args);
}
NOKPROBE_SYMBOL(tell_no_free_port);

static void fill_from_attempt(struct bind_args *args,
			      const struct bind_attempt *attempt)
{
	/* UDP looks for any port in a bitmap, where no probe can see it. */
	if (args->port || args->sock.proto != IPPROTO_UDP)
		args->passed_over = attempt->passed_over;
	if (args->result || !attempt->tallied)
		return;
	args->why = bind_rules_why(&attempt->tally, attempt->forced);
	args->owners = attempt->tally.owners;
	args->over_time_wait = attempt->tally.time_wait;
	args->truncated = attempt->truncated;
}
NOKPROBE_SYMBOL(fill_from_attempt);

/* What is known without the attempt, for which there may have been no room. */
static void read_call(const struct sock *sk, u16 port, bool listening,
		      struct bind_args *args)
{
	sockread_desc(sk, &args->sock);
	args->port = port;
	args->op = op_of(listening);
	args->why = BIND_WHY_UNKNOWN;
	args->owners = -1;
	args->over_time_wait = -1;
	args->passed_over = -1;
	args->truncated = false;
}
NOKPROBE_SYMBOL(read_call);

static void read_attempt(const struct bind_attempt *attempt, int result,
			 u16 bound_port, struct bind_args *args)
{
	read_call(attempt->sk, attempt->port, attempt->listening, args);
	args->result = result;
	args->bound_port = bound_port;
	fill_from_attempt(args, attempt);
}
NOKPROBE_SYMBOL(read_attempt);

void bind_tell_success(struct bind_attempt *attempt, u16 bound_port)
{
	struct bind_args args;

	attempt->told = true;
	if (!ports_want(bound_port))
		return;
	read_attempt(attempt, 0, bound_port, &args);
	trace_bind(&args);
}
NOKPROBE_SYMBOL(bind_tell_success);

/* Nobody under the port's lock could. */
static void tell_late(const struct bind_call *call, int result)
{
	u16 bound_port = result ? 0 : call->sk->sk_num;
	struct bind_args args;

	if (!result && !ports_want(bound_port))
		return;
	if (call->attempt) {
		read_attempt(call->attempt, result, bound_port, &args);
	} else {
		read_call(call->sk, call->port, call->listening, &args);
		args.result = result;
		args.bound_port = bound_port;
	}
	if (!args.port && result == -EADDRINUSE)
		tell_no_free_port(&args);
	trace_bind(&args);
}
NOKPROBE_SYMBOL(tell_late);

int bind_call_end(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	struct bind_call *call = (struct bind_call *)ri->data;
	int ret = (int)regs_return_value(regs);

	/* 5.10 returns 1, which its callers turn into EADDRINUSE. */
	if (!call->attempt || !call->attempt->told)
		tell_late(call, ret > 0 ? -EADDRINUSE : ret);
	bind_attempt_end(call->attempt);
	return 0;
}
NOKPROBE_SYMBOL(bind_call_end);

void bind_search_begin(struct bind_search *search, const struct sock *sk)
{
	sockread_requester(sk, &search->req);
	search->verdict = (struct bind_verdict) {};
	search->holder = NULL;
	search->passed = NULL;
	search->left = CULPRIT_SEARCH;
	search->found = false;
	search->truncated = false;
}
NOKPROBE_SYMBOL(bind_search_begin);

/* A listener is the best answer, a conflict a good one, an overlap a guess. */
static bool is_better(const struct bind_search *search,
		      const struct bind_verdict *v,
		      const struct bind_party *holder)
{
	if (v->overlap == BIND_OVERLAP_NONE)
		return false;
	if (v->rule == BIND_RULE_NONE)
		return !search->holder;
	return !search->found || holder->kind == BIND_KIND_LISTENER;
}
NOKPROBE_SYMBOL(is_better);

/* Most of a long list can be told at a glance, as the kernel does it. */
static bool pass_by(struct bind_search *search, const struct sock *sk2)
{
	if (sockread_apart(sk2, &search->req))
		return true;
	if (!sockread_by_reuseaddr(sk2, &search->req) &&
	    !sockread_by_reuseport(sk2, &search->req))
		return false;
	if (!search->passed)
		search->passed = sk2;
	return true;
}
NOKPROBE_SYMBOL(pass_by);

static bool spend(struct bind_search *search, unsigned int cost)
{
	search->left -= min(cost, search->left);
	search->truncated = !search->left && !search->found;
	return !search->left;
}
NOKPROBE_SYMBOL(spend);

/* No better answer can come; UDP has no listeners. */
static bool is_final(const struct bind_party *holder)
{
	return holder->kind == BIND_KIND_LISTENER ||
	       holder->kind == BIND_KIND_UDP;
}
NOKPROBE_SYMBOL(is_final);

bool bind_search_consider(struct bind_search *search, const struct sock *sk2)
{
	struct bind_party holder;
	struct bind_verdict v;

	if (pass_by(search, sk2))
		return spend(search, 1);
	sockread_owner(sk2, &holder);
	v = bind_rules_examine(&this_kernel, &search->req, &holder);
	if (is_better(search, &v, &holder)) {
		search->holder = sk2;
		search->verdict = v;
	}
	if (v.rule != BIND_RULE_NONE && !search->found) {
		search->found = true;
		search->left = LISTENER_SEARCH;
	}
	if (v.rule != BIND_RULE_NONE && is_final(&holder))
		return true;
	return spend(search, EXAMINING);
}
NOKPROBE_SYMBOL(bind_search_consider);

/* What conflicted a moment ago no longer does. Who could it have been? */
static void guess_holder(struct bind_search *search)
{
	struct bind_party passed;

	if (search->holder || search->truncated || !search->passed)
		return;
	sockread_owner(search->passed, &passed);
	search->verdict = bind_rules_examine(&this_kernel, &search->req,
					     &passed);
	if (search->verdict.overlap != BIND_OVERLAP_NONE)
		search->holder = search->passed;
}
NOKPROBE_SYMBOL(guess_holder);

void bind_search_tell(struct bind_search *search, struct bind_attempt *attempt)
{
	struct bind_conflict_args args;
	struct bind_args bind;

	guess_holder(search);
	read_attempt(attempt, -EADDRINUSE, 0, &bind);
	args.bind = &bind;
	args.verdict = search->verdict;
	args.inferred = !search->found;
	args.truncated = search->truncated;
	if (search->holder)
		sockread_desc(search->holder, &args.holder);
	else
		args.holder = (struct sock_desc) {};
	trace_bind_conflict(&args);
	attempt->told = true;
	trace_bind(&bind);
}
NOKPROBE_SYMBOL(bind_search_tell);

bool bind_tally_add(struct bind_attempt *attempt, const struct bind_party *req,
		    const struct sock *sk2)
{
	struct bind_party holder;
	struct bind_verdict v;

	if (attempt->tally.owners == BIND_OWNERS_TALLIED_MAX) {
		attempt->truncated = true;
		return true;
	}
	sockread_owner(sk2, &holder);
	v = bind_rules_examine(&this_kernel, req, &holder);
	bind_rules_tally(&attempt->tally, &holder, &v);
	return false;
}
NOKPROBE_SYMBOL(bind_tally_add);
