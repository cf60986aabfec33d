// SPDX-License-Identifier: GPL-2.0-only
/* Every fix makes the kernel's rules let the bind pass, and no part of it does. */
#include "cmocka_all.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "bind_oracle.h"
#include "fixes.h"

static unsigned int bits(size_t n)
{
	return (1u << n) - 1;
}

static void add_name(struct model_names *names, bool there, const char *name)
{
	if (there)
		strcpy(names->name[names->n++], name);
}

/* As the module tells it. */
static struct model_conflict conflict_of(const struct bind_party *holder,
					 const struct bind_verdict *v)
{
	static const char *const states[] = {
		[BIND_KIND_BOUND]	= "CLOSE",
		[BIND_KIND_LISTENER]	= "LISTEN",
		[BIND_KIND_CONNECTION]	= "ESTABLISHED",
		[BIND_KIND_TIME_WAIT]	= "TIME_WAIT",
		[BIND_KIND_UDP]		= "CLOSE",
	};
	struct model_conflict ev = { .holder.addr.family = AF_INET };
	struct model_names *a = &ev.reuseaddr_blocked;
	struct model_names *p = &ev.reuseport_blocked;

	strcpy(ev.holder_state, states[holder->kind]);
	strcpy(ev.head.proto, holder->kind == BIND_KIND_UDP ? "udp" : "tcp");
	add_name(a, v->reuseaddr_blocked & BIND_REUSEADDR_REQUESTER_UNSET,
		 "requester-unset");
	add_name(a, v->reuseaddr_blocked & BIND_REUSEADDR_HOLDER_UNSET,
		 "holder-unset");
	add_name(a, v->reuseaddr_blocked & BIND_REUSEADDR_HOLDER_LISTENING,
		 "holder-listening");
	add_name(p, v->reuseport_blocked & BIND_REUSEPORT_REQUESTER_UNSET,
		 "requester-unset");
	add_name(p, v->reuseport_blocked & BIND_REUSEPORT_HOLDER_UNSET,
		 "holder-unset");
	add_name(p, v->reuseport_blocked & BIND_REUSEPORT_OTHER_USER,
		 "other-user");
	add_name(p, v->reuseport_blocked & BIND_REUSEPORT_IN_GROUP,
		 "requester-in-group");
	return ev;
}

struct world {
	struct bind_party req;
	struct bind_party holder;
	bool gone;
};

static void apply(struct world *w, const char *change)
{
	if (!strcmp(change, "requester:SO_REUSEADDR"))
		w->req.reuseaddr = true;
	else if (!strcmp(change, "requester:SO_REUSEPORT"))
		w->req.reuseport = true;
	else if (!strcmp(change, "holder:SO_REUSEADDR"))
		w->holder.reuseaddr = true;
	else if (!strcmp(change, "holder:SO_REUSEPORT"))
		w->holder.reuseport = true;
	else if (!strcmp(change, "same-user"))
		w->req.uid = w->holder.uid;
	else if (!strcmp(change, "holder:close"))
		/* A connection stays, as an orphan and as a TIME_WAIT. */
		w->gone = w->holder.kind != BIND_KIND_CONNECTION;
	else if (!strcmp(change, "wait"))
		/* Who has not closed does not go. */
		w->gone = true;
	else
		fail_msg("no such change: %s", change);
}

static bool passes(enum oracle_kernel kernel, const struct bind_party *req,
		   const struct bind_party *holder, const struct fix *fix,
		   unsigned int which)
{
	struct world w = { .req = *req, .holder = *holder };
	struct bind_verdict v;
	size_t i;

	for (i = 0; i < fix->n; i++)
		if (which & (1u << i))
			apply(&w, fix->change[i]);
	v = bind_rules_examine(&oracle_kernels[kernel], &w.req, &w.holder);
	return w.gone || v.rule == BIND_RULE_NONE;
}

static bool is_departure(const struct fix *fix)
{
	return !strcmp(fix->change[fix->n - 1], "wait");
}

static void check_fix(enum oracle_kernel kernel, const struct bind_party *req,
		      const struct bind_party *holder, const struct fix *fix)
{
	unsigned int part;

	assert_true(passes(kernel, req, holder, fix, bits(fix->n)));
	for (part = 0; part < bits(fix->n) && !is_departure(fix); part++)
		assert_false(passes(kernel, req, holder, fix, part));
}

static void check_fixes(enum oracle_kernel kernel, const struct bind_party *req,
			const struct bind_party *holder,
			const struct bind_verdict *v)
{
	struct model_conflict ev = conflict_of(holder, v);
	struct fixes fixes;
	size_t i;

	fixes_find(&ev, &fixes);
	assert_true(fixes.n > 0);
	for (i = 0; i < fixes.n; i++) {
		check_fix(kernel, req, holder, &fixes.fix[i]);
		assert_true(!i || fixes.fix[i - 1].n <= fixes.fix[i].n);
	}
}

static void every_fix_works_and_no_part_of_it(void **state)
{
	struct bind_party req, holder;
	struct bind_verdict v;
	unsigned int k, i, j;

	(void)state;
	for (k = 0; k < ORACLE_KERNELS; k++)
		for (i = 0; oracle_requester(i, &req); i++)
			for (j = 0; oracle_holder(j, &holder); j++) {
				v = bind_rules_examine(&oracle_kernels[k], &req,
						       &holder);
				if (v.rule != BIND_RULE_NONE)
					check_fixes(k, &req, &holder, &v);
			}
}

/* "a,b | c": alternatives, and the changes of each. */
static void expect_fixes(const struct model_conflict *ev, const char *expected)
{
	char text[512] = "";
	struct fixes fixes;
	size_t i, j;

	fixes_find(ev, &fixes);
	for (i = 0; i < fixes.n; i++) {
		strcat(text, i ? " | " : "");
		for (j = 0; j < fixes.fix[i].n; j++) {
			strcat(text, j ? "," : "");
			strcat(text, fixes.fix[i].change[j]);
		}
	}
	assert_string_equal(text, expected);
}

static struct model_conflict conflict(const char *state, const char *reuseaddr,
				      const char *reuseport)
{
	struct model_conflict ev = { .holder.addr.family = AF_INET };
	struct model_names *names[] = { &ev.reuseaddr_blocked,
					&ev.reuseport_blocked };
	const char *lists[] = { reuseaddr, reuseport };
	char copy[128], *rest, *item;
	size_t i;

	strcpy(ev.holder_state, state);
	strcpy(ev.head.proto, "tcp");
	for (i = 0; i < 2; i++) {
		snprintf(copy, sizeof(copy), "%s", lists[i]);
		rest = copy;
		while ((item = strsep(&rest, ",")))
			add_name(names[i], *item, item);
	}
	return ev;
}

static void smallest_first(void **state)
{
	struct model_conflict ev;

	(void)state;
	ev = conflict("LISTEN", "requester-unset,holder-listening",
		      "requester-unset,holder-unset,other-user");
	expect_fixes(&ev, "holder:close | requester:SO_REUSEPORT,holder:SO_REUSEPORT,same-user");
	ev = conflict("TIME_WAIT", "requester-unset", "requester-unset");
	expect_fixes(&ev, "requester:SO_REUSEADDR | requester:SO_REUSEPORT | wait");
	ev = conflict("CLOSE", "requester-unset,holder-unset",
		      "requester-in-group,holder-unset");
	expect_fixes(&ev, "holder:close | requester:SO_REUSEADDR,holder:SO_REUSEADDR");
}

static void a_connection_must_be_waited_for(void **state)
{
	struct model_conflict ev;

	(void)state;
	ev = conflict("ESTABLISHED", "holder-unset", "requester-unset");
	expect_fixes(&ev, "holder:SO_REUSEADDR | requester:SO_REUSEPORT | holder:close,wait");
	ev.holder_orphan = true;
	expect_fixes(&ev, "holder:SO_REUSEADDR | requester:SO_REUSEPORT | wait");
	ev = conflict("SYN_SENT", "holder-unset", "requester-unset");
	expect_fixes(&ev, "holder:SO_REUSEADDR | requester:SO_REUSEPORT | holder:close");
	strcpy(ev.head.proto, "udp");
	strcpy(ev.holder_state, "ESTABLISHED");
	expect_fixes(&ev, "holder:SO_REUSEADDR | requester:SO_REUSEPORT | holder:close");
}

static void nobody_to_blame_nothing_to_fix(void **state)
{
	struct model_conflict ev = { 0 };

	(void)state;
	strcpy(ev.rule, "no-free-port");
	expect_fixes(&ev, "");
}

static void words_for_people(void **state)
{
	struct model_conflict ev;
	struct fixes fixes;
	char text[128];

	(void)state;
	ev = conflict("LISTEN", "requester-unset,holder-listening",
		      "requester-unset,holder-unset,other-user");
	fixes_find(&ev, &fixes);
	fixes_words(&fixes.fix[0], &ev, text, sizeof(text));
	assert_string_equal(text, "closing the listener");
	fixes_words(&fixes.fix[1], &ev, text, sizeof(text));
	assert_string_equal(text, "SO_REUSEPORT on both before bind(2), both by the same user");
	ev = conflict("ESTABLISHED", "holder-unset", "other-user");
	fixes_find(&ev, &fixes);
	fixes_words(&fixes.fix[0], &ev, text, sizeof(text));
	assert_string_equal(text, "SO_REUSEADDR on the holder before its bind(2)");
	fixes_words(&fixes.fix[1], &ev, text, sizeof(text));
	assert_string_equal(text, "the same user on both sides");
	fixes_words(&fixes.fix[2], &ev, text, sizeof(text));
	assert_string_equal(text, "closing the connection and waiting until it is gone");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_fix_works_and_no_part_of_it),
		cmocka_unit_test(smallest_first),
		cmocka_unit_test(a_connection_must_be_waited_for),
		cmocka_unit_test(nobody_to_blame_nothing_to_fix),
		cmocka_unit_test(words_for_people),
	};

	return cmocka_run_group_tests_name("fixes", tests, NULL, NULL);
}
