/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The only file that knows how kernels differ. What can be tried is tried by
 * compiling the files in compat/ against the headers (compat_probed.h is the
 * outcome); what static functions take cannot be tried, so doctor
 * compares those with the kernel's own type information.
 */
#ifndef REUSETRACE_COMPAT_H
#define REUSETRACE_COMPAT_H

#include <linux/filter.h>
#include <linux/fs.h>
#include <linux/kprobes.h>
#include <linux/mount.h>
#include <linux/net.h>
#include <linux/ptrace.h>
#include <linux/trace_events.h>
#include <linux/trace.h>
#include <net/inet_connection_sock.h>
#include <net/inet_hashtables.h>
#include <net/inet_timewait_sock.h>
#include <net/sock.h>
#include <net/sock_reuseport.h>

#include "compat_probed.h"

/* Kernels in which binds to one address are checked by address bucket. */
#define COMPAT_BHASH2 RT_HAS_BHASH2

/* 6.1: a v4-mapped IPv6 socket does not see ::ffff:0.0.0.0's address bucket. */
#define COMPAT_MAPPED_ANY_HOLE (RT_HAS_BHASH2 && !RT_HAS_MAPPED_ANY_SEEN)

/* Initialiser of struct bind_kernel for the kernel we run on. */
#define COMPAT_BIND_KERNEL {						\
	.bhash2 = RT_HAS_BHASH2,					\
	.mapped_any_hole = COMPAT_MAPPED_ANY_HOLE,			\
}

/*
 * The family that an owner of a TCP port is compared by. Where there is the hole
 * it is that of its address bucket, and so of who came to the address first: 0.0.0.0
 * and ::ffff:0.0.0.0 share one. The port's lock must be held.
 */
static inline unsigned short compat_owner_family(const struct sock *sk)
{
#if COMPAT_MAPPED_ANY_HOLE && IS_ENABLED(CONFIG_IPV6)
	const struct inet_bind2_bucket *tb2;

	if (sk->sk_state == TCP_TIME_WAIT)
		tb2 = inet_twsk(sk)->tw_tb2;
	else
		tb2 = inet_csk(sk)->icsk_bind2_hash;
	if (tb2)
		return tb2->family;
#endif
	return sk->sk_family;
}

/* What the probed functions take, where that differs. */
#if RT_HAS_BHASH2
#define COMPAT_CONFLICT_REUSEPORT_OK 4
#define COMPAT_CONFLICT_PROTOTYPE \
	"int(sock*, inet_bind_bucket*, inet_bind2_bucket*, bool, bool)"
#else
#define COMPAT_CONFLICT_REUSEPORT_OK 3
#define COMPAT_CONFLICT_PROTOTYPE "int(sock*, inet_bind_bucket*, bool, bool)"
#endif

#if RT_HAS_FASTREUSE_SK_FIRST
#define COMPAT_FASTREUSE_SK 0
#define COMPAT_FASTREUSE_TB 1
#define COMPAT_FASTREUSE_PROTOTYPE \
	"void(sock*, inet_bind_bucket*, inet_bind2_bucket*)"
#else
#define COMPAT_FASTREUSE_SK 1
#define COMPAT_FASTREUSE_TB 0
#define COMPAT_FASTREUSE_PROTOTYPE "void(inet_bind_bucket*, sock*)"
#endif

#if RT_HAS_CLOSED_SOCKS
#define COMPAT_RUN_REUSEPORT_PROTOTYPE \
	"sock*(sock_reuseport*, sock*, bpf_prog*, sk_buff*, sock*, unsigned int)"
#else
#define COMPAT_RUN_REUSEPORT_PROTOTYPE \
	"sock*(sock_reuseport*, sock*, bpf_prog*, sk_buff*, unsigned int)"
#endif

/* Where a TIME_WAIT is put into the hash table; 6.12 arms its timer there too. */
#if RT_HAS_HASHDANCE_SCHEDULE
#define COMPAT_TW_HASHDANCE inet_twsk_hashdance_schedule
#define COMPAT_TW_TIMEOUT_ARGUMENT 3
#define COMPAT_TW_HASHDANCE_PROTOTYPE \
	"void(inet_timewait_sock*, sock*, inet_hashinfo*, int)"
#else
#define COMPAT_TW_HASHDANCE inet_twsk_hashdance
#define COMPAT_TW_TIMEOUT_ARGUMENT 0	/* the timer is armed already */
#define COMPAT_TW_HASHDANCE_PROTOTYPE \
	"void(inet_timewait_sock*, sock*, inet_hashinfo*)"
#endif

#if RT_HAS_TW_DROP_REASON
#define COMPAT_TW_PROCESS_PROTOTYPE \
	"tcp_tw_status(inet_timewait_sock*, sk_buff*, tcphdr*, unsigned int*, skb_drop_reason*)"
#elif RT_HAS_TW_ISN
#define COMPAT_TW_PROCESS_PROTOTYPE \
	"tcp_tw_status(inet_timewait_sock*, sk_buff*, tcphdr*, unsigned int*)"
#else
#define COMPAT_TW_PROCESS_PROTOTYPE \
	"tcp_tw_status(inet_timewait_sock*, sk_buff*, tcphdr*)"
#endif

/* TIME_WAITs alive in a namespace. */
static inline unsigned int
compat_tw_count(const struct inet_timewait_death_row *dr)
{
#if RT_HAS_TW_REFCOUNT
	return refcount_read(&dr->tw_refcount) - 1;
#else
	return atomic_read(&dr->tw_count);
#endif
}

/* Kernels that know a port's owners by address, but TIME_WAITs apart. */
#define COMPAT_TIME_WAITS_APART (RT_HAS_BHASH2 && !RT_HAS_OWNERS_IN_BHASH2)

#if COMPAT_TIME_WAITS_APART
/* The chain of address buckets that 0.0.0.0 and :: of a port are in. */
static inline struct inet_bind_hashbucket *
compat_wildcard_chain(const struct sock *sk, int port)
{
	const struct net *net = sock_net(sk);
	struct inet_hashinfo *hashinfo = net->ipv4.tcp_death_row.hashinfo;
	/* That of :: is the same. */
	u32 hash = ipv4_portaddr_hash(net, 0, port);

	return &hashinfo->bhash2[hash & (hashinfo->bhash_size - 1)];
}
#endif

/*
 * Every owner of a port, TIME_WAITs included. The bucket's lock must be held.
 * @tb2 is a scratch pointer for the kernels that nest the lists: leave the loop
 * by return or goto, since break leaves the inner list alone; with
 * COMPAT_LIST_PER_ADDRESS that is one of sockets with the same address.
 */
#define COMPAT_LIST_PER_ADDRESS RT_HAS_OWNERS_IN_BHASH2
#if RT_HAS_OWNERS_IN_BHASH2
#define compat_for_each_owner(sk, tb2, tb)				\
	hlist_for_each_entry(tb2, &(tb)->bhash2, bhash_node)		\
		sk_for_each_bound(sk, &(tb2)->owners)
#else
#define compat_for_each_owner(sk, tb2, tb)				\
	for ((tb2) = NULL; !(tb2); (tb2) = (void *)(tb))		\
		sk_for_each_bound(sk, &(tb)->owners)
#endif

static inline struct kretprobe *
compat_kretprobe_of(struct kretprobe_instance *ri)
{
#if RT_HAS_GET_KRETPROBE
	return get_kretprobe(ri);
#else
	return ri->rp;
#endif
}

static inline struct trace_array *compat_trace_array_get(const char *name,
							 const char *system)
{
#if RT_HAS_TRACE_ARRAY_SYSTEMS
	return trace_array_get_by_name(name, system);
#else
	return trace_array_get_by_name(name);
#endif
}

static inline struct file *compat_open_below(struct vfsmount *mnt,
					     const char *name, int flags)
{
#if RT_HAS_OPEN_ROOT_PATH
	struct path root = { .mnt = mnt, .dentry = mnt->mnt_root };

	return file_open_root(&root, name, flags, 0);
#else
	return file_open_root(mnt->mnt_root, mnt, name, flags, 0);
#endif
}

/*
 * Inode number of a full socket, 0 when no process holds it. The socket's
 * inode is freed after an RCU grace period: preemption is off.
 */
static inline u64 compat_sock_inode(const struct sock *sk)
{
#if RT_HAS_SK_INO
	return READ_ONCE(sk->sk_ino);
#else
	struct socket *sock = READ_ONCE(sk->sk_socket);

	return sock ? SOCK_INODE(sock)->i_ino : 0;
#endif
}

/*
 * The user that the bind rules compare for a full socket. Older kernels ask
 * the inode, and take root for a socket without one.
 */
static inline kuid_t compat_rule_uid(const struct sock *sk)
{
#if RT_HAS_SK_INO
	return READ_ONCE(sk->sk_uid);
#else
	struct socket *sock = READ_ONCE(sk->sk_socket);

	return sock ? SOCK_INODE(sock)->i_uid : GLOBAL_ROOT_UID;
#endif
}

/* The hash table of UDP sockets that @sk is or will be in. */
static inline struct udp_table *compat_udp_table(const struct sock *sk)
{
#if RT_HAS_PROT_UDP_TABLE && RT_HAS_NET_UDP_TABLE
	return sk->sk_prot->h.udp_table ? : sock_net(sk)->ipv4.udp_table;
#elif RT_HAS_PROT_UDP_TABLE
	return sk->sk_prot->h.udp_table;
#else
	return sock_net(sk)->ipv4.udp_table;
#endif
}

/* Closed listeners that still sit in the group; RCU must be held. */
static inline unsigned int
compat_closed_socks(const struct sock_reuseport *reuse)
{
#if RT_HAS_CLOSED_SOCKS
	return READ_ONCE(reuse->num_closed_socks);
#else
	return 0;
#endif
}

/* Kernels in which closed listeners stay and their connections move. */
#define COMPAT_CLOSED_SOCKS RT_HAS_CLOSED_SOCKS

/* Will reuseport_stop_listen_sock() keep this listener in its group? */
static inline bool compat_keeps_closed(const struct sock *sk)
{
#if RT_HAS_CLOSED_SOCKS
	const struct sock_reuseport *reuse;
	const struct bpf_prog *prog = NULL;

	reuse = rcu_dereference_sched(sk->sk_reuseport_cb);
	if (reuse)
		prog = rcu_dereference_sched(reuse->prog);
	return READ_ONCE(sock_net(sk)->ipv4.sysctl_tcp_migrate_req) ||
		(prog && prog->expected_attach_type ==
		 BPF_SK_REUSEPORT_SELECT_OR_MIGRATE);
#else
	return false;
#endif
}

/* Does the group look at SO_INCOMING_CPU? */
static inline bool compat_group_by_cpu(const struct sock_reuseport *reuse)
{
#if RT_HAS_INCOMING_CPU
	return READ_ONCE(reuse->incoming_cpu);
#else
	return false;
#endif
}

#endif
