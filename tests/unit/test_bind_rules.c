// SPDX-License-Identifier: GPL-2.0-only
/* module/bind_rules.c, compiled unchanged, against a second reading of the kernels. */
#include "cmocka_all.h"

#include <arpa/inet.h>
#include <string.h>

#include "bind_oracle.h"

typedef void (*pair_fn)(enum oracle_kernel kernel, const struct bind_party *req,
			const struct bind_party *holder,
			const struct bind_verdict *v);

static void for_each_pair(pair_fn fn)
{
	struct bind_party req, holder;
	struct bind_verdict v;
	unsigned int k, i, j;

	for (k = 0; k < ORACLE_KERNELS; k++)
		for (i = 0; oracle_requester(i, &req); i++)
			for (j = 0; oracle_holder(j, &holder); j++) {
				v = bind_rules_examine(&oracle_kernels[k], &req,
						       &holder);
				fn(k, &req, &holder, &v);
			}
}

static void check_overlap(enum oracle_kernel kernel,
			  const struct bind_party *req,
			  const struct bind_party *holder,
			  const struct bind_verdict *v)
{
	bool overlaps = v->overlap != BIND_OVERLAP_NONE;

	assert_int_equal(overlaps, oracle_overlaps(kernel, req, holder));
}

static void overlaps_as_the_kernel_says(void **state)
{
	(void)state;
	for_each_pair(check_overlap);
}

static void check_refusal(enum oracle_kernel kernel,
			  const struct bind_party *req,
			  const struct bind_party *holder,
			  const struct bind_verdict *v)
{
	bool refused = v->rule != BIND_RULE_NONE;

	assert_int_equal(refused, oracle_conflicts(kernel, req, holder));
}

static void check_glances(enum oracle_kernel kernel, const struct bind_party *req,
			  const struct bind_party *holder,
			  const struct bind_verdict *v)
{
	bool listening = holder->kind == BIND_KIND_LISTENER;
	bool time_wait = holder->kind == BIND_KIND_TIME_WAIT;

	(void)kernel;
	if (bind_rules_apart(req, holder->addr4,
			     holder->inet6 ? holder->addr6 : NULL))
		assert_int_equal(v->overlap, BIND_OVERLAP_NONE);
	if (bind_rules_by_reuseaddr(req, holder->reuseaddr, listening)) {
		assert_int_equal(v->rule, BIND_RULE_NONE);
		assert_int_equal(v->reuseaddr_blocked, 0);
	}
	if (bind_rules_by_reuseport(req, holder->reuseport, time_wait)) {
		assert_int_equal(v->rule, BIND_RULE_NONE);
		assert_int_equal(v->reuseport_blocked, 0);
	}
}

static void a_glance_says_nothing_else(void **state)
{
	(void)state;
	for_each_pair(check_glances);
}

static void refuses_as_the_kernel_does(void **state)
{
	(void)state;
	for_each_pair(check_refusal);
}

static void check_rule(enum oracle_kernel kernel, const struct bind_party *req,
		       const struct bind_party *holder,
		       const struct bind_verdict *v)
{
	static const enum bind_rule rules[] = {
		[BIND_KIND_BOUND]	= BIND_RULE_BOUND,
		[BIND_KIND_LISTENER]	= BIND_RULE_LISTENER,
		[BIND_KIND_CONNECTION]	= BIND_RULE_CONNECTION,
		[BIND_KIND_TIME_WAIT]	= BIND_RULE_TIME_WAIT,
		[BIND_KIND_UDP]		= BIND_RULE_UDP,
	};
	enum bind_rule expected = rules[holder->kind];

	(void)kernel;
	if (v->rule == BIND_RULE_NONE)
		return;
	if (req->reuseport && holder->reuseport && req->uid != holder->uid &&
	    holder->kind != BIND_KIND_TIME_WAIT)
		expected = BIND_RULE_REUSEPORT_OTHER_USER;
	assert_int_equal(v->rule, expected);
}

static void names_the_rule(void **state)
{
	(void)state;
	for_each_pair(check_rule);
}

static void check_blocked(enum oracle_kernel kernel,
			  const struct bind_party *req,
			  const struct bind_party *holder,
			  const struct bind_verdict *v)
{
	bool listening = holder->kind == BIND_KIND_LISTENER;
	bool user = holder->kind != BIND_KIND_TIME_WAIT &&
		    req->uid != holder->uid;
	__u8 a, p;

	(void)kernel;
	if (v->overlap == BIND_OVERLAP_NONE) {
		assert_int_equal(v->reuseaddr_blocked, 0);
		assert_int_equal(v->reuseport_blocked, 0);
		return;
	}
	a = (req->reuseaddr ? 0 : BIND_REUSEADDR_REQUESTER_UNSET) |
	    (holder->reuseaddr ? 0 : BIND_REUSEADDR_HOLDER_UNSET) |
	    (listening ? BIND_REUSEADDR_HOLDER_LISTENING : 0);
	p = (req->reuseport ? 0 : BIND_REUSEPORT_REQUESTER_UNSET) |
	    (holder->reuseport ? 0 : BIND_REUSEPORT_HOLDER_UNSET) |
	    (user ? BIND_REUSEPORT_OTHER_USER : 0) |
	    (req->in_group ? BIND_REUSEPORT_IN_GROUP : 0);
	assert_int_equal(v->reuseaddr_blocked, a);
	assert_int_equal(v->reuseport_blocked, p);
}

static void lists_all_that_is_in_the_way(void **state)
{
	(void)state;
	for_each_pair(check_blocked);
}

static bool is_zero(const __u8 *bytes, size_t n)
{
	while (n && !bytes[n - 1])
		n--;
	return !n;
}

static bool takes_all(const struct bind_party *p)
{
	static const __u8 prefix[12] = { [10] = 255, [11] = 255 };

	return is_zero(p->addr6, 16) ||
	       (!memcmp(p->addr6, prefix, 12) && is_zero(p->addr6 + 12, 4));
}

static void check_kind(enum oracle_kernel kernel, const struct bind_party *req,
		       const struct bind_party *holder,
		       const struct bind_verdict *v)
{
	static const enum bind_overlap kinds[2][2] = {
		{ BIND_OVERLAP_SAME_ADDRESS, BIND_OVERLAP_HOLDER_WILDCARD },
		{ BIND_OVERLAP_REQUESTER_WILDCARD, BIND_OVERLAP_BOTH_WILDCARD },
	};

	(void)kernel;
	if (v->overlap != BIND_OVERLAP_NONE)
		assert_int_equal(v->overlap,
				 kinds[takes_all(req)][takes_all(holder)]);
}

static void says_which_side_is_a_wildcard(void **state)
{
	(void)state;
	for_each_pair(check_kind);
}

static struct bind_party party(bool reuseaddr, bool reuseport,
			       enum bind_kind kind)
{
	return (struct bind_party){
		.addr6 = { [10] = 255, [11] = 255, [12] = 127, [15] = 1 },
		.addr4 = htonl(0x7f000001),
		.reuseaddr = reuseaddr,
		.reuseport = reuseport,
		.kind = kind,
	};
}

static enum bind_why why_over(const struct bind_party *req,
			      const struct bind_party *holders, size_t n,
			      bool forced)
{
	struct bind_tally tally = { 0 };
	struct bind_verdict v;
	size_t i;

	for (i = 0; i < n; i++) {
		v = bind_rules_examine(&oracle_kernels[ORACLE_6_1], req,
				       &holders[i]);
		bind_rules_tally(&tally, &holders[i], &v);
	}
	return bind_rules_why(&tally, forced);
}

static void tells_why_a_bind_passed(void **state)
{
	struct bind_party both = party(true, true, BIND_KIND_BOUND);
	struct bind_party none = party(false, false, BIND_KIND_BOUND);
	struct bind_party list[2] = {
		party(true, false, BIND_KIND_TIME_WAIT),
		party(false, true, BIND_KIND_LISTENER),
	};

	(void)state;
	assert_int_equal(why_over(&none, list, 0, false), BIND_WHY_PORT_FREE);
	assert_int_equal(why_over(&both, list, 1, false), BIND_WHY_REUSEADDR);
	assert_int_equal(why_over(&both, list + 1, 1, false),
			 BIND_WHY_REUSEPORT);
	assert_int_equal(why_over(&both, list, 2, false),
			 BIND_WHY_REUSEADDR_REUSEPORT);
	assert_int_equal(why_over(&none, list, 2, false), BIND_WHY_CACHE);
	assert_int_equal(why_over(&none, list, 2, true), BIND_WHY_FORCED);
	list[0].ifindex = 1;
	none.ifindex = 2;
	assert_int_equal(why_over(&none, list, 1, false), BIND_WHY_NO_OVERLAP);
}

static void counts_the_owners(void **state)
{
	struct bind_party req = party(true, false, BIND_KIND_BOUND);
	struct bind_party tw = party(true, false, BIND_KIND_TIME_WAIT);
	struct bind_verdict v = bind_rules_examine(&oracle_kernels[ORACLE_5_10],
						   &req, &tw);
	struct bind_tally tally = { 0 };

	(void)state;
	bind_rules_tally(&tally, &tw, &v);
	bind_rules_tally(&tally, &req, &v);
	assert_int_equal(tally.owners, 2);
	assert_int_equal(tally.time_wait, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(overlaps_as_the_kernel_says),
		cmocka_unit_test(a_glance_says_nothing_else),
		cmocka_unit_test(refuses_as_the_kernel_does),
		cmocka_unit_test(names_the_rule),
		cmocka_unit_test(lists_all_that_is_in_the_way),
		cmocka_unit_test(says_which_side_is_a_wildcard),
		cmocka_unit_test(tells_why_a_bind_passed),
		cmocka_unit_test(counts_the_owners),
	};

	return cmocka_run_group_tests_name("bind_rules", tests, NULL, NULL);
}
