// SPDX-License-Identifier: GPL-2.0-only
#include "demo_service.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "demo_common.h"
#include "demo_greeting.h"
#include "demo_handover.h"

#define ECHO_ROOM 4096

enum { SIGNALS, LISTENER, FIRST_CLIENT };

static int grow(struct demo_service *service)
{
	size_t room = service->room ? 2 * service->room : 16;
	struct pollfd *polls;
	struct demo_endpoint *peers;

	polls = realloc(service->polls, room * sizeof(*polls));
	if (!polls)
		return -ENOMEM;
	service->polls = polls;
	peers = realloc(service->peers, room * sizeof(*peers));
	if (!peers)
		return -ENOMEM;
	service->peers = peers;
	service->room = room;
	return 0;
}

static int add(struct demo_service *service, int fd,
	       const struct demo_endpoint *peer)
{
	if (service->used == service->room && grow(service))
		return demo_call_failed("realloc()", peer->text, ENOMEM);
	service->polls[service->used] =
		(struct pollfd){ .fd = fd, .events = POLLIN };
	service->peers[service->used] = *peer;
	service->used++;
	return 0;
}

int demo_service_open(struct demo_service *service, int listener, int signals)
{
	struct demo_endpoint on;
	int err;

	demo_endpoint_local(&on, listener);
	err = add(service, signals, &on);
	if (!err)
		err = add(service, listener, &on);
	if (err)
		close(listener);
	else if (service->manner.ignore)
		service->polls[LISTENER].events = 0;
	return err;
}

void demo_service_close(struct demo_service *service)
{
	for (size_t i = LISTENER; i < service->used; i++)
		if (service->polls[i].fd >= 0)
			close(service->polls[i].fd);
	free(service->polls);
	free(service->peers);
	*service = (struct demo_service){ 0 };
}

bool demo_service_listens(const struct demo_service *service)
{
	return service->polls[LISTENER].fd >= 0;
}

void demo_service_close_listener(struct demo_service *service)
{
	if (!demo_service_listens(service))
		return;
	close(service->polls[LISTENER].fd);
	service->polls[LISTENER].fd = -1; /* poll() passes over it */
	demo_say("closed its listening socket only, clients that stay: %d",
		 service->accepted - service->left);
}

/* Nothing is wrong: nobody waits, or a client gave up before its turn. */
static bool nobody_waits(int err)
{
	return err == EAGAIN || err == EINTR || err == ECONNABORTED;
}

static int none_or_failed(const char *call, int err)
{
	if (nobody_waits(err))
		return 0;
	return demo_call_failed(call, "its listener", err);
}

static int write_greeting(char *text, size_t room)
{
	char name[DEMO_NAME_LEN];

	demo_process_name(name);
	return snprintf(text, room, DEMO_GREETING_PRINT, getpid(), name);
}

static int answer_datagram(struct demo_service *service, int fd)
{
	struct demo_endpoint peer = { .len = sizeof(peer.addr) };
	struct sockaddr *addr = (struct sockaddr *)&peer.addr;
	char text[ECHO_ROOM];
	int head = write_greeting(text, sizeof(text));
	ssize_t got = recvfrom(fd, text + head, sizeof(text) - head,
			       MSG_DONTWAIT, addr, &peer.len);

	if (got < 0)
		return none_or_failed("recvfrom()", errno);
	demo_endpoint_describe(&peer);
	service->accepted++;
	if (!service->manner.quiet)
		demo_say("datagram from %s received", peer.text);
	if (sendto(fd, text, head + got, 0, addr, peer.len) < 0)
		demo_call_failed("sendto()", peer.text, errno);
	service->left++;
	return 1;
}

static int take_client(const struct demo_service *service, int listener,
		       struct demo_endpoint *peer)
{
	int fd;

	peer->len = sizeof(peer->addr);
	if (service->manner.handed)
		fd = demo_handover_take(listener, peer);
	else
		fd = accept4(listener, (struct sockaddr *)&peer->addr,
			     &peer->len, SOCK_NONBLOCK | SOCK_CLOEXEC);
	if (fd >= 0)
		demo_endpoint_describe(peer);
	return fd;
}

static int accept_client(struct demo_service *service, int listener)
{
	struct demo_endpoint peer = { 0 };
	int fd = take_client(service, listener, &peer);
	char greeting[64];
	int err;

	if (fd < 0)
		return none_or_failed("accept()", errno);
	err = add(service, fd, &peer);
	if (err) {
		close(fd);
		return err;
	}
	service->accepted++;
	if (!service->manner.quiet)
		demo_say("client %s accepted", peer.text);
	/* A client already gone again is noticed by the next read. */
	if (!service->manner.http)
		send(fd, greeting, write_greeting(greeting, sizeof(greeting)),
		     MSG_NOSIGNAL);
	return 1;
}

int demo_service_accept(struct demo_service *service)
{
	int listener = service->polls[LISTENER].fd;

	if (listener < 0)
		return 0;
	if (service->manner.udp)
		return answer_datagram(service, listener);
	return accept_client(service, listener);
}

/*
 * Only the sending side is closed: what else the client has to say is read and
 * passed over, or the kernel would answer it with a reset.
 */
static void answer_http(int fd)
{
	char text[256], body[64];
	int len = write_greeting(body, sizeof(body));

	len = snprintf(text, sizeof(text), DEMO_HTTP_HEAD "%s", len, body);
	send(fd, text, len, MSG_NOSIGNAL);
	shutdown(fd, SHUT_WR);
}

static void drop(struct demo_service *service, size_t i, const char *why)
{
	if (service->manner.tell_left)
		demo_say("client %s %s", service->peers[i].text, why);
	close(service->polls[i].fd);
	service->left++;
	service->used--;
	service->polls[i] = service->polls[service->used];
	service->peers[i] = service->peers[service->used];
}

static void echo(struct demo_service *service, size_t i)
{
	int fd = service->polls[i].fd;
	char text[ECHO_ROOM];
	ssize_t got = recv(fd, text, sizeof(text), 0);

	if (got < 0 && nobody_waits(errno))
		return;
	if (got < 0)
		drop(service, i, "is gone without a goodbye");
	else if (!got)
		drop(service, i, "left");
	else if (service->manner.http)
		answer_http(fd);
	else if (send(fd, text, got, MSG_NOSIGNAL) != got)
		drop(service, i, "does not read its echo and was dropped");
}

int demo_service_step(struct demo_service *service)
{
	int got = 0;

	if (poll(service->polls, service->used, -1) < 0)
		return none_or_failed("poll()", errno);
	/* From the end: drop() fills the gap with the last client. */
	for (size_t i = service->used - 1; i >= FIRST_CLIENT; i--)
		if (service->polls[i].revents)
			echo(service, i);
	if (service->polls[LISTENER].revents)
		got = demo_service_accept(service);
	if (got < 0)
		return got;
	return demo_signals_read(service->polls[SIGNALS].fd);
}
