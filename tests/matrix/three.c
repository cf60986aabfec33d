// SPDX-License-Identifier: GPL-2.0-only
#include "three.h"

#include <netinet/tcp.h>
#include <stdio.h>

#include "address.h"
#include "chance.h"
#include "diag.h"
#include "helper.h"
#include "ports.h"
#include "sock.h"
#include "try.h"

#define ACTORS	3

struct actor {
	struct sock sock;
	struct sock peer;
	bool other_device;
};

struct play {
	unsigned int number;
	unsigned int port;
	struct model_port model;
	struct actor actors[ACTORS];
};

static const struct model_kernel *kernel;

void three_init(const struct model_kernel *this_kernel)
{
	kernel = this_kernel;
}

static struct sock_options any_options(bool udp)
{
	static const unsigned int uids[] = { 1000, 1000, 1000, 1001, 0 };
	static const enum sock_device devices[] = {
		SOCK_ANY_DEVICE, SOCK_ANY_DEVICE, SOCK_ANY_DEVICE,
		SOCK_ANY_DEVICE, SOCK_LO, SOCK_OTHER_DEVICE,
	};

	return (struct sock_options){
		.udp = udp,
		.addr = chance_below(ADDRESSES),
		.reuseaddr = chance_below(2),
		.reuseport = chance_below(2),
		.device = devices[chance_below(6)],
		.uid = uids[chance_below(5)],
	};
}

static const struct actor *actor_of(const struct play *play,
				    const struct bind_party *party)
{
	const struct actor *actor = play->actors;

	while (&actor->sock.party != party)
		actor++;
	return actor;
}

/* COOKIE:overlap:rule:reuseaddr_blocked:reuseport_blocked[:listening],... */
static void print_against(const struct play *play, const struct actor *asking,
			  const struct model_answer *answer)
{
	const struct bind_party *owner;
	struct bind_verdict v;
	unsigned int i;

	for (i = 0; i < play->model.n; i++) {
		if (!(answer->against & (1u << i)))
			continue;
		owner = play->model.owners[i].party;
		v = model_examine(&play->model, i, &asking->sock.party);
		printf(",%lu:", actor_of(play, owner)->sock.cookie);
		try_print_verdict(&v);
		printf(":%d", owner->kind == BIND_KIND_LISTENER);
	}
}

static bool ask(struct play *play, struct actor *actor, bool listening)
{
	struct try try = try_ask(&play->model, &actor->sock, listening,
				 play->port);

	printf("three\t%u\t%u\t%lu\t%s\t", play->number, play->port,
	       actor->sock.cookie, listening ? "listen" : "bind");
	try_print(&try);
	putchar('\t');
	print_against(play, actor, &try.model);
	putchar('\n');
	if (!try.result)
		model_grant(&play->model, &actor->sock.party, listening);
	return !try.result;
}

static void make_client(struct play *play, struct actor *actor)
{
	if (play->model.udp)
		sock_connect(&actor->sock, SOCK_UDP_DISCARD);
	else
		helper_connect(actor - play->actors, &actor->sock, &actor->peer);
}

/* If it does not work out the model is no use any more: the play ends. */
static bool make_time_wait(struct actor *actor)
{
	struct diag_key key;

	diag_note(&key, actor->sock.fd);
	sock_close(&actor->sock);
	actor->sock.party.kind = BIND_KIND_TIME_WAIT;
	sock_acknowledge(&actor->peer);
	return diag_await(&key, &actor->peer, (struct diag_state){
		.state = TCP_FIN_WAIT2,
		.time_wait = true,
	});
}

/* What becomes of a socket that got the port. */
static bool live(struct play *play, struct actor *actor)
{
	bool can_connect = !actor->other_device;

	switch (chance_below(4)) {
	case 0:
		if (!play->model.udp)
			ask(play, actor, true);
		return true;
	case 1:
		if (can_connect)
			make_client(play, actor);
		return true;
	case 2:
		if (!can_connect || play->model.udp)
			return true;
		make_client(play, actor);
		return make_time_wait(actor);
	default:
		return true;
	}
}

static bool act(struct play *play, struct actor *actor)
{
	struct sock_options options = any_options(play->model.udp);

	actor->other_device = options.device == SOCK_OTHER_DEVICE;
	sock_open(&actor->sock, &options);
	if (ask(play, actor, false))
		return live(play, actor);
	sock_close(&actor->sock);
	return true;
}

static void strike(struct play *play)
{
	struct actor *actor;

	for (actor = play->actors; actor < play->actors + ACTORS; actor++) {
		if (actor->peer.fd >= 0)
			sock_reset(&actor->sock);
		sock_close(&actor->sock);
		sock_reset(&actor->peer);
	}
}

void three_play(unsigned int number)
{
	struct play play = {
		.number = number,
		.port = ports_take(),
		.model.kernel = kernel,
		.model.udp = !chance_below(4),
	};
	unsigned int i;

	for (i = 0; i < ACTORS; i++) {
		play.actors[i].sock.fd = -1;
		play.actors[i].peer.fd = -1;
	}
	for (i = 0; i < ACTORS; i++)
		if (!act(&play, &play.actors[i]))
			break;
	strike(&play);
}
