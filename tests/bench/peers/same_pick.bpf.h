/* SPDX-License-Identifier: GPL-2.0-only */
/* A pick of a SO_REUSEPORT group, its place in the group looked at. */
#ifndef SAME_PICK_BPF_H
#define SAME_PICK_BPF_H

#define MEMBERS_LOOKED_AT 1024
#define ERRORS		((__u64)-4095)

/* What an eBPF program of the group has just answered on this CPU. */
static struct answer {
	const struct sock *sk;
	bool none;
} answers[CPUS_MAX];

static __always_inline bool is_member(const struct sock_reuseport *reuse,
				      __u32 nth, const struct sock *sk)
{
	__u64 at = (__u64)reuse + nth * 8 +
		   bpf_core_field_offset(struct sock_reuseport, socks);
	__u64 member;

	if (OWNERS_BY_ADDRESS)
		return (__u64)AT(struct hlist_head, at)->first == (__u64)sk;
	bpf_probe_read_kernel(&member, sizeof(member), (void *)at);
	return member == (__u64)sk;
}

static __always_inline int index_of(const struct sock_reuseport *reuse,
				    __u32 size, __u32 by_hash,
				    const struct sock *sk)
{
	__u32 i;

	if (is_member(reuse, by_hash, sk))
		return by_hash;
	for (i = 0; i < MEMBERS_LOOKED_AT && i < size; i++)
		if (is_member(reuse, i, sk))
			return i;
	return -1;
}

static __always_inline __u8 via_of(const struct sock_reuseport *reuse,
				   const struct sock *sk,
				   const struct sock *picked)
{
	struct bpf_prog *prog = reuse->prog;
	__u32 cpu;

	if (!prog && !reuse->incoming_cpu)
		return VIA_HASH;
	cpu = bpf_get_smp_processor_id();
	if (!prog)
		return picked->__sk_common.skc_incoming_cpu == cpu ? VIA_INCOMING_CPU :
							VIA_HASH;
	if (prog->type == BPF_PROG_TYPE_UNSPEC)
		return VIA_CBPF;
	if (answers[cpu % CPUS_MAX].sk == sk && answers[cpu % CPUS_MAX].none)
		return VIA_BPF_FALLBACK;
	return VIA_BPF;
}

static __always_inline void read_group(struct same_pick *e, struct sock *sk,
				       struct sock *picked)
{
	const struct sock_reuseport *reuse = sk->sk_reuseport_cb;

	e->group = -1;
	e->index = -1;
	e->size = 0;
	e->has_conns = 0;
	e->via = VIA_NONE;
	if (!reuse)
		return;
	e->group = reuse->reuseport_id;
	e->size = reuse->num_socks;
	e->has_conns = reuse->has_conns;
	if (!picked || !e->size)
		return;
	e->index = index_of(reuse, e->size, (__u64)e->hash * e->size >> 32,
			    picked);
	e->via = via_of(reuse, sk, picked);
}

/* From the network's header on: one read is cheaper than two. */
struct headers {
	__u8 byte[60];
};

static __always_inline void read_packet(struct same_pick *e,
					const struct sk_buff *skb)
{
	__u32 network = skb->network_header, more;
	struct headers h;
	__u32 *word = (__u32 *)h.byte;

	more = skb->transport_header - network;
	bpf_probe_read_kernel(&h, 40, skb->head + network);
	if (h.byte[0] >> 4 == 6) {
		bpf_probe_read_kernel(h.byte + 40, 20,
				      skb->head + skb->transport_header);
		e->family = AF_INET6;
		__builtin_memcpy(e->src, word + 2, 16);
		__builtin_memcpy(e->dst, word + 6, 16);
		word += 10;
	} else {
		e->family = 2;
		__builtin_memset(e->src, 0, 16);
		__builtin_memset(e->dst, 0, 16);
		__builtin_memcpy(e->src + 12, word + 3, 4);
		__builtin_memcpy(e->dst + 12, word + 4, 4);
		if (more != 20)
			bpf_probe_read_kernel(h.byte + 20, 20, skb->head +
					      skb->transport_header);
		word += 5;
	}
	e->sport = bpf_ntohs(word[0] & 0xffff);
	e->dport = bpf_ntohs(word[0] >> 16);
	e->tcp_flags = e->proto == UDP ? 0 : word[3] >> 8;
}

SEC("fexit/reuseport_select_sock")
int BPF_PROG(pick, struct sock *sk, __u32 hash, struct sk_buff *skb,
	     int hdr_len, struct sock *ret)
{
	bool dropped = (__u64)ret >= ERRORS;
	struct same_pick *e;

	if (!skb)
		return 0;
	e = bpf_ringbuf_reserve(&ring, sizeof(*e), 0);
	if (!e)
		return 0;
	e->type = SAME_PICK;
	e->ts = bpf_ktime_get_ns();
	e->netns = sk->__sk_common.skc_net.net->ns.inum;
	e->hash = hash;
	e->proto = sk->sk_protocol;
	e->port = sk->__sk_common.skc_num;
	e->cookie = 0;
	e->inode = 0;
	if (dropped)
		ret = NULL;
	if (ret) {
		struct inode *inode = inode_of(ret);

		e->cookie = bpf_get_socket_cookie(ret);
		if (inode)
			e->inode = inode->i_ino;
	}
	read_group(e, sk, ret);
	if (dropped)
		e->via = VIA_BPF_DROP;
	read_packet(e, skb);
	bpf_ringbuf_submit(e, BPF_RB_NO_WAKEUP);
	return 0;
}

SEC("fexit/bpf_run_sk_reuseport")
int BPF_PROG(program_answered, struct sock_reuseport *reuse, struct sock *sk,
	     struct bpf_prog *prog, struct sk_buff *skb, struct sock *migrating,
	     __u32 hash, struct sock *ret)
{
	struct answer *a = &answers[bpf_get_smp_processor_id() % CPUS_MAX];

	a->sk = sk;
	a->none = !ret;
	return 0;
}

#endif
