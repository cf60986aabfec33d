/* SPDX-License-Identifier: GPL-2.0-only */
/* Reading what the kernel's types lead to, and what only an address leads to. */
#ifndef SAME_SOCK_BPF_H
#define SAME_SOCK_BPF_H

#define CPUS_MAX 1024
#define TCP	6
#define UDP	17

/* From 6.8 on a port's owners are in the lists of its addresses. */
struct inet_bind_bucket___by_address {
	struct hlist_head bhash2;
} __attribute__((preserve_access_index));

struct inet_bind2_bucket___by_address {
	struct hlist_node bhash_node;
	struct hlist_head owners;
} __attribute__((preserve_access_index));

#define OWNERS_BY_ADDRESS \
	bpf_core_field_exists(struct inet_bind_bucket___by_address, bhash2)

/* These kernels have this as well. It costs nothing; a helper costs a call. */
extern void *bpf_rdonly_cast(void *obj, __u32 btf_id) __ksym __weak;

#define AT(type, address) ((const type *) \
	bpf_rdonly_cast((void *)(address), bpf_core_type_id_kernel(type)))

/* sock->file's inode is the socket's own, and typed all the way. */
static __always_inline struct inode *inode_of(const struct sock *sk)
{
	struct socket *socket = sk->sk_socket;

	if (!socket || !socket->file)
		return NULL;
	return socket->file->f_inode;
}

static __always_inline void read_sock(struct same_sock *to, struct sock *sk)
{
	struct inode *inode = inode_of(sk);

	to->cookie = bpf_get_socket_cookie(sk);
	to->inode = 0;
	to->uid = 0;
	if (inode) {
		to->inode = inode->i_ino;
		to->uid = inode->i_uid.val;
	}
	to->ifindex = sk->__sk_common.skc_bound_dev_if;
	to->family = sk->__sk_common.skc_family;
	to->port = sk->__sk_common.skc_num;
	to->state = sk->__sk_common.skc_state;
	to->reuseaddr = sk->__sk_common.skc_reuse;
	to->reuseport = sk->__sk_common.skc_reuseport;
	to->v6only = sk->__sk_common.skc_ipv6only;
	read_addr(to->addr, &sk->__sk_common, false);
}

/* A socket in a group may not share by SO_REUSEPORT, but with closed ones. */
static __always_inline bool group_forbids(const struct sock *sk)
{
	const struct sock_reuseport *reuse = sk->sk_reuseport_cb;

	return reuse && !reuse->num_closed_socks;
}

#endif
