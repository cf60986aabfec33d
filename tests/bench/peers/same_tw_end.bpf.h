/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What this CPU is about to do to a TIME_WAIT, BH off, noted before
 * inet_twsk_kill(), which all ends go through.
 */
#ifndef SAME_TW_END_BPF_H
#define SAME_TW_END_BPF_H

static struct pending {
	const struct inet_timewait_sock *tw;	/* only compared */
	__u64 cookie;
	__u8 reason, substate;
	__s8 tcp_tw_reuse;
	bool early, tproxy;
} pendings[CPUS_MAX];

/* Tasks that purge a namespace or destroy a socket: mostly none. */
static __u32 doomsayers;

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, __u32);
	__type(value, __u8);
} doom SEC(".maps");

static __always_inline struct pending *this_pending(void)
{
	return &pendings[bpf_get_smp_processor_id() % CPUS_MAX];
}

static __always_inline struct pending *note(const void *tw, __u64 cookie,
					    __u8 reason)
{
	struct pending *p = this_pending();

	p->tw = tw;
	p->cookie = cookie;
	p->reason = reason;
	p->substate = TIME_WAIT;
	p->tcp_tw_reuse = -1;
	p->early = false;
	p->tproxy = false;
	return p;
}

/*
 * Whether a packet ends it is only known afterwards, but what it is called if it
 * does can be told from its flags.
 */
SEC("fentry/tcp_timewait_state_process")
int BPF_PROG(tw_packet, struct inet_timewait_sock *tw, struct sk_buff *skb,
	     struct tcphdr *th)
{
	bool opens = th->syn && !th->rst && !th->ack;
	__u8 substate = tw->tw_substate;
	struct pending *p;

	p = note(tw, bpf_get_socket_cookie(tw), opens && substate == TIME_WAIT ?
						ENDED_SYN_REUSE : ENDED_RESET);
	p->substate = substate;
	return 0;
}

SEC("fexit/tcp_twsk_unique")
int BPF_PROG(tw_taken, struct sock *sk, struct sock *tw, void *twp, int ret)
{
	struct pending *p;

	if (!ret)
		return 0;
	p = note(tw, bpf_get_socket_cookie(tw), ENDED_CONNECT_REUSE);
	if (twp)
		p->tcp_tw_reuse =
			tw->__sk_common.skc_net.net->ipv4.sysctl_tcp_tw_reuse;
	return 0;
}

/* Before its time. All callers are known: if nobody has noted it, a proxy. */
SEC("fentry/inet_twsk_deschedule_put")
int BPF_PROG(tw_stopped, struct inet_timewait_sock *tw)
{
	__u64 cookie = tw->__tw_common.skc_cookie.counter;
	struct pending *p = this_pending();

	if (p->tw != tw || p->cookie != cookie) {
		p = note(tw, cookie, ENDED_OTHER);
		p->tproxy = true;
	}
	p->early = true;
	return 0;
}

static __always_inline int begin_doom(__u8 reason)
{
	__u32 tid = bpf_get_current_pid_tgid();

	__sync_fetch_and_add(&doomsayers, 1);
	bpf_map_update_elem(&doom, &tid, &reason, BPF_ANY);
	return 0;
}

static __always_inline int end_doom(void)
{
	__u32 tid = bpf_get_current_pid_tgid();

	bpf_map_delete_elem(&doom, &tid);
	__sync_fetch_and_add(&doomsayers, -1);
	return 0;
}

SEC("fentry/inet_twsk_purge")
int BPF_PROG(tw_purge, void *table)
{
	return begin_doom(ENDED_PURGED);
}

SEC("fexit/inet_twsk_purge")
int BPF_PROG(tw_purged, void *table)
{
	return end_doom();
}

SEC("fentry/tcp_abort")
int BPF_PROG(tw_abort, struct sock *sk, int error)
{
	return begin_doom(ENDED_DESTROYED);
}

SEC("fexit/tcp_abort")
int BPF_PROG(tw_aborted, struct sock *sk, int error)
{
	return end_doom();
}

static __always_inline __u8 reason_of(const struct pending *p, bool noted,
				      long left)
{
	__u32 tid;
	__u8 *reason;

	if (doomsayers) {
		tid = bpf_get_current_pid_tgid();
		reason = bpf_map_lookup_elem(&doom, &tid);
		if (reason)
			return *reason;
	}
	if (noted && p->early)
		return p->reason;
	if (left <= 0)
		return ENDED_EXPIRED;
	return noted ? p->reason : ENDED_OTHER;
}

SEC("fentry/inet_twsk_kill")
int BPF_PROG(tw_exit, struct inet_timewait_sock *tw)
{
	struct same_tw *e = begin_tw(SAME_TW_EXIT);
	struct pending *p = this_pending();
	bool noted;

	if (!e)
		return 0;
	e->cookie = bpf_get_socket_cookie(tw);
	e->substate = tw->tw_substate;
	e->timeout = time_left(tw);
	noted = p->tw == tw && p->cookie == e->cookie;
	e->reason = reason_of(p, noted, e->timeout);
	e->tcp_tw_reuse = e->reason == ENDED_CONNECT_REUSE ? p->tcp_tw_reuse :
							     -1;
	e->tproxy = e->reason == ENDED_OTHER && noted && p->tproxy;
	read_ends(e, &tw->__tw_common);
	bpf_ringbuf_submit(e, BPF_RB_NO_WAKEUP);
	if (noted)
		p->tw = NULL;
	return 0;
}

/* A packet has set its timer again. */
SEC("fentry/__inet_twsk_schedule")
int BPF_PROG(tw_state, struct inet_timewait_sock *tw, int timeout, __u8 again)
{
	struct pending *p;
	struct same_tw *e;

	if (!again)
		return 0;
	e = begin_tw(SAME_TW_STATE);
	if (!e)
		return 0;
	p = this_pending();
	e->cookie = bpf_get_socket_cookie(tw);
	e->substate = tw->tw_substate;
	e->from = p->tw == tw && p->cookie == e->cookie ? p->substate :
							 e->substate;
	e->timeout = timeout;
	read_ends(e, &tw->__tw_common);
	bpf_ringbuf_submit(e, BPF_RB_NO_WAKEUP);
	return 0;
}

#endif
