// SPDX-License-Identifier: GPL-2.0-only
/* Why a TCP bind or listen was allowed or refused. */
#include <net/inet_hashtables.h>
#include <net/sock.h>

#include "bind.h"
#include "compat.h"
#include "probes.h"
#include "sockread.h"

#define WILDCARD_SEARCH_MAX 8	/* beyond it, the answer is waited for */

/* A call of one of the functions that look for a conflict. */
struct conflict_call {
	struct bind_attempt *attempt;
	const struct inet_bind_bucket *tb;	/* NULL: to be found by */
	int port;
	int l3mdev;
	const struct inet_bind2_bucket *tb2;	/* its address's; may be NULL */
	bool for_any_port;	/* a candidate in the search for a free port */
};

static bool get_port_wanted(struct pt_regs *regs)
{
	return bind_call_wanted(regs, IPPROTO_TCP);
}
NOKPROBE_SYMBOL(get_port_wanted);

#if COMPAT_TIME_WAITS_APART
/* These kernels keep the TIME_WAITs of an address in a list of their own. */
static bool search_bucket2(struct bind_search *search, const struct sock *sk,
			   const struct inet_bind2_bucket *tb2)
{
	struct inet_timewait_sock *tw2;
	struct sock *sk2;

	sk_for_each_bound_bhash2(sk2, &tb2->owners)
		if (!bind_search_passes_by(search, sk2) && sk2 != sk &&
		    bind_search_consider(search, sk2))
			return true;
	twsk_for_each_bound_bhash2(tw2, &tb2->deathrow) {
		sk2 = (struct sock *)tw2;
		if (!bind_search_passes_by(search, sk2) &&
		    bind_search_consider(search, sk2))
			return true;
	}
	return false;
}
NOKPROBE_SYMBOL(search_bucket2);

static bool is_of_port(const struct conflict_call *call,
		       const struct inet_bind2_bucket *tb2)
{
	return net_eq(ib2_net(tb2), sock_net(call->attempt->sk)) &&
	       tb2->port == call->port && tb2->l3mdev == call->l3mdev;
}
NOKPROBE_SYMBOL(is_of_port);

/*
 * The wildcards' bucket can be ten thousand owners down the port's own list. The
 * chain it is in has a lock that the caller does not hold: somebody else's
 * bucket may come or go. We only try it, for where nobody waits nothing can
 * lock up; the sockets found stay while the port's lock is held.
 */
static bool search_wildcards(struct bind_search *search,
			     const struct conflict_call *call)
{
	struct inet_bind_hashbucket *head2;
	const struct inet_bind2_bucket *tb2;
	bool done = false;

	head2 = compat_wildcard_chain(call->attempt->sk, call->port);
	if (!spin_trylock(&head2->lock))
		return false;
	inet_bind_bucket_for_each(tb2, &head2->chain)
		if (is_of_port(call, tb2) &&
		    search_bucket2(search, call->attempt->sk, tb2)) {
			done = true;
			break;
		}
	spin_unlock(&head2->lock);
	return done;
}
NOKPROBE_SYMBOL(search_wildcards);

/*
 * Where the kernel itself has found it, unless a wildcard was asked for; a
 * listener may still be elsewhere. Return: there is no need to look further.
 */
static bool search_addresses(struct bind_search *search,
			     const struct conflict_call *call)
{
	if (!call->tb)
		return search_wildcards(search, call);
	return call->tb2 &&
	       search_bucket2(search, call->attempt->sk, call->tb2);
}
NOKPROBE_SYMBOL(search_addresses);
#else
static bool search_addresses(struct bind_search *search,
			     const struct conflict_call *call)
{
	return false;
}
NOKPROBE_SYMBOL(search_addresses);
#endif

/* Nobody in this owner's list can be in the way: they have one address. */
static bool is_list_apart(const struct bind_search *search,
			  const struct sock *sk2)
{
	return COMPAT_LIST_PER_ADDRESS && sockread_apart(sk2, &search->req);
}
NOKPROBE_SYMBOL(is_list_apart);

static void search_port(struct bind_search *search, const struct sock *sk,
			const struct inet_bind_bucket *tb)
{
	struct inet_bind2_bucket *tb2;
	struct sock *sk2;

	compat_for_each_owner(sk2, tb2, tb) {
		/* What is passed by is taken from the little that is left then. */
		if (search->found && is_list_apart(search, sk2))
			break;
		if (bind_search_passes_by(search, sk2))
			continue;
		if (is_list_apart(search, sk2))
			break;
		if (sk2 != sk && bind_search_consider(search, sk2))
			return;
	}
}
NOKPROBE_SYMBOL(search_port);

/* The kernel found a conflict and still holds the lock: name the holder. */
static void explain_conflict(const struct conflict_call *call,
			     const struct inet_bind_bucket *tb)
{
	const struct sock *sk = call->attempt->sk;
	struct bind_search search;

	bind_search_begin(&search, sk);
	if (!search_addresses(&search, call))
		search_port(&search, sk, tb);
	bind_search_tell(&search, call->attempt);
}
NOKPROBE_SYMBOL(explain_conflict);

/* The bucket of a port; the caller of the probed function locked it. */
static const struct inet_bind_bucket *find_bucket(const struct sock *sk,
						  int port, int l3mdev)
{
	const struct net *net = sock_net(sk);
	const struct inet_hashinfo *hashinfo = net->ipv4.tcp_death_row.hashinfo;
	struct inet_bind_hashbucket *head;
	struct inet_bind_bucket *tb;

	head = &hashinfo->bhash[inet_bhashfn(net, port,
					     hashinfo->bhash_size)];
	inet_bind_bucket_for_each(tb, &head->chain)
		if (net_eq(ib_net(tb), net) && tb->port == port &&
		    tb->l3mdev == l3mdev)
			return tb;
	return NULL;
}
NOKPROBE_SYMBOL(find_bucket);

/* Where nobody is there is no conflict: the answer need not be waited for. */
static bool has_owner(const struct inet_bind_bucket *tb)
{
	struct inet_bind2_bucket *tb2;
	struct sock *sk2;

	compat_for_each_owner(sk2, tb2, tb)
		return true;
	return false;
}
NOKPROBE_SYMBOL(has_owner);

static int conflict_entry(struct kretprobe_instance *ri, struct pt_regs *regs,
			  bool for_any_port)
{
	struct conflict_call *call = (struct conflict_call *)ri->data;

	call->attempt = bind_attempt_find((const struct sock *)
					  regs_get_kernel_argument(regs, 0));
	probe_hit_return(ri);
	call->for_any_port = for_any_port;
	return 0;
}
NOKPROBE_SYMBOL(conflict_entry);

static bool bind_conflict_wanted(struct pt_regs *regs)
{
	return bind_attempt_find((const struct sock *)
				 regs_get_kernel_argument(regs, 0)) &&
	       has_owner((const struct inet_bind_bucket *)
			 regs_get_kernel_argument(regs, 1));
}
NOKPROBE_SYMBOL(bind_conflict_wanted);

/* The last argument, reuseport_ok, is only false when any port will do. */
static int bind_conflict_entry(struct kretprobe_instance *ri,
			       struct pt_regs *regs)
{
	struct conflict_call *call = (struct conflict_call *)ri->data;
	bool asked_for = (u8)regs_get_kernel_argument(regs,
						COMPAT_CONFLICT_REUSEPORT_OK);

	call->tb = (void *)regs_get_kernel_argument(regs, 1);
	call->tb2 = COMPAT_BHASH2 ? (void *)regs_get_kernel_argument(regs, 2) :
				    NULL;
	return conflict_entry(ri, regs, !asked_for);
}
NOKPROBE_SYMBOL(bind_conflict_entry);

/* Only who has no address of his own can be in the way there. */
static bool may_have_wildcard(const struct inet_bind_bucket *tb)
{
	unsigned int left = WILDCARD_SEARCH_MAX;
	struct inet_bind2_bucket *tb2;
	struct sock *sk2;

	/* An IPv6 socket with an address has something here, too. */
	compat_for_each_owner(sk2, tb2, tb)
		if (!sk2->sk_rcv_saddr || !--left)
			return true;
	return false;
}
NOKPROBE_SYMBOL(may_have_wildcard);

static bool addr_any_wanted(struct pt_regs *regs)
{
	const struct sock *sk = (const struct sock *)
		regs_get_kernel_argument(regs, 0);
	const struct inet_bind_bucket *tb;

	if (!bind_attempt_find(sk))
		return false;
	tb = find_bucket(sk, (int)regs_get_kernel_argument(regs, 1),
			 (int)regs_get_kernel_argument(regs, 2));
	return tb && may_have_wildcard(tb);
}
NOKPROBE_SYMBOL(addr_any_wanted);

static int addr_any_entry(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	struct conflict_call *call = (struct conflict_call *)ri->data;
	bool asked_for = (u8)regs_get_kernel_argument(regs, 4);

	call->tb = NULL;
	call->port = (int)regs_get_kernel_argument(regs, 1);
	call->l3mdev = (int)regs_get_kernel_argument(regs, 2);
	return conflict_entry(ri, regs, !asked_for);
}
NOKPROBE_SYMBOL(addr_any_entry);

static int conflict_return(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	const struct conflict_call *call = (const void *)ri->data;
	const struct inet_bind_bucket *tb;

	/* Both functions answer yes or no, in a bool or in an int. */
	if (!(u8)regs_return_value(regs))
		return 0;
	if (call->for_any_port) {
		call->attempt->passed_over++;
		return 0;
	}
	tb = call->tb ? call->tb : find_bucket(call->attempt->sk, call->port,
					       call->l3mdev);
	if (tb)
		explain_conflict(call, tb);
	return 0;
}
NOKPROBE_SYMBOL(conflict_return);

static void tally_owners(struct bind_attempt *attempt,
			 const struct inet_bind_bucket *tb)
{
	struct inet_bind2_bucket *tb2;
	struct bind_party req;
	struct sock *sk2;

	if (!has_owner(tb))
		return;
	sockread_requester(attempt->sk, &req);
	compat_for_each_owner(sk2, tb2, tb)
		if (sk2 != attempt->sk &&
		    !bind_tally_only_counts(attempt, &req, sk2) &&
		    bind_tally_add(attempt, &req, sk2))
			return;
}
NOKPROBE_SYMBOL(tally_owners);

/* Runs on every success, bucket locked; children of listeners come too. */
static int fastreuse_entry(struct kprobe *kp, struct pt_regs *regs)
{
	const struct sock *sk = (const struct sock *)
		regs_get_kernel_argument(regs, COMPAT_FASTREUSE_SK);
	const struct inet_bind_bucket *tb = (const struct inet_bind_bucket *)
		regs_get_kernel_argument(regs, COMPAT_FASTREUSE_TB);
	struct bind_attempt *attempt = bind_attempt_find(sk);

	if (!attempt)
		return 0;
	probe_hit(kp);
	tally_owners(attempt, tb);
	attempt->tallied = true;
	bind_tell_success(attempt, tb->port);
	return 0;
}
NOKPROBE_SYMBOL(fastreuse_entry);

PROBE_EXPECTS(inet_csk_get_port, "int(sock*, short unsigned int)");
PROBE_EXPECTS(inet_csk_bind_conflict, COMPAT_CONFLICT_PROTOTYPE);
PROBE_EXPECTS(inet_csk_update_fastreuse, COMPAT_FASTREUSE_PROTOTYPE);
#if COMPAT_BHASH2
PROBE_EXPECTS(inet_bhash2_addr_any_conflict, "bool(sock*, int, int, bool, bool)");
#endif

/* The first row opens the attempts that the others add to. */
static struct probe rows[] = {
	{
		.symbols = { "inet_csk_get_port" },
		.loses = "TCP binds and listens, allowed or refused",
		.wants = get_port_wanted,
		.on_entry = bind_call_begin,
		.on_return = bind_call_end,
		.data_size = sizeof(struct bind_call),
	},
	{
		.symbols = { "inet_csk_bind_conflict" },
		.loses = "which socket stood in the way of a refused TCP bind",
		.wants = bind_conflict_wanted,
		.on_entry = bind_conflict_entry,
		.on_return = conflict_return,
		.data_size = sizeof(struct conflict_call),
	},
	{
		.symbols = { "inet_bhash2_addr_any_conflict" },
		.loses = "which wildcard socket stood in the way of a refused TCP bind",
		.absent = !COMPAT_BHASH2,
		.wants = addr_any_wanted,
		.on_entry = addr_any_entry,
		.on_return = conflict_return,
		.data_size = sizeof(struct conflict_call),
	},
	{
		.symbols = { "inet_csk_update_fastreuse" },
		.loses = "why a TCP bind was allowed, and over which sockets",
		.at_entry = fastreuse_entry,
	},
};

const struct probe_table bind_tcp_probes = { rows, ARRAY_SIZE(rows) };
