// SPDX-License-Identifier: GPL-2.0-only
#include "clients.h"

#include <errno.h>
#include <unistd.h>

int clients_call(const struct endpoint *to, uint16_t sport)
{
	struct endpoint from = *to, server = *to;
	union address addr;
	socklen_t len;
	int fd, rc;

	from.loopback = true;
	from.port = sport;
	fd = endpoint_socket(&from, SO_REUSEADDR);
	server.loopback = true;
	len = endpoint_address(&server, &addr);
	rc = to->udp ? sendto(fd, "x", 1, 0, &addr.any, len) :
		       connect(fd, &addr.any, len);
	if (rc >= 0)
		return fd;
	if (errno != ECONNREFUSED && errno != ECONNRESET && errno != EPIPE)
		endpoint_die(to->udp ? "sendto()" : "connect()");
	close(fd);
	return -1;
}
