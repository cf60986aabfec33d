// SPDX-License-Identifier: GPL-2.0-only
/*
 * The best that is to be had without a module: fexit programs and a ring buffer
 * whose reader is never woken, with the fields of reusetrace's events as far as
 * they can be read there.
 */
#include "expert.h"
#include "read.bpf.h"

static __always_inline int tell_bind(struct sock *sk, unsigned short port,
				     int ret, __u8 proto)
{
	struct expert_bind *e = bpf_ringbuf_reserve(&ring, sizeof(*e), 0);

	if (!e)
		return 0;
	e->ts = bpf_ktime_get_ns();
	e->cookie = sk->__sk_common.skc_cookie.counter;
	e->inode = 0;
	if (sk->sk_socket)
		e->inode = BPF_CORE_READ((struct socket_alloc *)sk->sk_socket,
					 vfs_inode.i_ino);
	e->pid = bpf_get_current_pid_tgid() >> 32;
	e->uid = sk->sk_uid.val;
	e->netns = sk->__sk_common.skc_net.net->ns.inum;
	e->result = ret;
	e->ifindex = sk->__sk_common.skc_bound_dev_if;
	e->family = sk->__sk_common.skc_family;
	e->port = port;
	e->bound_port = sk->__sk_common.skc_num;
	e->proto = proto;
	e->reuseaddr = sk->__sk_common.skc_reuse;
	e->reuseport = sk->__sk_common.skc_reuseport;
	e->v6only = sk->__sk_common.skc_ipv6only;
	e->state = sk->__sk_common.skc_state;
	read_addr(e->addr, &sk->__sk_common, false);
	bpf_get_current_comm(e->comm, sizeof(e->comm));
	bpf_ringbuf_submit(e, BPF_RB_NO_WAKEUP);
	return 0;
}

SEC("fexit/inet_csk_get_port")
int BPF_PROG(tcp_bind, struct sock *sk, unsigned short port, int ret)
{
	return tell_bind(sk, port, ret, 6);
}

SEC("fexit/udp_lib_get_port")
int BPF_PROG(udp_bind, struct sock *sk, unsigned short port,
	     unsigned int hash2, int ret)
{
	return tell_bind(sk, port, ret, 17);
}

SEC("fexit/reuseport_select_sock")
int BPF_PROG(pick, struct sock *sk, u32 hash, struct sk_buff *skb, int hdr_len,
	     struct sock *ret)
{
	struct sock_reuseport *reuse = sk->sk_reuseport_cb;
	struct expert_pick *e;
	struct tcphdr th;
	struct iphdr ip;

	if (!skb || !ret)
		return 0;
	e = bpf_ringbuf_reserve(&ring, sizeof(*e), 0);
	if (!e)
		return 0;
	e->ts = bpf_ktime_get_ns();
	e->cookie = ret->__sk_common.skc_cookie.counter;
	e->inode = 0;
	if (ret->sk_socket)
		e->inode = BPF_CORE_READ((struct socket_alloc *)ret->sk_socket,
					 vfs_inode.i_ino);
	e->netns = sk->__sk_common.skc_net.net->ns.inum;
	e->hash = hash;
	e->group = reuse ? reuse->reuseport_id : -1;
	e->size = reuse ? reuse->num_socks : 0;
	e->index = e->size ? (__u64)hash * e->size >> 32 : -1;
	e->proto = sk->sk_protocol;
	e->family = sk->__sk_common.skc_family;
	bpf_probe_read_kernel(&th, sizeof(th),
			      skb->head + skb->transport_header);
	bpf_probe_read_kernel(&ip, sizeof(ip),
			      skb->head + skb->network_header);
	e->sport = bpf_ntohs(th.source);
	e->dport = bpf_ntohs(th.dest);
	e->tcp_flags = ((__u8 *)&th)[13];
	__builtin_memset(e->src, 0, sizeof(e->src));
	__builtin_memset(e->dst, 0, sizeof(e->dst));
	*(__u32 *)(e->src + 12) = ip.saddr;
	*(__u32 *)(e->dst + 12) = ip.daddr;
	bpf_ringbuf_submit(e, BPF_RB_NO_WAKEUP);
	return 0;
}

static __always_inline int tell_tw(struct inet_timewait_sock *tw, __u8 ended)
{
	struct expert_tw *e = bpf_ringbuf_reserve(&ring, sizeof(*e), 0);

	if (!e)
		return 0;
	e->ts = bpf_ktime_get_ns();
	e->cookie = tw->__tw_common.skc_cookie.counter;
	e->netns = tw->__tw_common.skc_net.net->ns.inum;
	e->family = tw->__tw_common.skc_family;
	e->port = tw->__tw_common.skc_num;
	e->peer_port = bpf_ntohs(tw->__tw_common.skc_dport);
	e->substate = tw->tw_substate;
	e->reuseaddr = tw->__tw_common.skc_reuse;
	e->reuseport = tw->__tw_common.skc_reuseport;
	e->ended = ended;
	read_addr(e->addr, &tw->__tw_common, false);
	read_addr(e->peer, &tw->__tw_common, true);
	bpf_ringbuf_submit(e, BPF_RB_NO_WAKEUP);
	return 0;
}

SEC("fentry/inet_twsk_hashdance")
int BPF_PROG(tw_enter, struct inet_timewait_sock *tw)
{
	return tell_tw(tw, 0);
}

/* Its name from 6.10 on. */
SEC("fentry/inet_twsk_hashdance_schedule")
int BPF_PROG(tw_enter_scheduled, struct inet_timewait_sock *tw)
{
	return tell_tw(tw, 0);
}

SEC("fentry/inet_twsk_kill")
int BPF_PROG(tw_exit, struct inet_timewait_sock *tw)
{
	return tell_tw(tw, 1);
}
