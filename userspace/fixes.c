// SPDX-License-Identifier: GPL-2.0-only
#include "fixes.h"

#include <string.h>

#include "phrase.h"

static const char req_reuseaddr[] = "requester:SO_REUSEADDR";
static const char req_reuseport[] = "requester:SO_REUSEPORT";
static const char holder_reuseaddr[] = "holder:SO_REUSEADDR";
static const char holder_reuseport[] = "holder:SO_REUSEPORT";
static const char same_user[] = "same-user";
static const char holder_close[] = "holder:close";
static const char wait_for_it[] = "wait";

static bool has_name(const struct model_names *names, const char *name)
{
	size_t i;

	for (i = 0; i < names->n; i++)
		if (!strcmp(names->name[i], name))
			return true;
	return false;
}

static void add_change(struct fix *fix, const char *change)
{
	fix->change[fix->n++] = change;
}

static void add_if(struct fix *fix, const struct model_names *names,
		   const char *name, const char *change)
{
	if (has_name(names, name))
		add_change(fix, change);
}

static void add_fix(struct fixes *fixes, const struct fix *fix)
{
	if (fix->n)
		fixes->fix[fixes->n++] = *fix;
}

static void add_reuseaddr(struct fixes *fixes, const struct model_names *names)
{
	struct fix fix = { 0 };

	if (has_name(names, "holder-listening"))
		return;
	add_if(&fix, names, "requester-unset", req_reuseaddr);
	add_if(&fix, names, "holder-unset", holder_reuseaddr);
	add_fix(fixes, &fix);
}

static void add_reuseport(struct fixes *fixes, const struct model_names *names)
{
	struct fix fix = { 0 };

	if (has_name(names, "requester-in-group"))
		return;
	add_if(&fix, names, "requester-unset", req_reuseport);
	add_if(&fix, names, "holder-unset", holder_reuseport);
	add_if(&fix, names, "other-user", same_user);
	add_fix(fixes, &fix);
}

static bool is_one_of(const char *state, const char *const *states)
{
	while (*states && strcmp(*states, state))
		states++;
	return *states;
}

static bool is_gone(const struct model_conflict *ev)
{
	return ev->holder_orphan || !strcmp(ev->holder_state, "TIME_WAIT");
}

/*
 * Closing such a connection does not free its port: it goes on as an orphan, or
 * as a TIME_WAIT, until the peer has answered and time has passed.
 */
static bool outlives_close(const struct model_conflict *ev)
{
	static const char *const states[] = {
		"ESTABLISHED", "SYN_RECV", "FIN_WAIT1", "FIN_WAIT2",
		"CLOSE_WAIT", "LAST_ACK", "CLOSING", NULL
	};

	return strcmp(ev->head.proto, "udp") &&
	       is_one_of(ev->holder_state, states);
}

static void add_departure(struct fixes *fixes, const struct model_conflict *ev)
{
	struct fix fix = { 0 };

	if (!is_gone(ev))
		add_change(&fix, holder_close);
	if (is_gone(ev) || outlives_close(ev))
		add_change(&fix, wait_for_it);
	add_fix(fixes, &fix);
}

/* Smallest first; those of one size stay in the order they were found in. */
static void sort_fixes(struct fixes *fixes)
{
	struct fix fix;
	size_t i, j;

	for (i = 1; i < fixes->n; i++) {
		fix = fixes->fix[i];
		for (j = i; j && fixes->fix[j - 1].n > fix.n; j--)
			fixes->fix[j] = fixes->fix[j - 1];
		fixes->fix[j] = fix;
	}
}

void fixes_find(const struct model_conflict *ev, struct fixes *fixes)
{
	fixes->n = 0;
	if (!ev->holder.addr.family)
		return;
	/* What is told of an inferred holder is how it was afterwards. */
	if (!ev->inferred) {
		add_reuseaddr(fixes, &ev->reuseaddr_blocked);
		add_reuseport(fixes, &ev->reuseport_blocked);
	}
	add_departure(fixes, ev);
	sort_fixes(fixes);
}

static bool fix_has(const struct fix *fix, const char *change)
{
	size_t i;

	for (i = 0; i < fix->n; i++)
		if (fix->change[i] == change)
			return true;
	return false;
}

static void put_option(struct phrase *p, const struct fix *fix, const char *option,
		       const char *requester, const char *holder)
{
	bool req = fix_has(fix, requester), hold = fix_has(fix, holder);

	if (req && hold)
		phrase_add(p, "%s on both before bind(2)", option);
	else if (req)
		phrase_add(p, "%s here before bind(2)", option);
	else if (hold)
		phrase_add(p, "%s on the holder before its bind(2)", option);
}

static void put_user(struct phrase *p, const struct fix *fix)
{
	if (!fix_has(fix, same_user))
		return;
	phrase_add(p, "%s", fix->n > 1 ? ", both by the same user" :
					 "the same user on both sides");
}

static void put_departure(struct phrase *p, const struct fix *fix,
			  const struct model_conflict *ev)
{
	const char *what = "the holder";

	if (!strcmp(ev->holder_state, "LISTEN"))
		what = "the listener";
	else if (outlives_close(ev))
		what = "the connection";
	if (fix_has(fix, holder_close))
		phrase_add(p, "closing %s", what);
	if (fix->n == 2 && fix_has(fix, wait_for_it))
		phrase_add(p, " and ");
	if (fix_has(fix, wait_for_it))
		phrase_add(p, "waiting until it is gone");
}

void fixes_words(const struct fix *fix, const struct model_conflict *ev,
		 char *text, size_t size)
{
	struct phrase p = { "" };

	put_option(&p, fix, "SO_REUSEADDR", req_reuseaddr, holder_reuseaddr);
	put_option(&p, fix, "SO_REUSEPORT", req_reuseport, holder_reuseport);
	put_user(&p, fix);
	put_departure(&p, fix, ev);
	phrase_print(text, size, "%s", p.text);
}
