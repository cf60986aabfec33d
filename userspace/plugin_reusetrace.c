// SPDX-License-Identifier: GPL-2.0-only
/*
 * libtraceevent's plugin for our events: `trace-cmd report` and KernelShark then
 * show the viewer's words, of the same table, in one line.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <traceevent/event-parse.h>
#include <traceevent/trace-seq.h>

#include "addr.h"
#include "rules.h"

#define SYSTEM		"reusetrace"

/* One record on its way into words. */
struct line {
	struct trace_seq *seq;
	struct tep_record *record;
	struct tep_event *event;
	bool broken;		/* a field is missing: the kernel's text instead */
};

struct row {
	const char *name;
	void (*print)(struct line *l);
};

static unsigned long long num(struct line *l, const char *field)
{
	unsigned long long value = 0;

	if (tep_get_field_val(NULL, l->event, field, l->record, &value, 0))
		l->broken = true;
	return value;
}

/* REC->field, perhaps cast. */
static bool is_field(const struct tep_print_arg *arg, const char *field)
{
	while (arg && arg->type == TEP_PRINT_TYPE)
		arg = arg->typecast.item;
	return arg && arg->type == TEP_PRINT_FIELD &&
	       !strcmp(arg->field.name, field);
}

/* The name that the event's own print format gives to the field's value. */
static const char *word(struct line *l, const char *field)
{
	const struct tep_print_flag_sym *s = NULL;
	const struct tep_print_arg *arg;
	long long value = num(l, field);

	for (arg = l->event->print_fmt.args; arg && !s; arg = arg->next)
		if (arg->type == TEP_PRINT_SYMBOL &&
		    is_field(arg->symbol.field, field))
			s = arg->symbol.symbols;
	for (; s; s = s->next)
		if (strtoll(s->value, NULL, 0) == value)
			return s->str;
	return "?";
}

static void put_addr(struct line *l, const char *field)
{
	struct model_addr addr;
	char text[ADDR_TEXT_LEN];
	int len;
	void *bytes = tep_get_field_raw(NULL, l->event, field, l->record, &len,
					0);

	if (!bytes || len < 0 || addr_parse(bytes, len, &addr))
		l->broken = true;
	else
		trace_seq_puts(l->seq, addr_port(&addr, text));
}

static void put_task(struct line *l)
{
	int len;
	const char *comm = tep_get_field_raw(NULL, l->event, "comm", l->record,
					     &len, 0);

	if (!comm || len <= 0)
		l->broken = true;
	else
		trace_seq_printf(l->seq, "%.*s[%llu] ", len, comm,
				 num(l, "tgid"));
}

static void put_options(struct line *l, const char *reuseaddr,
			const char *reuseport)
{
	trace_seq_printf(l->seq, "%sSO_REUSEADDR, %sSO_REUSEPORT",
			 num(l, reuseaddr) ? "" : "no ",
			 num(l, reuseport) ? "" : "no ");
}

static void put_asked(struct line *l)
{
	put_task(l);
	trace_seq_printf(l->seq, "%s ", word(l, "op"));
	trace_seq_printf(l->seq, "%s ", word(l, "proto"));
	put_addr(l, "addr");
}

static void put_inferred(struct line *l)
{
	if (num(l, "inferred"))
		trace_seq_puts(l->seq, " (inferred)");
}

/* An errno without a name is told by number; early modules had it negative. */
static void put_result(struct line *l)
{
	const char *result = word(l, "result");

	if (strcmp(result, "?"))
		trace_seq_printf(l->seq, " %s", result);
	else
		trace_seq_printf(l->seq, " errno %d",
				 abs((int)num(l, "result")));
}

static void print_bind(struct line *l)
{
	const bool ok = !num(l, "result");
	const char *why = word(l, "why");

	put_asked(l);
	put_result(l);
	if (ok && strcmp(why, "-"))
		trace_seq_printf(l->seq, ": %s", rules_line(why));
	if (ok && num(l, "port") != num(l, "bound_port"))
		trace_seq_printf(l->seq, ", got port %llu",
				 num(l, "bound_port"));
}

static void put_holder(struct line *l)
{
	if (!num(l, "holder_family"))
		return;
	trace_seq_printf(l->seq, "; held by %s ", word(l, "holder_state"));
	put_addr(l, "holder_addr");
	trace_seq_puts(l->seq, ", ");
	put_options(l, "holder_reuseaddr", "holder_reuseport");
	trace_seq_printf(l->seq, ", cookie %llu", num(l, "holder_cookie"));
}

static void print_conflict(struct line *l)
{
	const char *rule = word(l, "rule");

	put_asked(l);
	trace_seq_printf(l->seq, " refused: %s (%s)", rules_line(rule), rule);
	put_holder(l);
	put_inferred(l);
}

static void print_steer(struct line *l)
{
	const int index = num(l, "index");
	const char *via = word(l, "via");

	trace_seq_printf(l->seq, "%s ", word(l, "proto"));
	put_addr(l, "src");
	trace_seq_puts(l->seq, " -> ");
	put_addr(l, "dst");
	if (index >= 0)
		trace_seq_printf(l->seq, " member %d of %llu", index + 1,
				 num(l, "size"));
	trace_seq_printf(l->seq, ": %s", rules_line(via));
	if (!strcmp(via, "hash") || !strcmp(via, "bpf-fallback"))
		trace_seq_printf(l->seq, " 0x%08llx", num(l, "hash"));
	if (num(l, "cookie"))
		trace_seq_printf(l->seq, ", cookie %llu", num(l, "cookie"));
	put_inferred(l);
}

static void put_connection(struct line *l)
{
	trace_seq_puts(l->seq, "tcp ");
	put_addr(l, "addr");
	trace_seq_puts(l->seq, " to ");
	put_addr(l, "peer");
	trace_seq_puts(l->seq, ": ");
}

static void put_seconds(struct line *l, const char *field)
{
	trace_seq_printf(l->seq, "%.1f s", num(l, field) / 1000.0);
}

static void print_tw_enter(struct line *l)
{
	put_connection(l);
	if (num(l, "overflow")) {
		trace_seq_puts(l->seq, "no TIME_WAIT: net.ipv4.tcp_max_tw_buckets are in use");
		return;
	}
	trace_seq_printf(l->seq, "%s for ", word(l, "substate"));
	put_seconds(l, "timeout_ms");
	trace_seq_puts(l->seq, "; ");
	put_options(l, "reuseaddr", "reuseport");
}

static void print_tw_state(struct line *l)
{
	put_connection(l);
	trace_seq_printf(l->seq, "%s becomes ", word(l, "from"));
	trace_seq_printf(l->seq, "%s for ", word(l, "to"));
	put_seconds(l, "timeout_ms");
}

static void print_tw_exit(struct line *l)
{
	put_connection(l);
	trace_seq_printf(l->seq, "gone: %s", rules_line(word(l, "reason")));
	if (num(l, "left_ms")) {
		trace_seq_puts(l->seq, ", ");
		put_seconds(l, "left_ms");
		trace_seq_puts(l->seq, " before its time");
	}
	put_inferred(l);
}

static void print_group(struct line *l)
{
	trace_seq_printf(l->seq, "%s ", word(l, "proto"));
	put_addr(l, "addr");
	trace_seq_printf(l->seq, ": %s, %llu members",
			 rules_line(word(l, "action")), num(l, "size"));
	if (num(l, "closed"))
		trace_seq_printf(l->seq, ", %llu closed", num(l, "closed"));
	trace_seq_printf(l->seq, ", cookie %llu", num(l, "cookie"));
}

static void print_listener_close(struct line *l)
{
	put_task(l);
	trace_seq_puts(l->seq, "closed the listener tcp ");
	put_addr(l, "addr");
	trace_seq_printf(l->seq,
			 ": %llu connections nobody had accepted, %llu reset, %llu moved to other members",
			 num(l, "unaccepted"), num(l, "reset"),
			 num(l, "migrated"));
	put_inferred(l);
}

static void print_migrate(struct line *l)
{
	trace_seq_printf(l->seq, "tcp port %llu: %s connection of cookie %llu ",
			 num(l, "port"), word(l, "stage"), num(l, "from"));
	if (num(l, "result"))
		trace_seq_puts(l->seq, "dies: its listener has closed and no other took it");
	else
		trace_seq_printf(l->seq, "moves to cookie %llu", num(l, "to"));
}

static const struct row rows[] = {
	{ .name = "bind", .print = print_bind },
	{ .name = "bind_conflict", .print = print_conflict },
	{ .name = "steer", .print = print_steer },
	{ .name = "tw_enter", .print = print_tw_enter },
	{ .name = "tw_state", .print = print_tw_state },
	{ .name = "tw_exit", .print = print_tw_exit },
	{ .name = "group", .print = print_group },
	{ .name = "listener_close", .print = print_listener_close },
	{ .name = "migrate", .print = print_migrate },
};

#define N_ROWS	(sizeof(rows) / sizeof(rows[0]))

/* 1 has libtraceevent print the kernel's own text. */
static int handle(struct trace_seq *s, struct tep_record *record,
		  struct tep_event *event, void *ctx)
{
	const struct row *row = ctx;
	struct line l = { .record = record, .event = event };
	struct trace_seq own;

	trace_seq_init(&own);
	l.seq = &own;
	row->print(&l);
	trace_seq_terminate(&own);
	if (!l.broken)
		trace_seq_puts(s, own.buffer);
	trace_seq_destroy(&own);
	return l.broken;
}

#define EXPORTED	__attribute__((visibility("default")))

EXPORTED int TEP_PLUGIN_LOADER(struct tep_handle *tep);
EXPORTED void TEP_PLUGIN_UNLOADER(struct tep_handle *tep);

int TEP_PLUGIN_LOADER(struct tep_handle *tep)
{
	size_t i;

	for (i = 0; i < N_ROWS; i++)
		tep_register_event_handler(tep, -1, SYSTEM, rows[i].name,
					   handle, (void *)&rows[i]);
	return 0;
}

void TEP_PLUGIN_UNLOADER(struct tep_handle *tep)
{
	size_t i;

	for (i = 0; i < N_ROWS; i++)
		tep_unregister_event_handler(tep, -1, SYSTEM, rows[i].name,
					     handle, (void *)&rows[i]);
}
