/* SPDX-License-Identifier: GPL-2.0-only */
/* A TIME_WAIT's life: who closed first, who moved it on, what ended it. */
#ifndef SAME_TW_BPF_H
#define SAME_TW_BPF_H

#define FIN_WAIT1	4
#define FIN_WAIT2	5
#define CLOSING		11
#define CLOSERS		4096

/* Who closed, until the peer has answered: the last one at a place wins. */
static struct closer {
	__u64 cookie;
	__u32 busy, tgid;
	char comm[16];
} closers[CLOSERS];

static __always_inline struct closer *take_closer(__u64 cookie)
{
	struct closer *c = &closers[cookie % CLOSERS];

	return __sync_val_compare_and_swap(&c->busy, 0, 1) ? NULL : c;
}

static __always_inline bool is_owned(const struct sock *sk)
{
	return sk->sk_lock.owned;
}

SEC("fentry/tcp_check_oom")
int BPF_PROG(tw_closing, struct sock *sk, int shift)
{
	__u8 state = sk->__sk_common.skc_state;
	struct closer *c;
	__u64 cookie;

	if ((state != FIN_WAIT1 && state != FIN_WAIT2 && state != CLOSING) ||
	    !is_owned(sk))
		return 0;
	cookie = bpf_get_socket_cookie(sk);
	c = take_closer(cookie);
	if (!c)
		return 0;
	c->cookie = cookie;
	c->tgid = bpf_get_current_pid_tgid() >> 32;
	bpf_get_current_comm(c->comm, sizeof(c->comm));
	__sync_lock_test_and_set(&c->busy, 0);
	return 0;
}

static __always_inline void read_closer(struct same_tw *e,
					const struct sock *sk)
{
	struct closer *c;

	e->closer = 0;
	if (is_owned(sk)) {
		e->closer = bpf_get_current_pid_tgid() >> 32;
		bpf_get_current_comm(e->closer_comm, sizeof(e->closer_comm));
		return;
	}
	c = take_closer(e->cookie);
	if (!c)
		return;
	if (c->cookie == e->cookie) {
		e->closer = c->tgid;
		__builtin_memcpy(e->closer_comm, c->comm, sizeof(c->comm));
		c->cookie = 0;
	}
	__sync_lock_test_and_set(&c->busy, 0);
}

static __always_inline void read_ends(struct same_tw *e,
				      const struct sock_common *c)
{
	e->netns = c->skc_net.net->ns.inum;
	e->family = c->skc_family;
	e->port = c->skc_num;
	e->peer_port = bpf_ntohs(c->skc_dport);
	e->reuseaddr = c->skc_reuse;
	e->reuseport = c->skc_reuseport;
	read_addr(e->addr, c, false);
	read_addr(e->peer, c, true);
}

static __always_inline struct same_tw *begin_tw(__u8 type)
{
	struct same_tw *e = bpf_ringbuf_reserve(&ring, sizeof(*e), 0);

	if (e) {
		e->type = type;
		e->ts = bpf_ktime_get_ns();
	}
	return e;
}

static __always_inline void read_closing(struct same_tw *e,
					 const struct sock *sk)
{
	struct inode *inode = inode_of(sk);

	e->inode = inode ? inode->i_ino : 0;
	e->both_closed = sk->__sk_common.skc_state == CLOSING;
	read_closer(e, sk);
}

static __always_inline int enter(struct inet_timewait_sock *tw,
				 const struct sock *sk, long timeout)
{
	struct same_tw *e = begin_tw(SAME_TW_ENTER);

	if (!e)
		return 0;
	e->cookie = bpf_get_socket_cookie(tw);
	e->substate = tw->tw_substate;
	e->timeout = timeout;
	e->overflow = 0;
	read_ends(e, &tw->__tw_common);
	read_closing(e, sk);
	bpf_ringbuf_submit(e, BPF_RB_NO_WAKEUP);
	return 0;
}

static __always_inline long time_left(const struct inet_timewait_sock *tw)
{
	return (long)tw->tw_timer.expires - (long)bpf_jiffies64();
}

SEC("fentry/inet_twsk_hashdance")
int BPF_PROG(tw_enter, struct inet_timewait_sock *tw, struct sock *sk)
{
	return enter(tw, sk, time_left(tw));
}

/* The timer is armed later. */
SEC("fentry/inet_twsk_hashdance_schedule")
int BPF_PROG(tw_enter_scheduled, struct inet_timewait_sock *tw, struct sock *sk,
	     struct inet_hashinfo *table, int timeout)
{
	return enter(tw, sk, timeout);
}

/* One too many. */
SEC("fexit/inet_twsk_alloc")
int BPF_PROG(tw_overflow, struct sock *sk,
	     struct inet_timewait_death_row *row, int state,
	     struct inet_timewait_sock *ret)
{
	struct same_tw *e;

	if (ret)
		return 0;
	e = begin_tw(SAME_TW_ENTER);
	if (!e)
		return 0;
	e->cookie = bpf_get_socket_cookie(sk);
	e->substate = 0;
	e->timeout = 0;
	e->overflow = 1;
	read_ends(e, &sk->__sk_common);
	read_closing(e, sk);
	bpf_ringbuf_submit(e, BPF_RB_NO_WAKEUP);
	return 0;
}

#include "same_tw_end.bpf.h"

#endif
