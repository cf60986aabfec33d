/* SPDX-License-Identifier: GPL-2.0-only */
/* A bind: the account of the port's owners under its lock, told on return. */
#ifndef SAME_BIND_BPF_H
#define SAME_BIND_BPF_H

#define ATTEMPTS	512
#define ATTEMPTS_TRIED	4

/* Between the two; the task may be preempted and move to another CPU. */
static struct attempt {
	const struct sock *sk;	/* only compared; NULL: free */
	__u32 owners, time_wait, passed_over;
	__u8 found;
} attempts[ATTEMPTS];

/* Mostly there are none, and then there is no need to look for one. */
static __u32 alive, turned_away;

static __always_inline __u32 place_of(unsigned long long *ctx, int arg)
{
	__u64 key = 0;

	/* As a number, for pointers cannot be calculated with. */
	bpf_get_func_arg(ctx, arg, &key);
	return key * 0x61C8864680B583EBull >> 55;
}

static __always_inline struct attempt *find_attempt(const struct sock *sk,
						    __u32 at)
{
	struct attempt *try;
	__u32 i;

	for (i = at; i < at + ATTEMPTS_TRIED; i++) {
		try = &attempts[i % ATTEMPTS];
		if (try->sk == sk)
			return try;
	}
	return NULL;
}

static __always_inline struct attempt *new_attempt(const struct sock *sk,
						   __u32 at)
{
	struct attempt *try;
	__u32 i;

	for (i = at; i < at + ATTEMPTS_TRIED; i++) {
		try = &attempts[i % ATTEMPTS];
		if (!try->sk && !__sync_val_compare_and_swap((__u64 *)&try->sk,
							     0, (__u64)sk)) {
			try->owners = 0;
			try->time_wait = 0;
			try->passed_over = 0;
			try->found = 0;
			__sync_fetch_and_add(&alive, 1);
			return try;
		}
	}
	__sync_fetch_and_add(&turned_away, 1);
	return NULL;
}

static __always_inline struct attempt *
begin_attempt(unsigned long long *ctx, int arg, const struct sock *sk)
{
	__u32 at = place_of(ctx, arg);
	struct attempt *attempt = find_attempt(sk, at);

	return attempt ? attempt : new_attempt(sk, at);
}

/* Verified by itself, or the loop around it would be too much for that. */
__noinline int tally_closely(struct attempt *to, struct asker *a)
{
	const struct glance *g;
	__u64 sk2;

	if (!to || !a)
		return 0;
	g = &a->at;
	sk2 = a->sk2;
	if (sk2 == a->self) {
		to->owners--;
		return 0;
	}
	if (!overlaps(a, g, sk2))
		return 0;
	if (by_reuseaddr(a, g)) {
		to->found |= SAME_OVERLAPPING | SAME_BY_REUSEADDR;
		a->passes = ANY_REUSEADDR;
	} else if (by_reuseport(a, g, sk2)) {
		to->found |= SAME_OVERLAPPING | SAME_BY_REUSEPORT;
	} else {
		to->found |= SAME_OVERLAPPING | SAME_REFUSED;
	}
	return 0;
}

/* The first list, of who asks, may be empty. Return: there is one to look at. */
static __always_inline bool find_next(struct place *at)
{
	if (at->node)
		return true;
	if (!at->list)
		return false;
	next_list(at);
	if (at->node)
		return true;
	if (!at->list)
		return false;
	next_list(at);
	return at->node;
}

static __always_inline void tally_port(struct attempt *to, struct asker *a,
				       struct place at)
{
	struct glance g;
	__u64 sk2;
	int i;

	for (i = 0; i < SAME_OWNERS_MAX && find_next(&at); i++) {
		sk2 = at.node - NODE_OFFSET;
		g = glance_at(sk2);
		at.node = g.next;
		if (STATE(&g) == TIME_WAIT)
			to->time_wait++;
		if ((g.word & a->passes) && STATE(&g) != LISTENING)
			continue;
		a->at = g;
		a->sk2 = sk2;
		tally_closely(to, a);
	}
	/* Who asks is taken off already, if he was among them: he listens. */
	to->owners += i;
	if (find_next(&at))
		to->found |= SAME_TRUNCATED;
}

/* Every success comes here, the lock held; children of listeners, too. */
SEC("fentry/inet_csk_update_fastreuse")
int BPF_PROG(tcp_allowed, struct inet_bind_bucket *tb, struct sock *sk)
{
	struct place at = first_place(tb);
	struct attempt *attempt;
	struct asker *a;
	__u8 state;

	/* What nobody tells of is a free port. */
	if (is_over(&at))
		return 0;
	state = sk->__sk_common.skc_state;
	if (state != CLOSED && state != LISTENING)
		return 0;
	attempt = begin_attempt(ctx, 1, sk);
	if (!attempt)
		return 0;
	attempt->found = SAME_TALLIED;
	a = this_asker();
	read_asker(a, sk);
	tally_port(attempt, a, at);
	return 0;
}

static __always_inline struct attempt *
attempt_of(unsigned long long *ctx, const struct sock *sk)
{
	return alive ? find_attempt(sk, place_of(ctx, 0)) : NULL;
}

static __always_inline void end_attempt(struct attempt *attempt)
{
	__sync_fetch_and_add(&alive, -1);
	barrier();
	attempt->sk = NULL;
}

static __always_inline void add_attempt(struct same_bind *e,
					struct attempt *attempt)
{
	if (!attempt) {
		e->found = turned_away || e->proto == UDP ? 0 : SAME_TALLIED;
		e->owners = 0;
		e->over_time_wait = 0;
		e->passed_over = 0;
		return;
	}
	e->found = attempt->found;
	e->owners = attempt->owners;
	e->over_time_wait = attempt->time_wait;
	e->passed_over = attempt->passed_over;
	end_attempt(attempt);
}

static __always_inline void tell_bind(struct sock *sk, __u16 port, int ret,
				      __u8 proto, struct attempt *attempt)
{
	struct same_bind *e = bpf_ringbuf_reserve(&ring, sizeof(*e), 0);

	if (!e)
		return;
	e->type = SAME_BIND;
	e->ts = bpf_ktime_get_ns();
	e->pid = bpf_get_current_pid_tgid() >> 32;
	e->netns = sk->__sk_common.skc_net.net->ns.inum;
	e->result = ret;
	e->port = port;
	e->proto = proto;
	add_attempt(e, attempt);
	read_sock(&e->sock, sk);
	bpf_get_current_comm(e->comm, sizeof(e->comm));
	bpf_ringbuf_submit(e, BPF_RB_NO_WAKEUP);
}

SEC("fexit/inet_csk_get_port")
int BPF_PROG(tcp_bind, struct sock *sk, __u16 port, int ret)
{
	tell_bind(sk, port, ret, TCP, attempt_of(ctx, sk));
	return 0;
}

SEC("fexit/udp_lib_get_port")
int BPF_PROG(udp_bind, struct sock *sk, __u16 port, __u32 hash2, int ret)
{
	tell_bind(sk, port, ret, UDP, NULL);
	return 0;
}

#endif
