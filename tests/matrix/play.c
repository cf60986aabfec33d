// SPDX-License-Identifier: GPL-2.0-only
#include "play.h"

#include "scene.h"

static struct try try_once(struct scene *s)
{
	return try_ask(&s->model, &s->requester,
		       s->cell->at[CELL_OP] == CELL_LISTEN, s->port);
}

static void try_without_holder(struct scene *s, struct play_result *result)
{
	switch (s->cell->at[CELL_STATE]) {
	case CELL_TIME_WAIT:
		/* It goes by itself. */
		result->waits = s->requester.fd;
		s->requester.fd = -1;
		return;
	case CELL_ESTABLISHED:
	case CELL_CLIENT:
		if (!scene_close_holder(s))
			break;
		result->closed = try_once(s);
		if (!result->closed.result)
			return;
		break;
	default:
		break;
	}
	if (scene_is_connection(s))
		scene_end_connection(s);
	else
		scene_close_holder(s);
	result->gone = try_once(s);
}

static void name_sockets(const struct scene *s, struct play_result *result)
{
	*result = (struct play_result){
		.port = s->port,
		.listener = s->listener.cookie,
		.holder = s->holder.cookie,
		.requester = s->requester.cookie,
		.first.result = -1,
		.closed.result = -1,
		.gone.result = -1,
		.waits = -1,
	};
}

bool play_cell(const struct cell *cell, struct play_result *result)
{
	struct scene scene;
	bool good = scene_set(&scene, cell);

	name_sockets(&scene, result);
	if (good) {
		result->first = try_once(&scene);
		if (result->first.result)
			try_without_holder(&scene, result);
	}
	scene_strike(&scene);
	return good;
}

int play_again(const struct cell *cell, const struct play_result *result)
{
	struct sock sock = {
		.fd = result->waits,
		.addr = cell->at[CELL_ADDR],
	};

	return cell->at[CELL_OP] == CELL_LISTEN ?
		       sock_listen(&sock) : sock_bind(&sock, result->port);
}
