// SPDX-License-Identifier: GPL-2.0-only
#include "bind_oracle.h"

#include <arpa/inet.h>
#include <stddef.h>
#include <string.h>

const struct bind_kernel oracle_kernels[ORACLE_KERNELS] = {
	[ORACLE_5_10]	= { .bhash2 = false },
	[ORACLE_6_1]	= { .bhash2 = true, .mapped_any_hole = true },
	[ORACLE_6_12]	= { .bhash2 = true },
};

enum addr_type { ANY, MAPPED, OTHER };

static enum addr_type addr_type(const struct bind_party *p)
{
	static const unsigned char zero[16], prefix[12] = { [10] = 255, 255 };

	if (!memcmp(p->addr6, zero, 16))
		return ANY;
	return memcmp(p->addr6, prefix, 12) ? OTHER : MAPPED;
}

static bool equal6(const struct bind_party *a, const struct bind_party *b)
{
	return !memcmp(a->addr6, b->addr6, 16);
}

/* inet_rcv_saddr_equal(sk, sk2, true), for AF_INET */
static bool rcv_saddr_equal4(const struct bind_party *sk,
			     const struct bind_party *sk2)
{
	if (!sk2->v6only) {
		if (sk->addr4 == sk2->addr4)
			return true;
		return !sk->addr4 || !sk2->addr4;
	}
	return false;
}

/* inet_rcv_saddr_equal(sk, sk2, true) */
static bool rcv_saddr_equal(const struct bind_party *sk,
			    const struct bind_party *sk2)
{
	enum addr_type type, type2;

	if (!sk->inet6)
		return rcv_saddr_equal4(sk, sk2);
	type = addr_type(sk);
	type2 = sk2->inet6 ? addr_type(sk2) : MAPPED;
	if (type == MAPPED && type2 == MAPPED)
		return rcv_saddr_equal4(sk, sk2);
	if (type == ANY && type2 == ANY)
		return true;
	if (type2 == ANY && !(sk2->v6only && type == MAPPED))
		return true;
	if (type == ANY && !(sk->v6only && type2 == MAPPED))
		return true;
	return sk2->inet6 && equal6(sk, sk2);
}

/* inet_use_hash2_on_bind() */
static bool use_hash2(const struct bind_party *sk)
{
	if (sk->inet6) {
		if (addr_type(sk) == ANY)
			return false;
		if (addr_type(sk) != MAPPED)
			return true;
	}
	return sk->addr4 != 0;
}

/* 6.1: inet_bind2_bucket_match_addr_any(), the bucket made by sk2 */
static bool any_bucket_6_1(const struct bind_party *sk,
			   const struct bind_party *sk2)
{
	if (sk->inet6 != sk2->inet6) {
		if (!sk->inet6)
			return addr_type(sk2) == ANY ||
			       (addr_type(sk2) == MAPPED && !sk2->addr4);
		return addr_type(sk) == MAPPED && !sk2->addr4;
	}
	if (sk->inet6)
		return addr_type(sk2) == ANY;
	return !sk2->addr4;
}

/* 6.1: inet_bind2_bucket_addr_match() */
static bool own_bucket_6_1(const struct bind_party *sk,
			   const struct bind_party *sk2)
{
	if (sk->inet6 != sk2->inet6) {
		if (!sk->inet6)
			return addr_type(sk2) == MAPPED &&
			       sk2->addr4 == sk->addr4;
		return addr_type(sk) == MAPPED && sk->addr4 == sk2->addr4;
	}
	return sk->inet6 ? equal6(sk, sk2) : sk->addr4 == sk2->addr4;
}

/* 6.12: inet_bind2_bucket_match_addr_any(); a v4 address is kept as mapped */
static bool any_bucket_6_12(const struct bind_party *sk,
			    const struct bind_party *sk2)
{
	if (addr_type(sk2) == ANY)
		return true;
	if (addr_type(sk2) != MAPPED)
		return false;
	if (sk->inet6 && addr_type(sk) != MAPPED)
		return false;
	return !sk2->addr4;
}

/* 6.12: inet_bind2_bucket_addr_match() */
static bool own_bucket_6_12(const struct bind_party *sk,
			    const struct bind_party *sk2)
{
	if (sk->inet6)
		return equal6(sk2, sk);
	if (addr_type(sk2) != MAPPED)
		return false;
	return sk2->addr4 == sk->addr4;
}

static bool in_buckets(enum oracle_kernel kernel, const struct bind_party *sk,
		       const struct bind_party *sk2)
{
	/* __inet_bhash2_conflict() */
	if (sk2->v6only && (!sk->inet6 || addr_type(sk) == MAPPED))
		return false;
	if (kernel == ORACLE_6_1)
		return any_bucket_6_1(sk, sk2) || own_bucket_6_1(sk, sk2);
	return any_bucket_6_12(sk, sk2) || own_bucket_6_12(sk, sk2);
}

static bool same_device(const struct bind_party *sk,
			const struct bind_party *sk2)
{
	return !sk->ifindex || !sk2->ifindex || sk->ifindex == sk2->ifindex;
}

bool oracle_overlaps(enum oracle_kernel kernel, const struct bind_party *sk,
		     const struct bind_party *sk2)
{
	if (!same_device(sk, sk2))
		return false;
	if (sk2->kind != BIND_KIND_UDP && kernel != ORACLE_5_10 &&
	    use_hash2(sk))
		return in_buckets(kernel, sk, sk2);
	return rcv_saddr_equal(sk, sk2);
}

/* inet_bind_conflict() with relax and reuseport_ok */
static bool refuses_tcp(const struct bind_party *sk,
			const struct bind_party *sk2)
{
	bool cb_ok = !sk->in_group;

	if (sk->reuseaddr && sk2->reuseaddr &&
	    sk2->kind != BIND_KIND_LISTENER)
		return false;
	return !sk->reuseport || !sk2->reuseport || !cb_ok ||
	       (sk2->kind != BIND_KIND_TIME_WAIT && sk->uid != sk2->uid);
}

/* udp_lib_lport_inuse() without a bitmap */
static bool refuses_udp(const struct bind_party *sk,
			const struct bind_party *sk2)
{
	if (sk2->reuseaddr && sk->reuseaddr)
		return false;
	return !(sk2->reuseport && sk->reuseport && !sk->in_group &&
		 sk->uid == sk2->uid);
}

bool oracle_conflicts(enum oracle_kernel kernel, const struct bind_party *sk,
		      const struct bind_party *sk2)
{
	if (!oracle_overlaps(kernel, sk, sk2))
		return false;
	return sk2->kind == BIND_KIND_UDP ? refuses_udp(sk, sk2) :
					    refuses_tcp(sk, sk2);
}

static const struct {
	const char *text;
	bool inet6;
	bool v6only;
} addresses[] = {
	{ .text = "::ffff:0.0.0.0" },	/* AF_INET ones are kept like that */
	{ .text = "::ffff:127.0.0.1" },
	{ .text = "::ffff:127.0.0.2" },
	{ .text = "::", .inet6 = true },
	{ .text = "::1", .inet6 = true },
	{ .text = "fe80::2", .inet6 = true },
	{ .text = "::ffff:0.0.0.0", .inet6 = true },
	{ .text = "::ffff:127.0.0.1", .inet6 = true },
	{ .text = "::ffff:127.0.0.2", .inet6 = true },
	{ .text = "::", .inet6 = true, .v6only = true },
	{ .text = "::1", .inet6 = true, .v6only = true },
	{ .text = "fe80::2", .inet6 = true, .v6only = true },
	{ .text = "::ffff:0.0.0.0", .inet6 = true, .v6only = true },
	{ .text = "::ffff:127.0.0.1", .inet6 = true, .v6only = true },
};

#define N_ADDRESSES	(sizeof(addresses) / sizeof(addresses[0]))

static unsigned int take(unsigned int *i, unsigned int n)
{
	unsigned int digit = *i % n;

	*i /= n;
	return digit;
}

static void set_address(struct bind_party *p, unsigned int which)
{
	inet_pton(AF_INET6, addresses[which].text, p->addr6);
	p->inet6 = addresses[which].inet6;
	p->v6only = addresses[which].v6only;
	if (addr_type(p) == MAPPED)
		memcpy(&p->addr4, p->addr6 + 12, 4);
}

static void set_common(struct bind_party *p, unsigned int *i)
{
	memset(p, 0, sizeof(*p));
	set_address(p, take(i, N_ADDRESSES));
	p->ifindex = take(i, 3);
	p->reuseaddr = take(i, 2);
	p->reuseport = take(i, 2);
}

bool oracle_requester(unsigned int i, struct bind_party *p)
{
	set_common(p, &i);
	p->in_group = take(&i, 2);
	return !i;
}

bool oracle_holder(unsigned int i, struct bind_party *p)
{
	static const enum bind_kind kinds[] = {
		BIND_KIND_BOUND, BIND_KIND_LISTENER, BIND_KIND_CONNECTION,
		BIND_KIND_TIME_WAIT, BIND_KIND_UDP,
	};

	set_common(p, &i);
	p->uid = take(&i, 2);
	p->kind = kinds[take(&i, sizeof(kinds) / sizeof(kinds[0]))];
	return !i;
}
