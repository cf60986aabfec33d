/* SPDX-License-Identifier: GPL-2.0-only */
/* Processes with one socket each, which do as they are asked, call by call. */
#ifndef DEMO_ACTOR_H
#define DEMO_ACTOR_H

#include <stdint.h>
#include <sys/types.h>

/**
 * struct demo_actor - such a process
 * @port: of the socket's own end, once it has one
 */
struct demo_actor {
	pid_t pid;
	int link;
	int port;
};

/* What one can be asked to do; the argument's meaning behind it. */
enum demo_act {
	DEMO_ACT_SOCKET,  /* enum demo_socket_kind values, or-ed */
	DEMO_ACT_BIND,	  /* the port, on all addresses */
	DEMO_ACT_LISTEN,  /* the backlog */
	DEMO_ACT_CONNECT, /* the port, on this machine; one more socket */
	DEMO_ACT_ACCEPT,  /* how many */
	DEMO_ACT_SEND,	  /* how many datagrams; a connection sends one byte */
	DEMO_ACT_COUNT,	  /* of datagrams that came, since the last time */
	DEMO_ACT_RESETS,  /* of its connections, how many were reset */
	DEMO_ACT_CLOSE,	  /* the socket; what was accepted stays */
};

enum demo_socket_kind {
	DEMO_UDP = 1,
	DEMO_REUSEADDR = 2,
	DEMO_REUSEPORT = 4,
};

/** demo_actor_start - a process of that name and user; 0 or -errno */
int demo_actor_start(struct demo_actor *actor, const char *name, int uid);

/** demo_actor_ask - have it do something; what came of it, or -errno */
int demo_actor_ask(struct demo_actor *actor, enum demo_act act, int arg);

/** demo_actor_end - its sockets are closed with it */
void demo_actor_end(struct demo_actor *actor);

#endif
