/* SPDX-License-Identifier: GPL-2.0-only */
/* The socket in the way of a TCP bind, looked for while the lock is held. */
#ifndef SAME_HOLDER_BPF_H
#define SAME_HOLDER_BPF_H

#define SEARCHED_MAX	65536
#define LISTENER_SEARCH	64
#define CHAIN_MAX	256

struct search {
	struct place at;
	struct asker *a;
	__u64 sk, offset;
};

static long look_at(__u32 nth, struct search *s)
{
	struct asker *a = s->a;
	struct glance g;
	__u64 sk2;

	if (is_over(&s->at))
		return 1;
	if (!s->at.node) {
		next_list(&s->at);
		return 0;
	}
	sk2 = s->at.node - s->offset;
	g = glance_at(sk2);
	s->at.node = g.next;
	if (s->offset != NODE_OFFSET)
		bpf_probe_read_kernel(&s->at.node, 8,
				      (void *)(sk2 + s->offset));
	if (!a->left)
		return 1;
	a->left--;
	/* Once there is a culprit, only a listener would be a better one. */
	if (sk2 == s->sk || (a->found && STATE(&g) != LISTENING) ||
	    by_reuseaddr(a, &g) || !overlaps(a, &g, sk2) ||
	    by_reuseport(a, &g, sk2))
		return 0;
	if (!a->found)
		a->left = LISTENER_SEARCH;
	a->found = true;
	a->sk2 = sk2;
	return STATE(&g) == LISTENING;
}

static __always_inline void search(struct asker *a, const struct sock *sk,
				   struct place at, __u64 offset)
{
	struct search s = {
		.at = at,
		.a = a,
		.sk = (__u64)sk,
		.offset = offset,
	};

	bpf_loop(SEARCHED_MAX, look_at, &s, 0);
}

/* The files of orphans are gone, and TIME_WAITs never had one. */
static __always_inline void read_file(struct same_sock *to, __u64 sk2)
{
	__u64 socket = 0;

	to->inode = 0;
	to->uid = 0;
	if (to->state == TIME_WAIT || to->state == SYN_RECEIVED)
		return;
	if (OWNERS_BY_ADDRESS) {
		const struct inode *inode = inode_of(AT(struct sock, sk2));

		if (inode) {
			to->inode = inode->i_ino;
			to->uid = inode->i_uid.val;
		}
		return;
	}
	bpf_probe_read_kernel(&socket, sizeof(socket), (void *)(sk2 +
		bpf_core_field_offset(struct sock, sk_socket)));
	if (!socket)
		return;
	bpf_probe_read_kernel(&to->uid, sizeof(to->uid), (void *)(socket +
		bpf_core_field_offset(struct socket_alloc, vfs_inode.i_uid)));
	bpf_probe_read_kernel(&to->inode, sizeof(to->inode), (void *)(socket +
		bpf_core_field_offset(struct socket_alloc, vfs_inode.i_ino)));
}

static __always_inline void read_common(struct same_holder *e,
					const struct sock_common *c)
{
	struct same_sock *to = &e->sock;

	to->cookie = c->skc_cookie.counter;
	to->ifindex = c->skc_bound_dev_if;
	to->family = c->skc_family;
	to->port = c->skc_num;
	to->peer_port = bpf_ntohs(c->skc_dport);
	to->state = c->skc_state;
	to->reuseaddr = c->skc_reuse;
	to->reuseport = c->skc_reuseport;
	to->v6only = c->skc_ipv6only;
	read_addr(to->addr, c, false);
	read_addr(e->peer, c, true);
}

static __always_inline void read_holder(struct same_holder *e, __u64 sk2)
{
	struct sock_common copy;

	if (OWNERS_BY_ADDRESS) {
		read_common(e, AT(struct sock_common, sk2));
	} else {
		bpf_probe_read_kernel(&copy, bpf_core_field_offset(
			struct sock_common, skc_cookie) + 8, (void *)sk2);
		read_common(e, &copy);
	}
	read_file(&e->sock, sk2);
}

static __always_inline void tell_holder(struct asker *a, struct sock *sk)
{
	struct same_holder *e = bpf_ringbuf_reserve(&ring, sizeof(*e), 0);

	if (!e)
		return;
	e->type = SAME_HOLDER;
	e->ts = bpf_ktime_get_ns();
	e->cookie = bpf_get_socket_cookie(sk);
	e->found = a->found;
	e->truncated = !a->found && !a->left;
	e->in_group = group_forbids(sk);
	e->sock.state = 0;
	if (a->found)
		read_holder(e, a->sk2);
	bpf_ringbuf_submit(e, BPF_RB_NO_WAKEUP);
}

static __always_inline struct asker *begin_search(const struct sock *sk)
{
	struct asker *a = this_asker();

	read_asker(a, sk);
	a->left = SEARCHED_MAX;
	return a;
}

/* A candidate in the search for any port. */
static __always_inline int pass_over(unsigned long long *ctx,
				     const struct sock *sk)
{
	struct attempt *attempt = begin_attempt(ctx, 0, sk);

	if (attempt)
		attempt->passed_over++;
	return 0;
}

static __always_inline bool asks_for_any(const struct sock *sk)
{
	const struct sock_common *c = &sk->__sk_common;
	const struct in6_addr *addr = &c->skc_v6_rcv_saddr;

	if (c->skc_family != AF_INET6)
		return !c->skc_rcv_saddr;
	return !c->skc_rcv_saddr && !addr->in6_u.u6_addr32[0] &&
	       !addr->in6_u.u6_addr32[1];
}

static __always_inline struct place
place_of_conflict(const struct sock *sk, struct inet_bind_bucket *tb,
		  struct inet_bind2_bucket *tb2)
{
	struct place at = {};

	if (asks_for_any(sk))
		return first_place(tb);
	if (tb2)
		at.node = (__u64)((struct inet_bind2_bucket___by_address *)tb2)
			->owners.first;
	return at;
}

SEC("fexit/inet_csk_bind_conflict")
int BPF_PROG(tcp_refused, struct sock *sk, struct inet_bind_bucket *tb,
	     struct inet_bind2_bucket *tb2, __u8 relax, __u8 asked_for, int ret)
{
	struct asker *a;

	if (!(__u8)ret)
		return 0;
	/* The other one of 6.1 has it, but from who asks for any address. */
	if (!OWNERS_BY_ADDRESS && !asks_for_any(sk))
		return 0;
	if (!asked_for)
		return pass_over(ctx, sk);
	a = begin_search(sk);
	search(a, sk, place_of_conflict(sk, tb, tb2), NODE_OFFSET);
	tell_holder(a, sk);
	return 0;
}

/* 6.1: only called where somebody is; with who looks for wildcards, too. */
SEC("fexit/inet_bhash2_conflict")
int BPF_PROG(tcp_refused_at, struct sock *sk, struct inet_bind2_bucket *tb2,
	     __u32 uid, __u8 relax, __u8 group_ok, __u8 asked_for, __u8 ret)
{
	struct place owners = {}, time_waits = {};
	struct asker *a;

	if (!ret)
		return 0;
	if (!asked_for)
		return pass_over(ctx, sk);
	a = begin_search(sk);
	owners.node = (__u64)tb2->owners.first;
	search(a, sk, owners, bpf_core_field_offset(struct sock, sk_bind2_node));
	if (!a->found) {
		time_waits.node = (__u64)tb2->deathrow.first;
		search(a, sk, time_waits,
		       bpf_core_field_offset(struct inet_timewait_sock,
					     tw_bind2_node));
	}
	tell_holder(a, sk);
	return 0;
}

/* The bucket of a port, which is locked. */
static __always_inline const struct inet_bind_bucket *
find_bucket(const struct sock *sk, __u16 port, int l3mdev)
{
	const struct net *net = sk->__sk_common.skc_net.net;
	const struct inet_hashinfo *table = net->ipv4.tcp_death_row.hashinfo;
	const struct inet_bind_bucket *tb;
	__u64 node;
	__u32 at;
	int i;

	at = (port + net->hash_mix) & (table->bhash_size - 1);
	node = (__u64)AT(struct inet_bind_hashbucket, (__u64)table->bhash +
		at * bpf_core_type_size(struct inet_bind_hashbucket))
		->chain.first;
	for (i = 0; i < CHAIN_MAX && node; i++) {
		tb = AT(struct inet_bind_bucket, node -
			bpf_core_field_offset(struct inet_bind_bucket, node));
		if (tb->port == port && tb->l3mdev == l3mdev &&
		    tb->ib_net.net == net)
			return tb;
		node = (__u64)tb->node.next;
	}
	return NULL;
}

/* Newer kernels: the compiler made a clone of the other. */
SEC("fexit/inet_bhash2_addr_any_conflict")
int BPF_PROG(tcp_refused_any, struct sock *sk, int port, int l3mdev, __u8 relax,
	     __u8 asked_for, __u8 ret)
{
	const struct inet_bind_bucket *tb;
	struct asker *a;

	if (!ret)
		return 0;
	if (!asked_for)
		return pass_over(ctx, sk);
	tb = find_bucket(sk, port, l3mdev);
	if (!tb)
		return 0;
	a = begin_search(sk);
	search(a, sk, first_place(tb), NODE_OFFSET);
	tell_holder(a, sk);
	return 0;
}

#endif
