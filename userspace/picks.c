// SPDX-License-Identifier: GPL-2.0-only
#include "picks.h"

#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "log.h"

#define FOLDER		"/sys/kernel/debug/reusetrace"
#define PLACES_MAX	(1u << 24)	/* of the module: 4096 for each CPU */
#define COLUMNS		12

/* What a place of the module's table had at the last look. */
struct known {
	uint64_t opened;
	uint64_t others;
};

struct picks {
	FILE *file;
	struct known *known;
	size_t n;
	uint64_t lost;
	struct model_picks *held;	/* of the last look, to be told */
	size_t n_held;
	size_t room;
};

static void nothing(void *ctx, struct model_picks *p)
{
	(void)ctx;
	(void)p;
}

struct picks *picks_new(bool silent)
{
	const char *path = silent ? FOLDER "/picks_silent" : FOLDER "/picks";
	struct picks *p = calloc(1, sizeof(*p));

	if (!p)
		return NULL;
	p->file = fopen(path, "re");
	if (!p->file) {
		log_error("cannot open %s: %s; picks are counted by a newer module, and where debugfs is mounted",
			  path, strerror(errno));
		free(p);
		return NULL;
	}
	/* Others may have begun before us. */
	picks_look(p, nothing, NULL);
	p->n_held = 0;
	return p;
}

void picks_free(struct picks *p)
{
	if (!p)
		return;
	fclose(p->file);
	free(p->known);
	free(p->held);
	free(p);
}

static struct known *known_of(struct picks *p, uint64_t place)
{
	size_t n = place + 1;
	struct known *more;

	if (place >= PLACES_MAX)
		return NULL;
	if (place < p->n)
		return &p->known[place];
	more = realloc(p->known, n * sizeof(*more));
	if (!more)
		return NULL;
	memset(more + p->n, 0, (n - p->n) * sizeof(*more));
	p->known = more;
	p->n = n;
	return &more[place];
}

/* The module writes IPv4 addresses as ::ffff:a.b.c.d. */
static void set_addr(struct model_addr *addr, int family, const char *text,
		     uint16_t port)
{
	struct in6_addr in;

	if (inet_pton(AF_INET6, text, &in) != 1)
		return;
	addr->family = family == 6 ? AF_INET6 : AF_INET;
	addr->port = port;
	if (family == 6)
		memcpy(addr->bytes, &in, sizeof(in));
	else
		memcpy(addr->bytes, &in.s6_addr[12], 4);
}

static bool parse(const char *line, uint64_t *place, struct model_picks *m)
{
	char proto[8], text[INET6_ADDRSTRLEN];
	uint16_t port;
	int family;

	*m = (struct model_picks){ .head.has_netns = true };
	if (sscanf(line, "%" SCNu64 " %" SCNu32 " %7s %d %45s %" SCNu16 " %" SCNd32 " %" SCNu32 " %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64,
		   place, &m->head.netns, proto, &family, text, &port,
		   &m->group, &m->size, &m->cookie, &m->inode, &m->opened,
		   &m->others) != COLUMNS)
		return false;
	snprintf(m->head.proto, sizeof(m->head.proto), "%s", proto);
	m->head.family = family == 6 ? AF_INET6 : AF_INET;
	m->head.port = port;
	set_addr(&m->addr, family, text, port);
	return true;
}

/* Short of memory: it is told of at the next look, with what was added. */
static bool make_room(struct picks *p)
{
	size_t room = p->room ? 2 * p->room : 64;
	struct model_picks *more;

	if (p->n_held < p->room)
		return true;
	more = realloc(p->held, room * sizeof(*more));
	if (!more)
		return false;
	p->held = more;
	p->room = room;
	return true;
}

/* What is new in a line. */
static void take_line(struct picks *p, const char *line)
{
	struct model_picks m;
	struct known *known, now;
	uint64_t place;

	if (!parse(line, &place, &m) || !make_room(p))
		return;
	known = known_of(p, place);
	if (!known)
		return;
	now = (struct known){ m.opened, m.others };
	m.opened -= known->opened;
	m.others -= known->others;
	*known = now;
	if (m.opened || m.others)
		p->held[p->n_held++] = m;
}

uint64_t picks_look(struct picks *p, picks_fn fn, void *ctx)
{
	uint64_t lost = p->lost, before = p->lost;
	char *line = NULL;
	size_t size = 0, i;

	for (i = 0; i < p->n_held; i++)
		fn(ctx, &p->held[i]);
	p->n_held = 0;
	rewind(p->file);
	while (getline(&line, &size, p->file) > 0)
		if (sscanf(line, "lost %" SCNu64, &lost) != 1)
			take_line(p, line);
	free(line);
	p->lost = lost;
	return lost - before;
}
