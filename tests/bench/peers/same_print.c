// SPDX-License-Identifier: GPL-2.0-only
#include "same_print.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "bind_rules.h"
#include "same.h"

#define LISTENING	10
#define TIME_WAIT	6
#define CLOSED		7

/* The refusal comes after its holder. */
static struct same_holder last_holder;

static const char *addr_text(unsigned short family, const unsigned char *addr)
{
	static char text[2][INET6_ADDRSTRLEN];
	static int turn;

	turn = !turn;
	if (family == AF_INET6)
		inet_ntop(AF_INET6, addr, text[turn], sizeof(text[turn]));
	else
		inet_ntop(AF_INET, addr + 12, text[turn], sizeof(text[turn]));
	return text[turn];
}

static void print_sock(const struct same_sock *s)
{
	printf("\"cookie\":%llu,\"inode\":%llu,\"uid\":%u,\"ifindex\":%d,"
	       "\"family\":%u,\"addr\":\"%s\",\"reuseaddr\":%u,"
	       "\"reuseport\":%u,\"v6only\":%u",
	       s->cookie, s->inode, s->uid, s->ifindex, s->family,
	       addr_text(s->family, s->addr), s->reuseaddr, s->reuseport,
	       s->v6only);
}

static enum bind_kind kind_of(const struct same_sock *s)
{
	switch (s->state) {
	case LISTENING:
		return BIND_KIND_LISTENER;
	case TIME_WAIT:
		return BIND_KIND_TIME_WAIT;
	case CLOSED:
		return BIND_KIND_BOUND;
	default:
		return BIND_KIND_CONNECTION;
	}
}

static struct bind_party party_of(const struct same_sock *s, bool in_group)
{
	struct bind_party p = {
		.uid = s->uid,
		.ifindex = s->ifindex,
		.inet6 = s->family == AF_INET6,
		.v6only = s->v6only,
		.reuseaddr = s->reuseaddr,
		.reuseport = s->reuseport,
		.in_group = in_group,
		.kind = kind_of(s),
	};

	memcpy(p.addr6, s->addr, sizeof(p.addr6));
	if (!p.inet6)
		p.addr6[10] = p.addr6[11] = 0xff;
	memcpy(&p.addr4, s->addr + 12, sizeof(p.addr4));
	return p;
}

static void print_conflict(const struct same_bind *b)
{
	const struct same_holder *h = &last_holder;
	const struct bind_kernel kernel = { .bhash2 = true };
	struct bind_party req = party_of(&b->sock, h->in_group);
	struct bind_party holder = party_of(&h->sock, false);
	struct bind_verdict v = bind_rules_examine(&kernel, &req, &holder);

	printf("{\"type\":\"bind_conflict\",\"requester\":%llu,\"rule\":%d,"
	       "\"overlap\":%d,\"reuseaddr_blocked_by\":%u,"
	       "\"reuseport_blocked_by\":%u,\"state\":%u,\"port\":%u,"
	       "\"peer_addr\":\"%s\",\"peer_port\":%u,",
	       h->cookie, v.rule, v.overlap, v.reuseaddr_blocked,
	       v.reuseport_blocked, h->sock.state, h->sock.port,
	       addr_text(h->sock.family, h->peer), h->sock.peer_port);
	print_sock(&h->sock);
	printf("}\n");
}

static void print_bind(const struct same_bind *b)
{
	const struct bind_tally tally = {
		.owners = b->owners,
		.time_wait = b->over_time_wait,
		.overlapping = b->found & SAME_OVERLAPPING,
		.by_reuseaddr = b->found & SAME_BY_REUSEADDR,
		.by_reuseport = b->found & SAME_BY_REUSEPORT,
		.refused = b->found & SAME_REFUSED,
	};

	if (b->result && last_holder.cookie == b->sock.cookie)
		print_conflict(b);
	last_holder.cookie = 0;
	printf("{\"type\":\"bind\",\"op\":%d,\"port\":%u,\"bound_port\":%u,"
	       "\"result\":%d,\"why\":%d,\"owners\":%d,\"over_time_wait\":%d,"
	       "\"truncated\":%d,\"proto\":%u,\"netns\":%u,\"pid\":%u,\"comm\":\"%.16s\",",
	       b->sock.state == LISTENING, b->port, b->sock.port, b->result,
	       !b->result && (b->found & SAME_TALLIED) ? bind_rules_why(&tally, b->sock.reuseaddr > 1) :
					 BIND_WHY_UNKNOWN,
	       b->owners, b->over_time_wait, !!(b->found & SAME_TRUNCATED),
	       b->proto, b->netns, b->pid, b->comm);
	print_sock(&b->sock);
	printf("}\n");
}

static void print_pick(const struct same_pick *p)
{
	printf("{\"type\":\"steer\",\"cookie\":%llu,\"inode\":%llu,"
	       "\"hash\":%u,\"group\":%d,\"index\":%d,\"size\":%u,\"via\":%u,"
	       "\"family\":%u,\"src\":\"%s\",\"sport\":%u,\"dst\":\"%s\","
	       "\"dport\":%u,\"proto\":%u,\"netns\":%u}\n",
	       p->cookie, p->inode, p->hash, p->group, p->index, p->size,
	       p->via, p->family, addr_text(p->family, p->src), p->sport,
	       addr_text(p->family, p->dst), p->dport, p->proto, p->netns);
}

static void print_tw(const struct same_tw *t)
{
	static const char *const names[] = {
		[SAME_TW_ENTER] = "tw_enter",
		[SAME_TW_STATE] = "tw_state",
		[SAME_TW_EXIT] = "tw_exit",
	};

	printf("{\"type\":\"%s\",\"cookie\":%llu,\"netns\":%u,\"family\":%u,"
	       "\"addr\":\"%s\",\"port\":%u,\"peer_addr\":\"%s\","
	       "\"peer_port\":%u,\"reuseaddr\":%u,\"reuseport\":%u,",
	       names[t->type], t->cookie, t->netns, t->family,
	       addr_text(t->family, t->addr), t->port,
	       addr_text(t->family, t->peer), t->peer_port, t->reuseaddr,
	       t->reuseport);
	if (t->type == SAME_TW_STATE)
		printf("\"from\":%u,\"to\":%u}\n", t->from, t->substate);
	else if (t->type == SAME_TW_EXIT)
		printf("\"substate\":%u,\"reason\":%u}\n", t->substate,
		       t->reason);
	else
		printf("\"substate\":%u,\"inode\":%llu,\"closer\":%u,"
		       "\"closer_comm\":\"%.16s\"}\n", t->substate, t->inode,
		       t->closer, t->closer ? t->closer_comm : "");
}

void same_print(const void *record)
{
	switch (*(const unsigned char *)record) {
	case SAME_BIND:
		print_bind(record);
		break;
	case SAME_HOLDER:
		last_holder = *(const struct same_holder *)record;
		break;
	case SAME_PICK:
		print_pick(record);
		break;
	default:
		print_tw(record);
	}
}
