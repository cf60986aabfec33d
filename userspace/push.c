// SPDX-License-Identifier: GPL-2.0-only
#include "push.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/socket.h>

struct out {
	char *text;
	size_t size;
	size_t at;
	bool too_long;
};

static void put(struct out *o, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void put(struct out *o, const char *format, ...)
{
	va_list ap;
	int n;

	va_start(ap, format);
	n = vsnprintf(o->text + o->at, o->size - o->at, format, ap);
	va_end(ap);
	if (n < 0 || (size_t)n >= o->size - o->at)
		o->too_long = true;
	else
		o->at += n;
}

/* One more condition, all of which must hold. */
static void and(struct out *o, const char *field, const char *op, int64_t value)
{
	put(o, "%s%s %s %" PRId64, o->at ? " && " : "", field, op, value);
}

static void put_ports(struct out *o, const struct decode_event *e,
		      const struct push *p, const struct filter *f)
{
	static const struct push plain = { .port = { "port" } };
	const char *const *field = p && p->port[0] ? p->port : plain.port;
	size_t i, j, n = 0;

	for (j = 0; j < PUSH_PORTS && field[j]; j++) {
		if (!decode_has(e, field[j]))
			continue;
		for (i = 0; i < f->ports; i++)
			put(o, "%s%s == %u", n++ ? " || " :
			    o->at ? " && (" : "(", field[j], f->port[i]);
	}
	if (n)
		put(o, ")");
}

/* Events without a protocol tell of TCP only. False: of nothing wanted. */
static bool put_proto(struct out *o, const struct decode_event *e,
		      const struct filter *f)
{
	int64_t value;

	if (f->tcp == f->udp)
		return true;
	if (!decode_has(e, "proto"))
		return f->tcp;
	if (!decode_value(e, "proto", f->tcp ? "tcp" : "udp", &value))
		and(o, "proto", "==", value);
	return true;
}

static void put_kind(struct out *o, const struct decode_event *e,
		     const struct push *p, const struct filter *f)
{
	int64_t value;

	if (f->inet != f->inet6 && decode_has(e, "family"))
		and(o, "family", "==", f->inet ? AF_INET : AF_INET6);
	if (f->failed_only && p->failed_field &&
	    !decode_value(e, p->failed_field, p->failed_value, &value))
		and(o, p->failed_field, "==", value);
}

bool push_text(const struct decode_event *e, const struct push *p,
	       const struct filter *f, char *text, size_t size)
{
	struct out o = { .text = text, .size = size };

	text[0] = '\0';
	if (!put_proto(&o, e, f))
		return false;
	put_ports(&o, e, p, f);
	if (f->netns && decode_has(e, "netns"))
		and(&o, "netns", "==", f->netns);
	if (p && p->only_shown)
		put_kind(&o, e, p, f);
	if (o.too_long)
		text[0] = '\0';
	return true;
}
