// SPDX-License-Identifier: GPL-2.0-only
/*
 * Why a UDP bind was allowed or refused. UDP-Lite is left out: it has ports of
 * its own, which never meet UDP's.
 */
#include <linux/udp.h>
#include <net/sock.h>
#include <net/udp.h>

#include "bind.h"
#include "compat.h"
#include "probes.h"
#include "sockread.h"

/* A call of one of the functions that look for a conflict. */
struct inuse_call {
	struct bind_attempt *attempt;
};

static bool get_port_wanted(struct pt_regs *regs)
{
	return bind_call_wanted(regs, IPPROTO_UDP);
}
NOKPROBE_SYMBOL(get_port_wanted);

/*
 * While a port that was asked for is looked up, the caller holds the lock of
 * its primary slot: the one list that has every owner of the port.
 */
static bool owns_port(const struct bind_attempt *attempt, struct sock *sk2)
{
	return sk2 != attempt->sk &&
	       udp_sk(sk2)->udp_port_hash == attempt->port &&
	       net_eq(sock_net(sk2), sock_net(attempt->sk));
}
NOKPROBE_SYMBOL(owns_port);

static struct udp_hslot *primary_slot(const struct bind_attempt *attempt)
{
	return udp_hashslot(compat_udp_table(attempt->sk),
			    sock_net(attempt->sk), attempt->port);
}
NOKPROBE_SYMBOL(primary_slot);

static void explain_conflict(struct bind_attempt *attempt)
{
	struct bind_search search;
	struct sock *sk2;

	bind_search_begin(&search, attempt->sk);
	sk_for_each(sk2, &primary_slot(attempt)->head)
		if (owns_port(attempt, sk2) &&
		    bind_search_consider(&search, sk2))
			break;
	bind_search_tell(&search, attempt);
}
NOKPROBE_SYMBOL(explain_conflict);

static void tally_owners(struct bind_attempt *attempt)
{
	struct bind_party req;
	struct sock *sk2;

	/* The second of two half answers must not count all of them again. */
	attempt->tally = (struct bind_tally) {};
	sockread_requester(attempt->sk, &req);
	sk_for_each(sk2, &primary_slot(attempt)->head)
		if (owns_port(attempt, sk2) &&
		    bind_tally_add(attempt, &req, sk2))
			break;
	attempt->tallied = true;
}
NOKPROBE_SYMBOL(tally_owners);

static struct bind_attempt *attempt_of(struct pt_regs *regs,
				       unsigned int sk_argument)
{
	return bind_attempt_find((const struct sock *)
			regs_get_kernel_argument(regs, sk_argument));
}
NOKPROBE_SYMBOL(attempt_of);

/* In the search for any port the answer is a bitmap, not a verdict. */
static bool is_verdict(const struct bind_attempt *attempt)
{
	return attempt && attempt->port;
}
NOKPROBE_SYMBOL(is_verdict);

static bool lport_inuse_wanted(struct pt_regs *regs)
{
	return is_verdict(attempt_of(regs, 4));
}
NOKPROBE_SYMBOL(lport_inuse_wanted);

static bool lport_inuse2_wanted(struct pt_regs *regs)
{
	return is_verdict(attempt_of(regs, 3));
}
NOKPROBE_SYMBOL(lport_inuse2_wanted);

static int inuse_entry(struct kretprobe_instance *ri, struct pt_regs *regs,
		       unsigned int sk_argument)
{
	struct inuse_call *call = (struct inuse_call *)ri->data;

	call->attempt = attempt_of(regs, sk_argument);
	probe_hit_return(ri);
	return 0;
}
NOKPROBE_SYMBOL(inuse_entry);

static int lport_inuse_entry(struct kretprobe_instance *ri,
			     struct pt_regs *regs)
{
	return inuse_entry(ri, regs, 4);
}
NOKPROBE_SYMBOL(lport_inuse_entry);

static int lport_inuse2_entry(struct kretprobe_instance *ri,
			      struct pt_regs *regs)
{
	return inuse_entry(ri, regs, 3);
}
NOKPROBE_SYMBOL(lport_inuse2_entry);

static int inuse_return(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	const struct inuse_call *call = (const void *)ri->data;

	if ((int)regs_return_value(regs))
		explain_conflict(call->attempt);
	else
		tally_owners(call->attempt);
	return 0;
}
NOKPROBE_SYMBOL(inuse_return);

PROBE_EXPECTS(udp_lib_get_port, "int(sock*, short unsigned int, unsigned int)");
PROBE_EXPECTS(udp_lib_lport_inuse, "int(net*, short unsigned int, udp_hslot*, long unsigned int*, sock*, unsigned int)");
PROBE_EXPECTS(udp_lib_lport_inuse2, "int(net*, short unsigned int, udp_hslot*, sock*)");

static struct probe rows[] = {
	{
		.symbols = { "udp_lib_get_port" },
		.loses = "UDP binds, allowed or refused",
		.wants = get_port_wanted,
		.on_entry = bind_call_begin,
		.on_return = bind_call_end,
		.data_size = sizeof(struct bind_call),
	},
	{
		/* The alias takes the slot's first socket instead of the slot. */
		.symbols = { "udp_lib_lport_inuse", "udp_lib_lport_inuse.isra.0" },
		.loses = "which socket stood in the way of a refused UDP bind, and why others were allowed",
		.wants = lport_inuse_wanted,
		.on_entry = lport_inuse_entry,
		.on_return = inuse_return,
		.data_size = sizeof(struct inuse_call),
	},
	{
		.symbols = { "udp_lib_lport_inuse2" },
		.loses = "the same on slots with more than ten UDP sockets",
		.wants = lport_inuse2_wanted,
		.on_entry = lport_inuse2_entry,
		.on_return = inuse_return,
		.data_size = sizeof(struct inuse_call),
	},
};

const struct probe_table bind_udp_probes = { rows, ARRAY_SIZE(rows) };
