/* SPDX-License-Identifier: GPL-2.0-only */
/* One client of demo-client: connect, be greeted, send, compare the echo. */
#ifndef DEMO_CONN_H
#define DEMO_CONN_H

#include <stdbool.h>
#include <sys/types.h>

#include "demo_common.h"
#include "demo_line.h"
#include "demo_socket.h"
#include "demo_tally.h"

#define DEMO_MESSAGE_ROOM 256

enum demo_conn_state {
	DEMO_CONN_FAILED,
	DEMO_CONN_CONNECTING,
	DEMO_CONN_WAITING, /* for a greeting or an echo */
	DEMO_CONN_READY,   /* nothing more to send or to wait for */
};

/**
 * struct demo_conn - one client; zero is one that failed
 * @caller: its socket
 * @messages: how many to send once greeted (UDP: at once)
 * @http: send a request at once, and nothing more
 * @mute: be ready once connected, greeted or not
 * @quiet: print failures only
 * @tally: gets each answer; may be shared with other clients
 * @typed: the message came from a person, who wants to see the echo
 */
struct demo_conn {
	struct demo_caller caller;
	bool http;
	bool mute;
	bool quiet;
	int messages;
	struct demo_tally *tally;

	int fd;
	enum demo_conn_state state;
	struct demo_endpoint local;
	pid_t server;
	char server_name[DEMO_NAME_LEN];
	int sent;
	bool typed;
	char message[DEMO_MESSAGE_ROOM];
	struct demo_lines in;
};

/** demo_conn_open - start to connect; a failure is in its state, and told */
void demo_conn_open(struct demo_conn *conn, const struct demo_endpoint *to);

/** demo_conn_close - close it; its state stays as it was */
void demo_conn_close(struct demo_conn *conn);

/** demo_conn_busy - is an answer still to come? */
bool demo_conn_busy(const struct demo_conn *conn);

/** demo_conn_events - what to poll() for */
short demo_conn_events(const struct demo_conn *conn);

/** demo_conn_handle - poll() reported something */
void demo_conn_handle(struct demo_conn *conn);

/** demo_conn_type - send one line a person typed */
void demo_conn_type(struct demo_conn *conn, const char *text);

/** demo_conn_give_up - it took too long: tell, close, fail */
void demo_conn_give_up(struct demo_conn *conn);

#endif
