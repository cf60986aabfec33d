/* SPDX-License-Identifier: GPL-2.0-only */
/* An owner of the port, of which there is but the address, beside who asks. */
#ifndef SAME_OWNER_BPF_H
#define SAME_OWNER_BPF_H

#define TIME_WAIT	6
#define CLOSED		7
#define LISTENING	10
#define SYN_RECEIVED	12

/* Who asks, and what has been found. Under the port's lock: one for each CPU. */
static struct asker {
	__u64 addr6[2];
	__u64 self, sk2;	/* who is looked at, or has been found */
	struct glance {
		__u64 word, next;
	} at;
	__u32 addr4, uid, left;
	int ifindex;
	__u16 family;
	__u32 passes;		/* by these options another changes no answer */
	bool v6only, reuseaddr, reuseport, found;
} askers[CPUS_MAX];

/*
 * A glance is a piece of struct sock_common, from skc_family to
 * skc_bind_node.next, and these are its fields.
 */
#define FAMILY(g)	((__u16)(g)->word)
#define STATE(g)	((__u8)((g)->word >> 16))
#define ANY_REUSEADDR	0x0f000000
#define REUSEADDR(g)	((g)->word & ANY_REUSEADDR)
#define REUSEPORT(g)	((g)->word & 0x10000000)
#define V6ONLY(g)	((g)->word & 0x20000000)
#define DEVICE(g)	((int)((g)->word >> 32))

#define NODE_OFFSET \
	bpf_core_field_offset(struct sock_common, skc_bind_node)

/* Where a walk of the owners is: a socket's node, and the next address's list. */
struct place {
	__u64 node, list;
};

static __always_inline void next_list(struct place *at)
{
	const struct inet_bind2_bucket___by_address *bucket;

	bucket = AT(struct inet_bind2_bucket___by_address, at->list -
		    bpf_core_field_offset(struct inet_bind2_bucket___by_address,
					  bhash_node));
	at->node = (__u64)bucket->owners.first;
	at->list = (__u64)bucket->bhash_node.next;
}

/* The first list may be empty: that of who asks. */
static __always_inline struct place first_place(const struct inet_bind_bucket *tb)
{
	struct place at = {};

	if (!OWNERS_BY_ADDRESS) {
		at.node = (__u64)tb->owners.first;
		return at;
	}
	at.list = (__u64)((const struct inet_bind_bucket___by_address *)tb)
		->bhash2.first;
	if (at.list)
		next_list(&at);
	return at;
}

/* At the end; pointers must not be or-ed, as the compiler would. */
static __always_inline bool is_over(struct place *at)
{
	if (at->node)
		return false;
	barrier_var(at->list);
	return !at->list;
}

/* Any type of eight byte members does where it costs nothing. */
static __always_inline struct glance glance_at(__u64 sk2)
{
	const struct pt_regs *words;
	struct glance g, copy;

	if (OWNERS_BY_ADDRESS) {
		words = AT(struct pt_regs, sk2);
		g.word = words->r13;
		g.next = words->r12;
	} else {
		/* Kept apart: that one is in registers. */
		bpf_probe_read_kernel(&copy, sizeof(copy), (void *)(sk2 + 16));
		g = copy;
	}
	return g;
}

static __always_inline __u32 addr4_of(__u64 sk2)
{
	__u32 addr;

	if (OWNERS_BY_ADDRESS)
		return AT(struct sock_common, sk2)->skc_rcv_saddr;
	bpf_probe_read_kernel(&addr, sizeof(addr), (void *)(sk2 +
		bpf_core_field_offset(struct sock_common, skc_rcv_saddr)));
	return addr;
}

static __always_inline void addr6_of(__u64 *addr, const struct glance *g,
				     __u64 sk2)
{
	if (FAMILY(g) == AF_INET6) {
		bpf_probe_read_kernel(addr, 16, (void *)(sk2 +
			bpf_core_field_offset(struct sock_common,
					      skc_v6_rcv_saddr)));
		return;
	}
	addr[0] = 0;
	addr[1] = 0xffff0000ull | (__u64)addr4_of(sk2) << 32;
}

/* Root's when it has none. */
static __always_inline __u32 uid_of(__u64 sk2)
{
	__u64 socket = 0;
	__u32 uid = 0;

	if (OWNERS_BY_ADDRESS)
		socket = (__u64)AT(struct sock, sk2)->sk_socket;
	else
		bpf_probe_read_kernel(&socket, sizeof(socket), (void *)(sk2 +
			bpf_core_field_offset(struct sock, sk_socket)));
	if (socket)
		bpf_probe_read_kernel(&uid, sizeof(uid), (void *)(socket +
			bpf_core_field_offset(struct socket_alloc,
					      vfs_inode.i_uid)));
	return uid;
}

static __always_inline void read_asker(struct asker *a, const struct sock *sk)
{
	const struct sock_common *c = &sk->__sk_common;
	struct inode *inode;

	a->addr4 = c->skc_rcv_saddr;
	a->family = c->skc_family;
	a->ifindex = c->skc_bound_dev_if;
	a->v6only = c->skc_ipv6only;
	a->reuseaddr = c->skc_reuse;
	a->reuseport = c->skc_reuseport && !group_forbids(sk);
	a->found = false;
	a->self = (__u64)sk;
	a->passes = 0;
	if (a->reuseport) {
		inode = inode_of(sk);
		a->uid = inode ? inode->i_uid.val : 0;
	}
	if (a->family == AF_INET6) {
		a->addr6[0] = *(__u64 *)&c->skc_v6_rcv_saddr;
		a->addr6[1] = *(__u64 *)&c->skc_v6_rcv_saddr.in6_u.u6_addr32[2];
	}
}

static __always_inline struct asker *this_asker(void)
{
	return &askers[bpf_get_smp_processor_id() % CPUS_MAX];
}

static __always_inline bool is_mapped(const __u64 *addr)
{
	return !addr[0] && (__u32)addr[1] == 0xffff0000u;
}

static __always_inline bool is_any(const __u64 *addr)
{
	return !addr[0] && !addr[1];
}

static __always_inline bool meets4(const struct asker *a, const struct glance *g,
				   __u32 addr)
{
	return !V6ONLY(g) && (a->addr4 == addr || !a->addr4 || !addr);
}

static __always_inline bool meets6(const struct asker *a, const struct glance *g,
				   __u64 sk2)
{
	bool mapped = is_mapped(a->addr6);
	__u64 addr[2];

	addr6_of(addr, g, sk2);
	if (mapped && is_mapped(addr))
		return meets4(a, g, addr[1] >> 32);
	if (is_any(a->addr6) && is_any(addr))
		return true;
	if (is_any(addr) && !(V6ONLY(g) && mapped))
		return true;
	if (is_any(a->addr6) && !(a->v6only && is_mapped(addr)))
		return true;
	return FAMILY(g) == AF_INET6 && a->addr6[0] == addr[0] &&
	       a->addr6[1] == addr[1];
}

/* Could these two meet? */
static __always_inline bool overlaps(const struct asker *a,
				     const struct glance *g, __u64 sk2)
{
	if (a->ifindex && DEVICE(g) && a->ifindex != DEVICE(g))
		return false;
	if (a->family == AF_INET6)
		return meets6(a, g, sk2);
	return meets4(a, g, addr4_of(sk2));
}

static __always_inline bool by_reuseaddr(const struct asker *a,
					 const struct glance *g)
{
	return a->reuseaddr && REUSEADDR(g) && STATE(g) != LISTENING;
}

static __always_inline bool by_reuseport(const struct asker *a,
					 const struct glance *g, __u64 sk2)
{
	return a->reuseport && REUSEPORT(g) &&
	       (STATE(g) == TIME_WAIT || uid_of(sk2) == a->uid);
}

#endif
