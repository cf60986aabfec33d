// SPDX-License-Identifier: GPL-2.0-only
#include "sockread.h"

#include <linux/filter.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/kprobes.h>
#include <linux/sock_diag.h>
#include <net/inet_sock.h>
#include <net/sock_reuseport.h>
#include <net/tcp_states.h>

#include "compat.h"

/* Members looked at when the choice is not where its hash points. */
#define INDEX_SEARCH_MAX 1024

u64 sockread_cookie(const struct sock *sk)
{
	u64 cookie = atomic64_read(&sk->sk_cookie);
	u32 made[2];

	if (cookie)
		return cookie;
	/* __sock_gen_cookie() is not exported; this calls it. */
	sock_diag_save_cookie((struct sock *)sk, made);
	return made[0] | (u64)made[1] << 32;
}
NOKPROBE_SYMBOL(sockread_cookie);

u64 sockread_inode(const struct sock *sk)
{
	return sk_fullsock(sk) ? compat_sock_inode(sk) : 0;
}
NOKPROBE_SYMBOL(sockread_inode);

u32 sockread_netns(const struct sock *sk)
{
	return sock_net(sk)->ns.inum;
}
NOKPROBE_SYMBOL(sockread_netns);

static __always_inline void read_address(const struct sock *sk,
					 struct in6_addr *addr)
{
#if IS_ENABLED(CONFIG_IPV6)
	if (sk->sk_family == AF_INET6) {
		*addr = sk->sk_v6_rcv_saddr;
		return;
	}
#endif
	ipv6_addr_set_v4mapped(sk->sk_rcv_saddr, addr);
}

static __always_inline void read_peer(const struct sock *sk,
				      struct in6_addr *addr)
{
#if IS_ENABLED(CONFIG_IPV6)
	if (sk->sk_family == AF_INET6) {
		*addr = sk->sk_v6_daddr;
		return;
	}
#endif
	ipv6_addr_set_v4mapped(sk->sk_daddr, addr);
}

/*
 * The user the rules compare, by its number in the first user namespace, which
 * is the kernel's own; a TIME_WAIT has none and is told as root.
 */
static u32 rule_uid(const struct sock *sk)
{
	return sk_fullsock(sk) ? __kuid_val(compat_rule_uid(sk)) : 0;
}
NOKPROBE_SYMBOL(rule_uid);

static u8 protocol_of(const struct sock *sk)
{
	/* Only TCP has sockets that are not full ones. */
	return sk_fullsock(sk) ? sk->sk_protocol : IPPROTO_TCP;
}
NOKPROBE_SYMBOL(protocol_of);

u16 sockread_port(const struct sock *sk)
{
	if (!sk->sk_num && sk_fullsock(sk))
		return ntohs(inet_sk(sk)->inet_sport);
	return sk->sk_num;
}
NOKPROBE_SYMBOL(sockread_port);

void sockread_desc(const struct sock *sk, struct sock_desc *desc)
{
	/* One by one: a literal would be put together elsewhere and copied. */
	desc->cookie = sockread_cookie(sk);
	desc->inode = sockread_inode(sk);
	read_address(sk, &desc->addr);
	desc->netns = sockread_netns(sk);
	desc->uid = rule_uid(sk);
	desc->ifindex = READ_ONCE(sk->sk_bound_dev_if);
	desc->family = sk->sk_family;
	desc->port = sockread_port(sk);
	desc->proto = protocol_of(sk);
	desc->state = READ_ONCE(sk->sk_state);
	desc->reuseaddr = sk->sk_reuse;
	desc->reuseport = sk->sk_reuseport;
	desc->v6only = ipv6_only_sock(sk);
	desc->orphan = sk_fullsock(sk) && !desc->inode &&
		       desc->state != TCP_CLOSE && desc->state != TCP_LISTEN;
	desc->peer_port = ntohs(sk->sk_dport);
	if (desc->peer_port)
		read_peer(sk, &desc->peer);
	else
		desc->peer = (struct in6_addr) {};
}
NOKPROBE_SYMBOL(sockread_desc);

static enum bind_kind kind_of(const struct sock *sk)
{
	switch (READ_ONCE(sk->sk_state)) {
	case TCP_TIME_WAIT:
		return BIND_KIND_TIME_WAIT;
	case TCP_LISTEN:
		return BIND_KIND_LISTENER;
	case TCP_CLOSE:
		return protocol_of(sk) == IPPROTO_TCP ? BIND_KIND_BOUND :
							BIND_KIND_UDP;
	default:
		return protocol_of(sk) == IPPROTO_TCP ? BIND_KIND_CONNECTION :
							BIND_KIND_UDP;
	}
}
NOKPROBE_SYMBOL(kind_of);

/*
 * A socket that already is in a reuseport group may not share by SO_REUSEPORT;
 * a TCP one may when the group keeps closed listeners.
 */
static bool group_forbids(const struct sock *sk)
{
	const struct sock_reuseport *reuse;

	reuse = rcu_dereference_sched(sk->sk_reuseport_cb);
	return reuse && (sk->sk_protocol != IPPROTO_TCP ||
			 !compat_closed_socks(reuse));
}
NOKPROBE_SYMBOL(group_forbids);

static void read_party(const struct sock *sk, struct bind_party *party)
{
	struct in6_addr addr;

	read_address(sk, &addr);
	memcpy(party->addr6, &addr, sizeof(party->addr6));
	party->addr4 = sk->sk_rcv_saddr;
	party->uid = rule_uid(sk);
	party->ifindex = READ_ONCE(sk->sk_bound_dev_if);
	party->inet6 = sk->sk_family == AF_INET6;
	party->v6only = ipv6_only_sock(sk);
	party->reuseaddr = sk->sk_reuse;
	party->reuseport = sk->sk_reuseport;
	party->in_group = false;
	party->kind = kind_of(sk);
}
NOKPROBE_SYMBOL(read_party);

void sockread_owner(const struct sock *sk, struct bind_party *party)
{
	read_party(sk, party);
	/* Of a wildcard's bucket alone the rules want to know. */
	if (COMPAT_MAPPED_ANY_HOLE && !party->addr4 &&
	    party->kind != BIND_KIND_UDP)
		party->inet6 = compat_owner_family(sk) == AF_INET6;
}
NOKPROBE_SYMBOL(sockread_owner);

void sockread_requester(const struct sock *sk, struct bind_party *party)
{
	read_party(sk, party);
	party->in_group = group_forbids(sk);
}
NOKPROBE_SYMBOL(sockread_requester);

void sockread_timewait(const struct inet_timewait_sock *tw,
		       struct tw_args *args)
{
	const struct sock *sk = (const struct sock *)tw;

	args->cookie = sockread_cookie(sk);
	read_address(sk, &args->addr);
	read_peer(sk, &args->peer);
	args->netns = sockread_netns(sk);
	args->family = sk->sk_family;
	args->port = sk->sk_num;
	args->peer_port = ntohs(sk->sk_dport);
	args->from = READ_ONCE(tw->tw_substate);
	args->reuseaddr = sk->sk_reuse;
	args->reuseport = sk->sk_reuseport;
}
NOKPROBE_SYMBOL(sockread_timewait);

/* Is the header of @len bytes wholly in the packet's linear part? */
static bool header_is_linear(const struct sk_buff *skb, const void *header,
			     size_t len)
{
	const unsigned char *start = header;

	return start >= skb->head && start + len <= skb_tail_pointer(skb);
}
NOKPROBE_SYMBOL(header_is_linear);

static bool read_addresses(const struct sk_buff *skb, struct steer_args *args)
{
	const void *header = skb_network_header(skb);
	const struct iphdr *ip4 = header;
	const struct ipv6hdr *ip6 = header;

	if (!header_is_linear(skb, ip4, sizeof(*ip4)))
		return false;
	if (ip4->version == 4) {
		args->family = AF_INET;
		ipv6_addr_set_v4mapped(ip4->saddr, &args->src);
		ipv6_addr_set_v4mapped(ip4->daddr, &args->dst);
		return true;
	}
	if (ip4->version != 6 || !header_is_linear(skb, ip6, sizeof(*ip6)))
		return false;
	args->family = AF_INET6;
	args->src = ip6->saddr;
	args->dst = ip6->daddr;
	return true;
}
NOKPROBE_SYMBOL(read_addresses);

/* Where TCP's header has its flags. */
#define TCP_FLAGS_OFFSET 13

static u8 read_tcp_flags(const struct sk_buff *skb)
{
	const u8 *header = skb_transport_header(skb);

	if (!header_is_linear(skb, header, TCP_FLAGS_OFFSET + 1))
		return 0;
	return header[TCP_FLAGS_OFFSET];
}
NOKPROBE_SYMBOL(read_tcp_flags);

bool sockread_tuple(const struct sk_buff *skb, struct steer_args *args)
{
	/* TCP and UDP both begin with source and destination port. */
	const __be16 *ports;

	if (!skb_transport_header_was_set(skb))
		return false;
	ports = (const __be16 *)skb_transport_header(skb);
	if (!header_is_linear(skb, ports, 2 * sizeof(*ports)))
		return false;
	args->sport = ntohs(ports[0]);
	args->dport = ntohs(ports[1]);
	if (args->proto == IPPROTO_TCP)
		args->tcp_flags = read_tcp_flags(skb);
	return read_addresses(skb, args);
}
NOKPROBE_SYMBOL(sockread_tuple);

/* Position of a member, or -1 when it has left or is too far back to look. */
static s32 index_of(const struct sock_reuseport *reuse, u16 size, u16 expected,
		    const struct sock *member)
{
	u16 i;

	if (reuse->socks[expected] == member)
		return expected;
	for (i = 0; i < min_t(u16, size, INDEX_SEARCH_MAX); i++)
		if (reuse->socks[i] == member)
			return i;
	return -1;
}
NOKPROBE_SYMBOL(index_of);

bool sockread_group(const struct sock *sk, s32 *group, u16 *size, u16 *closed)
{
	const struct sock_reuseport *reuse;

	reuse = rcu_dereference_sched(sk->sk_reuseport_cb);
	if (reuse) {
		*group = reuse->reuseport_id;
		*size = READ_ONCE(reuse->num_socks);
		*closed = compat_closed_socks(reuse);
	}
	return reuse;
}
NOKPROBE_SYMBOL(sockread_group);

bool sockread_is_member(const struct sock *sk)
{
	const struct sock_reuseport *reuse;
	bool member = false;
	unsigned int i;

	reuse = rcu_dereference_sched(sk->sk_reuseport_cb);
	for (i = 0; reuse && i < reuse->num_socks && !member; i++)
		member = reuse->socks[i] == sk;
	return member;
}
NOKPROBE_SYMBOL(sockread_is_member);

/* A program's choice and the hash's can only be told apart when they differ. */
static enum steer_via via_of_program(const struct bpf_prog *prog,
				     const struct steer_args *args,
				     u16 by_hash, bool *inferred)
{
	*inferred = args->index == by_hash;
	return bpf_prog_was_classic(prog) ? STEER_VIA_CBPF : STEER_VIA_BPF;
}
NOKPROBE_SYMBOL(via_of_program);

static enum steer_via via_of_hash(const struct sock_reuseport *reuse,
				  const struct sock *picked)
{
	if (compat_group_by_cpu(reuse) &&
	    READ_ONCE(picked->sk_incoming_cpu) == raw_smp_processor_id())
		return STEER_VIA_INCOMING_CPU;
	return STEER_VIA_HASH;
}
NOKPROBE_SYMBOL(via_of_hash);

void sockread_group_before(const struct sock *sk, struct group_before *before)
{
	const struct sock_reuseport *reuse;

	reuse = rcu_dereference_sched(sk->sk_reuseport_cb);
	before->reuse = reuse;
	before->size = reuse ? READ_ONCE(reuse->num_socks) : 0;
}
NOKPROBE_SYMBOL(sockread_group_before);

/*
 * How many there were when the choice was made, which is between then and now.
 * Those who left since may still stand behind the last: they are only compared.
 */
static u16 size_of_choice(const struct sock_reuseport *reuse,
			  const struct group_before *before,
			  const struct sock *picked, u32 hash, bool *exact)
{
	u16 now = READ_ONCE(reuse->num_socks), then = before->size;

	/* Members were written before their number: reuseport_add_sock(). */
	smp_rmb();
	*exact = then == now ||
		 (then && reuse->socks[reciprocal_scale(hash, then)] == picked);
	return *exact ? then : now;
}
NOKPROBE_SYMBOL(size_of_choice);

/*
 * Not where the choice must have found it: one left and another came meanwhile.
 * The hash passes over a member that is connected, and over no other.
 */
static bool is_displaced(const struct sock_reuseport *reuse,
			 const struct steer_args *args, u16 by_hash)
{
	if (args->index < 0)
		return args->size <= INDEX_SEARCH_MAX;
	if (args->via != STEER_VIA_HASH || args->index == by_hash)
		return false;
	return READ_ONCE(reuse->socks[by_hash]->sk_state) != TCP_ESTABLISHED;
}
NOKPROBE_SYMBOL(is_displaced);

static bool read_choice(const struct sock_reuseport *reuse,
			const struct group_before *before,
			const struct sock *picked, struct steer_args *args)
{
	const struct bpf_prog *prog = rcu_dereference_sched(reuse->prog);
	u16 by_hash;
	bool exact;

	args->size = size_of_choice(reuse, before, picked, args->hash, &exact);
	if (!args->size)
		return exact;
	by_hash = reciprocal_scale(args->hash, args->size);
	args->index = index_of(reuse, args->size, by_hash, picked);
	if (!prog)
		args->via = via_of_hash(reuse, picked);
	else
		args->via = via_of_program(prog, args, by_hash,
					   &args->inferred);
	return exact && !is_displaced(reuse, args, by_hash);
}
NOKPROBE_SYMBOL(read_choice);

bool sockread_pick(const struct sock *sk, const struct group_before *before,
		   struct sock *picked, struct steer_args *args)
{
	/* The lookup holds RCU all the time, so it is still there. */
	const struct sock_reuseport *reuse = before->reuse;
	bool exact = true;

	args->index = -1;
	args->group = -1;
	args->via = IS_ERR(picked) ? STEER_VIA_BPF_DROP : STEER_VIA_NONE;
	if (!reuse)
		reuse = rcu_dereference_sched(sk->sk_reuseport_cb);
	if (reuse) {
		args->group = reuse->reuseport_id;
		args->size = before->size;
		args->not_final = args->proto == IPPROTO_UDP &&
				  reuse->has_conns;
	}
	if (!IS_ERR_OR_NULL(picked)) {
		args->cookie = sockread_cookie(picked);
		args->inode = sockread_inode(picked);
		if (reuse)
			exact = read_choice(reuse, before, picked, args);
	}
	return exact;
}
NOKPROBE_SYMBOL(sockread_pick);
