/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What TCP and UDP binds have in common: the call that asks for a port, the
 * search for the socket in the way, the account of those that share.
 */
#ifndef REUSETRACE_BIND_H
#define REUSETRACE_BIND_H

#include <linux/kprobes.h>

#include "bind_attempt.h"
#include "sockread.h"

/* Owners of a port that a bind which succeeds is told of. */
#define BIND_OWNERS_TALLIED_MAX 256

/* A call of inet_csk_get_port() or udp_lib_get_port(). */
struct bind_call {
	struct bind_attempt *attempt;	/* NULL: too many at once */
	struct sock *sk;
	u16 port;
	bool listening;
};

/**
 * bind_call_wanted - is this call of get_port to be traced?
 * @regs: its registers
 * @proto: IPPROTO_TCP or IPPROTO_UDP; sockets of another go untraced
 */
bool bind_call_wanted(struct pt_regs *regs, u8 proto);

/**
 * bind_call_begin - the entry handler of get_port, for a call that is wanted
 * @ri: the kretprobe instance, with a struct bind_call as data
 * @regs: its registers
 *
 * Return: 0
 */
int bind_call_begin(struct kretprobe_instance *ri, struct pt_regs *regs);

/**
 * bind_call_end - the return handler of get_port: emits the bind event, unless
 * that was possible before
 */
int bind_call_end(struct kretprobe_instance *ri, struct pt_regs *regs);

/**
 * bind_tell_success - emit the bind event of a bind that cannot fail any more
 * @attempt: the bind, its owners accounted for
 * @bound_port: the port it got
 *
 * A probe that a softirq hits while it interrupts another probe's handler is
 * missed. Where the kernel holds a lock with BH off that cannot happen, so as
 * much as possible is told there, not when get_port returns.
 */
void bind_tell_success(struct bind_attempt *attempt, u16 bound_port);

/* The search for the socket in the way of a bind that is being refused. */
struct bind_search {
	struct bind_party req;
	struct bind_verdict verdict;
	const struct sock *holder;	/* valid while the port's lock is held */
	const struct sock *passed;	/* the first that was passed by */
	unsigned int left;		/* what the walk may still cost */
	bool found;			/* the holder conflicts; else it is a guess */
	bool truncated;
};

/**
 * bind_search_begin - start looking for what stands in the way of @sk
 */
void bind_search_begin(struct bind_search *search, const struct sock *sk);

/**
 * bind_search_passes_by - does a glance tell that @sk2 is not in the way?
 * @search: begun with bind_search_begin()
 * @sk2: an owner of the port; the port's lock must be held
 *
 * For ports with thousands of owners that share by SO_REUSEADDR: as quick as the
 * kernel's own look. False means nothing.
 */
static __always_inline bool bind_search_passes_by(struct bind_search *search,
						  const struct sock *sk2)
{
	if (search->left == 1)
		return false;
	/* Once there is a culprit, only a listener would be a better one. */
	if (search->found ? sockread_is_listener(sk2) :
			    !sockread_by_reuseaddr(sk2, &search->req))
		return false;
	search->left--;
	if (!search->passed)
		search->passed = sk2;
	return true;
}

/**
 * bind_search_consider - look at one more owner of the port
 * @search: begun with bind_search_begin()
 * @sk2: the owner, not the requester itself; the port's lock must be held
 *
 * Return: true when there is no need to look further.
 */
bool bind_search_consider(struct bind_search *search, const struct sock *sk2);

/**
 * bind_search_tell - emit the bind_conflict event with what was found, and the
 * bind event of the refusal
 * @search: the search; the port's lock must still be held
 * @attempt: the bind that is being refused
 */
void bind_search_tell(struct bind_search *search, struct bind_attempt *attempt);

/**
 * bind_tally_only_counts - does @sk2 change no answer any more?
 * @attempt: the bind
 * @req: its socket, as the rules see it
 * @sk2: an owner of the port; the port's lock must be held
 *
 * Return: true when it is accounted for. False means nothing.
 */
static __always_inline bool
bind_tally_only_counts(struct bind_attempt *attempt,
		       const struct bind_party *req, const struct sock *sk2)
{
	struct bind_tally *tally = &attempt->tally;

	if (tally->owners >= BIND_OWNERS_TALLIED_MAX)
		return false;
	if (!(tally->by_reuseaddr && sockread_by_reuseaddr(sk2, req)) &&
	    !sockread_apart(sk2, req))
		return false;
	tally->owners++;
	tally->time_wait += sockread_is_time_wait(sk2);
	return true;
}

/**
 * bind_tally_add - account for an owner of the port of a bind that succeeds
 * @attempt: the bind
 * @req: its socket, as the rules see it
 * @sk2: the owner, not the requester itself; the port's lock must be held
 *
 * Return: true when enough owners were looked at.
 */
bool bind_tally_add(struct bind_attempt *attempt, const struct bind_party *req,
		    const struct sock *sk2);

#endif
