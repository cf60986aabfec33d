/* SPDX-License-Identifier: GPL-2.0-only */
/* What servers and clients agree on: the line that says who answers. */
#ifndef DEMO_GREETING_H
#define DEMO_GREETING_H

/* The pid and the name; scanning gives 2 and needs DEMO_NAME_LEN bytes. */
#define DEMO_GREETING_PRINT "pid %d (%s) answers\n"
#define DEMO_GREETING_SCAN  "pid %d (%15[^)]) answers"

/* The same over HTTP, where the client speaks first. */
#define DEMO_HTTP_REQUEST "GET / HTTP/1.0\r\n\r\n"
#define DEMO_HTTP_HEAD                                                         \
	"HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n"                      \
	"Content-Length: %d\r\n\r\n"

#endif
