// SPDX-License-Identifier: GPL-2.0-only
#include "demo_conn.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "demo_greeting.h"

static void fail(struct demo_conn *conn, const char *why)
{
	demo_complain("%s %s", conn->local.text, why);
	demo_conn_close(conn);
	conn->state = DEMO_CONN_FAILED;
}

static void fail_call(struct demo_conn *conn, const char *call, int err)
{
	demo_call_failed(call, conn->local.text, err);
	demo_conn_close(conn);
	conn->state = DEMO_CONN_FAILED;
}

static void send_text(struct demo_conn *conn, const char *text)
{
	ssize_t len = strlen(text);

	conn->state = DEMO_CONN_WAITING;
	if (send(conn->fd, text, len, MSG_NOSIGNAL) != len)
		fail_call(conn, "send()", errno);
}

static void send_message(struct demo_conn *conn)
{
	char line[DEMO_MESSAGE_ROOM + 1];

	snprintf(line, sizeof(line), "%s\n", conn->message);
	send_text(conn, line);
}

static void send_next(struct demo_conn *conn)
{
	if (conn->sent == conn->messages) {
		conn->state = DEMO_CONN_READY;
		return;
	}
	snprintf(conn->message, sizeof(conn->message), "message %d",
		 ++conn->sent);
	send_message(conn);
}

/* Only now is the address known that the kernel chose for this client. */
static void connected(struct demo_conn *conn)
{
	demo_endpoint_local(&conn->local, conn->fd);
	conn->state = conn->mute ? DEMO_CONN_READY : DEMO_CONN_WAITING;
	if (conn->http)
		send_text(conn, DEMO_HTTP_REQUEST);
	else if (conn->caller.udp)
		send_next(conn);
}

void demo_conn_open(struct demo_conn *conn, const struct demo_endpoint *to)
{
	conn->state = DEMO_CONN_FAILED;
	conn->local = *to;
	conn->fd = demo_connect(&conn->caller, to);
	if (conn->fd < 0)
		return;
	if (conn->caller.udp)
		connected(conn);
	else
		conn->state = DEMO_CONN_CONNECTING;
}

void demo_conn_close(struct demo_conn *conn)
{
	if (conn->fd >= 0)
		close(conn->fd);
	conn->fd = -1;
}

bool demo_conn_busy(const struct demo_conn *conn)
{
	return conn->state == DEMO_CONN_CONNECTING ||
	       conn->state == DEMO_CONN_WAITING;
}

short demo_conn_events(const struct demo_conn *conn)
{
	return conn->state == DEMO_CONN_CONNECTING ? POLLOUT : POLLIN;
}

static void finish_connect(struct demo_conn *conn)
{
	socklen_t len = sizeof(int);
	int err = 0;

	getsockopt(conn->fd, SOL_SOCKET, SO_ERROR, &err, &len);
	if (err)
		fail_call(conn, "connect()", err);
	else
		connected(conn);
}

/* Returns whether @line was a greeting. */
static bool greeted(struct demo_conn *conn, const char *line)
{
	pid_t before = conn->server;

	if (sscanf(line, DEMO_GREETING_SCAN, &conn->server,
		   conn->server_name) != 2)
		return false;
	demo_tally_add(conn->tally, conn->server);
	if (!conn->quiet && conn->server != before)
		demo_say("%s answered by %s[%d]", conn->local.text,
			 conn->server_name, conn->server);
	return true;
}

static void echoed(struct demo_conn *conn, const char *line)
{
	if (conn->state != DEMO_CONN_WAITING || strcmp(line, conn->message)) {
		fail(conn, "got back something it had not sent");
		return;
	}
	if (conn->typed)
		demo_say("%s hears from %s[%d]: %s", conn->local.text,
			 conn->server_name, conn->server, line);
	conn->typed = false;
	send_next(conn);
}

/* The greeting before the echo of a typed line is no reason to go on. */
static void take_line(struct demo_conn *conn, const char *line)
{
	bool greeting = greeted(conn, line);

	if (greeting && conn->http)
		conn->state = DEMO_CONN_READY;
	else if (greeting && !conn->caller.udp && !conn->typed)
		send_next(conn);
	else if (!greeting && !conn->http)
		echoed(conn, line);
}

static void closed(struct demo_conn *conn)
{
	if (conn->http && conn->state == DEMO_CONN_READY)
		demo_conn_close(conn);
	else
		fail(conn, "was closed by the server");
}

static void receive(struct demo_conn *conn)
{
	ssize_t got = demo_lines_read(&conn->in, conn->fd);
	char line[DEMO_LINE_ROOM];

	if (got == -EAGAIN || got == -EINTR)
		return;
	if (got < 0) {
		fail_call(conn, "read()", (int)-got);
		return;
	}
	if (!got && !conn->caller.udp) {
		closed(conn);
		return;
	}
	while (conn->state != DEMO_CONN_FAILED &&
	       demo_lines_take(&conn->in, line, sizeof(line)))
		take_line(conn, line);
}

void demo_conn_handle(struct demo_conn *conn)
{
	if (conn->state == DEMO_CONN_CONNECTING)
		finish_connect(conn);
	else
		receive(conn);
}

void demo_conn_type(struct demo_conn *conn, const char *text)
{
	snprintf(conn->message, sizeof(conn->message), "%s", text);
	conn->typed = true;
	send_message(conn);
}

void demo_conn_give_up(struct demo_conn *conn)
{
	if (conn->state == DEMO_CONN_CONNECTING)
		fail(conn, "is not connected yet, and the time is up");
	else
		fail(conn, "has no answer yet, and the time is up");
}
