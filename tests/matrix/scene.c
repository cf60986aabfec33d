// SPDX-License-Identifier: GPL-2.0-only
#include "scene.h"

#include <errno.h>
#include <netinet/tcp.h>

#include "helper.h"
#include "ports.h"

#define ROOT		0
#define HOLDER_USER	1000
#define OTHER_USER	1001

static const struct model_kernel *kernel;
static void must_work(int error, const char *what)
{
	errno = error;
	sock_must(error ? -1 : 0, what);
}

void scene_init(const struct model_kernel *this_kernel)
{
	kernel = this_kernel;
}

static unsigned int at(const struct scene *s, enum cell_dim dim)
{
	return s->cell->at[dim];
}

static bool listens(const struct scene *s)
{
	return at(s, CELL_OP) == CELL_LISTEN;
}

static struct sock_options holder_options(const struct scene *s)
{
	static const enum sock_device devices[] = {
		[CELL_HOLDER_LO]	= SOCK_LO,
		[CELL_BOTH_LO]		= SOCK_LO,
		[CELL_DIFFERENT_DEVICES] = SOCK_LO,
	};
	unsigned int options = at(s, CELL_HOLDER_OPTIONS);

	return (struct sock_options){
		.udp = at(s, CELL_PROTO) == CELL_UDP,
		.addr = at(s, CELL_HOLDER_ADDR),
		.reuseaddr = cell_has_reuseaddr(options),
		.reuseport = cell_has_reuseport(options),
		.device = devices[at(s, CELL_DEVICE)],
		.uid = HOLDER_USER,
	};
}

static struct sock_options requester_options(const struct scene *s)
{
	static const unsigned int users[] = {
		[CELL_SAME_USER]	= HOLDER_USER,
		[CELL_OTHER_USER]	= OTHER_USER,
		[CELL_ROOT]		= ROOT,
	};
	static const enum sock_device devices[] = {
		[CELL_REQUESTER_LO]	= SOCK_LO,
		[CELL_BOTH_LO]		= SOCK_LO,
		[CELL_DIFFERENT_DEVICES] = SOCK_OTHER_DEVICE,
	};
	unsigned int options = at(s, CELL_OPTIONS);

	return (struct sock_options){
		.udp = at(s, CELL_PROTO) == CELL_UDP,
		.addr = at(s, CELL_ADDR),
		.reuseaddr = cell_has_reuseaddr(options),
		.reuseport = cell_has_reuseport(options),
		.group = cell_has_group(options),
		.device = devices[at(s, CELL_DEVICE)],
		.uid = users[at(s, CELL_USER)],
	};
}

/*
 * Two sockets can be bound where only one may listen if both have SO_REUSEADDR.
 * In a cell of listen() they lose it again before it matters.
 */
static void open_bound(struct scene *s, struct sock *sock,
		       struct sock_options options)
{
	options.reuseaddr |= listens(s);
	sock_open(sock, &options);
	must_work(sock_bind(sock, s->port), "a bind that must work");
	model_grant(&s->model, &sock->party, false);
}

static void open_requester(struct scene *s)
{
	struct sock_options options = requester_options(s);

	if (listens(s))
		open_bound(s, &s->requester, options);
	else
		sock_open(&s->requester, &options);
}

static void make_listener(struct scene *s, struct sock *sock)
{
	must_work(sock_listen(sock), "the holder's listen");
	model_grant(&s->model, &sock->party, true);
}

static void accept_holder(struct scene *s)
{
	make_listener(s, &s->listener);
	sock_accept(&s->listener, s->port, &s->holder, &s->peer);
	model_replace(&s->model, &s->listener.party, &s->holder.party);
	sock_close(&s->listener);
}

static bool await(struct scene *s, int state, bool time_wait)
{
	return diag_await(&s->connection, &s->peer, (struct diag_state){
		.state = state,
		.time_wait = time_wait,
	});
}

static bool become_time_wait(struct scene *s, int substate)
{
	s->holder.party.kind = BIND_KIND_TIME_WAIT;
	return await(s, substate, true);
}

static bool become_orphan(struct scene *s)
{
	if (kernel->orphan_is_root)
		s->holder.party.uid = ROOT;
	return await(s, TCP_FIN_WAIT2, false);
}

/* The last step to the holder's state: its program goes away. */
static bool leave_holder(struct scene *s)
{
	unsigned int state = at(s, CELL_STATE);

	if (state == CELL_ORPHAN)
		sock_linger_long(&s->holder);
	sock_close(&s->holder);
	if (state == CELL_TIME_WAIT)
		sock_close(&s->peer);
	else
		sock_acknowledge(&s->peer);
	if (state == CELL_ORPHAN)
		return become_orphan(s);
	return become_time_wait(s, state == CELL_TIME_WAIT ? TCP_TIME_WAIT :
							     TCP_FIN_WAIT2);
}

static bool is_accepted(const struct scene *s)
{
	switch (at(s, CELL_STATE)) {
	case CELL_TIME_WAIT:
	case CELL_TW_FIN_WAIT2:
	case CELL_ORPHAN:
	case CELL_ESTABLISHED:
		return true;
	default:
		return false;
	}
}

bool scene_is_connection(const struct scene *s)
{
	return is_accepted(s) || at(s, CELL_STATE) == CELL_CLIENT;
}

static bool is_left(const struct scene *s)
{
	return is_accepted(s) && at(s, CELL_STATE) != CELL_ESTABLISHED;
}

static void change_holder(struct scene *s)
{
	if (is_accepted(s))
		accept_holder(s);
	else if (at(s, CELL_STATE) == CELL_CLIENT)
		helper_connect(0, &s->holder, &s->peer);
	else if (at(s, CELL_STATE) == CELL_LISTENING)
		make_listener(s, &s->holder);
	else if (at(s, CELL_STATE) == CELL_CONNECTED)
		sock_connect(&s->holder, SOCK_UDP_DISCARD);
	if (scene_is_connection(s))
		diag_note(&s->connection, s->holder.fd);
}

bool scene_set(struct scene *s, const struct cell *cell)
{
	*s = (struct scene){
		.cell = cell,
		.model.kernel = kernel,
		.model.udp = cell->at[CELL_PROTO] == CELL_UDP,
		.port = ports_take(),
		.listener.fd = -1,
		.holder.fd = -1,
		.peer.fd = -1,
		.requester.fd = -1,
	};
	open_bound(s, is_accepted(s) ? &s->listener : &s->holder,
		   holder_options(s));
	if (listens(s))
		open_requester(s);
	change_holder(s);
	sock_set_reuseaddr(&s->holder, holder_options(s).reuseaddr);
	if (is_left(s) && !leave_holder(s))
		return false;
	if (!listens(s))
		open_requester(s);
	sock_set_reuseaddr(&s->requester, requester_options(s).reuseaddr);
	return true;
}

bool scene_close_holder(struct scene *s)
{
	sock_close(&s->holder);
	if (!scene_is_connection(s)) {
		model_leave(&s->model, &s->holder.party);
		return true;
	}
	sock_acknowledge(&s->peer);
	return become_time_wait(s, TCP_FIN_WAIT2);
}

void scene_end_connection(struct scene *s)
{
	sock_reset(&s->peer);
	await(s, 0, false);
	model_leave(&s->model, &s->holder.party);
}

void scene_strike(struct scene *s)
{
	sock_close(&s->requester);
	if (scene_is_connection(s))
		sock_reset(&s->holder);
	sock_close(&s->holder);
	sock_reset(&s->peer);
	if (at(s, CELL_STATE) == CELL_TIME_WAIT)
		ports_leave_time_wait(s->port);
}
