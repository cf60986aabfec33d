/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The only reader of the network stack's structures: sockets, groups and
 * packets in, plain values out. Everything here is called from probe handlers:
 * it takes no lock, allocates nothing and follows no list. A handler runs with
 * preemption off, and that is an RCU read section by itself: what RCU keeps, a
 * group or an inode, stays until the handler returns.
 */
#ifndef REUSETRACE_SOCKREAD_H
#define REUSETRACE_SOCKREAD_H

#include <net/sock.h>
#include <net/tcp_states.h>

#include "event_args.h"

struct inet_timewait_sock;
struct sk_buff;
struct sock_reuseport;

/* A group as it was when a choice began. */
struct group_before {
	const struct sock_reuseport *reuse;	/* NULL: none yet */
	u16 size;
};

/**
 * sockread_cookie - the socket's SO_COOKIE value, made now if it has none
 * @sk: a full socket or a TIME_WAIT
 */
u64 sockread_cookie(const struct sock *sk);

/**
 * sockread_inode - inode number of the socket's file, as in /proc/PID/fd
 * @sk: any socket
 *
 * Return: 0 when no process holds the socket, or it is a TIME_WAIT.
 */
u64 sockread_inode(const struct sock *sk);

/**
 * sockread_netns - inode number of the socket's network namespace
 * @sk: any socket
 */
u32 sockread_netns(const struct sock *sk);

/**
 * sockread_port - the socket's own port
 * @sk: any socket; a closed listener may have given its number back already
 *
 * Return: in host order; 0: none.
 */
u16 sockread_port(const struct sock *sk);

/**
 * sockread_desc - who a socket is and which options it has
 * @sk: a full socket or a TIME_WAIT
 * @desc: filled in completely
 */
void sockread_desc(const struct sock *sk, struct sock_desc *desc);

/**
 * sockread_owner - a TCP or UDP socket that has a port as the bind rules see it
 * @sk: a full socket or a TIME_WAIT; the port's lock is held
 * @party: filled in completely
 */
void sockread_owner(const struct sock *sk, struct bind_party *party);

/**
 * sockread_requester - the same of a socket that asks for a port
 * @sk: a full socket
 * @party: filled in completely
 */
void sockread_requester(const struct sock *sk, struct bind_party *party);

/* Called for each of thousands of sockets: not worth a call. */

/**
 * sockread_is_time_wait, sockread_is_listener - is it one?
 */
static __always_inline bool sockread_is_time_wait(const struct sock *sk)
{
	return READ_ONCE(sk->sk_state) == TCP_TIME_WAIT;
}

static __always_inline bool sockread_is_listener(const struct sock *sk)
{
	return READ_ONCE(sk->sk_state) == TCP_LISTEN;
}

/**
 * sockread_apart, sockread_by_reuseaddr, sockread_by_reuseport - the glances of
 * bind_rules.h at a socket that has the port
 */
static __always_inline bool sockread_apart(const struct sock *sk,
					   const struct bind_party *req)
{
	const __u8 *addr6 = NULL;

#if IS_ENABLED(CONFIG_IPV6)
	if (sk->sk_family == AF_INET6)
		addr6 = sk->sk_v6_rcv_saddr.s6_addr;
#endif
	return bind_rules_apart(req, sk->sk_rcv_saddr, addr6);
}

static __always_inline bool
sockread_by_reuseaddr(const struct sock *sk, const struct bind_party *req)
{
	return bind_rules_by_reuseaddr(req, sk->sk_reuse,
				       sockread_is_listener(sk));
}

static __always_inline bool
sockread_by_reuseport(const struct sock *sk, const struct bind_party *req)
{
	return bind_rules_by_reuseport(req, sk->sk_reuseport,
				       sockread_is_time_wait(sk));
}

/**
 * sockread_timewait - identity, flags and substate of a TIME_WAIT
 * @tw: the TIME_WAIT
 * @args: zeroed by the caller; @args->from becomes the substate
 */
void sockread_timewait(const struct inet_timewait_sock *tw,
		       struct tw_args *args);

/**
 * sockread_tuple - addresses and ports of a packet on its way to a socket
 * @skb: a packet whose network and transport headers are set
 * @args: proto must be set; family, src, dst, sport, dport and tcp_flags are
 *	filled in
 *
 * Return: false when the headers are not where they should be.
 */
bool sockread_tuple(const struct sk_buff *skb, struct steer_args *args);

/**
 * sockread_group - the reuseport group of a socket
 * @sk: a full socket
 * @group: its number
 * @size: members that can be picked
 * @closed: closed listeners that it keeps
 *
 * Return: false when the socket is in no group; nothing is filled in then.
 */
bool sockread_group(const struct sock *sk, s32 *group, u16 *size, u16 *closed);

/**
 * sockread_is_member - can this socket be picked by its group?
 * @sk: a full socket; the caller of the probed function holds reuseport_lock
 */
bool sockread_is_member(const struct sock *sk);

/**
 * sockread_group_before - a group just before it chooses a member
 * @sk: the member the lookup had found
 * @before: filled in completely; good as long as the caller's RCU section lasts
 */
void sockread_group_before(const struct sock *sk, struct group_before *before);

/**
 * sockread_pick - what a reuseport group's choice was and how it came about
 * @sk: the member the lookup had found
 * @before: of sockread_group_before()
 * @picked: what reuseport_select_sock() returned
 * @args: proto and hash must be set; cookie, inode, group, size, index, via,
 *	inferred and not_final are filled in
 *
 * Return: false when the group changed meanwhile, so that size and index are
 * those of afterwards.
 */
bool sockread_pick(const struct sock *sk, const struct group_before *before,
		   struct sock *picked, struct steer_args *args);

#endif
