// SPDX-License-Identifier: GPL-2.0-only
#include "decode.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <traceevent/event-parse.h>
#include <traceevent/trace-seq.h>

#define FLAG_SOFTIRQ	0x10	/* TRACE_FLAG_SOFTIRQ, in common_flags */

/* A field whose values have names, as the print format shows it. */
struct naming {
	struct naming *next;
	const char *field;
	const struct tep_print_flag_sym *names;
};

struct decode_event {
	struct decode_event *next;
	struct tep_event *tep;
	struct naming *symbols;
	struct naming *flags;
};

struct decode {
	struct tep_handle *tep;
	struct trace_seq seq;
	struct decode_event *events;
};

struct decode *decode_new(void)
{
	const uint16_t one = 1;
	enum tep_endian endian = *(const uint8_t *)&one ? TEP_LITTLE_ENDIAN :
							  TEP_BIG_ENDIAN;
	struct decode *d = calloc(1, sizeof(*d));

	if (!d)
		return NULL;
	d->tep = tep_alloc();
	if (!d->tep) {
		free(d);
		return NULL;
	}
	trace_seq_init(&d->seq);
	tep_set_long_size(d->tep, sizeof(long));
	tep_set_file_bigendian(d->tep, endian);
	tep_set_local_bigendian(d->tep, endian);
	return d;
}

static void free_namings(struct naming *n)
{
	struct naming *next;

	for (; n; n = next) {
		next = n->next;
		free(n);
	}
}

static void free_event(struct decode_event *e)
{
	free_namings(e->symbols);
	free_namings(e->flags);
	free(e);
}

void decode_free(struct decode *d)
{
	struct decode_event *e, *next;

	if (!d)
		return;
	for (e = d->events; e; e = next) {
		next = e->next;
		free_event(e);
	}
	trace_seq_destroy(&d->seq);
	tep_free(d->tep);
	free(d);
}

/* REC->field, perhaps cast. */
static const char *field_of(const struct tep_print_arg *arg)
{
	while (arg && arg->type == TEP_PRINT_TYPE)
		arg = arg->typecast.item;
	return arg && arg->type == TEP_PRINT_FIELD ? arg->field.name : NULL;
}

static int add_naming(struct naming **list, const struct tep_print_arg *field,
		      const struct tep_print_flag_sym *names)
{
	struct naming *n;

	if (!field_of(field))
		return 0;
	n = calloc(1, sizeof(*n));
	if (!n)
		return -ENOMEM;
	n->field = field_of(field);
	n->names = names;
	n->next = *list;
	*list = n;
	return 0;
}

static int collect_namings(struct decode_event *e)
{
	const struct tep_print_arg *arg;
	int rc = 0;

	for (arg = e->tep->print_fmt.args; arg && !rc; arg = arg->next) {
		if (arg->type == TEP_PRINT_SYMBOL)
			rc = add_naming(&e->symbols, arg->symbol.field,
					arg->symbol.symbols);
		else if (arg->type == TEP_PRINT_FLAGS)
			rc = add_naming(&e->flags, arg->flags.field,
					arg->flags.flags);
	}
	return rc;
}

/* tep_parse_event() does not hand out what it made: ask by number. */
static struct tep_event *parse_format(struct decode *d, const char *system,
				      const char *text, size_t size)
{
	const char *id = strstr(text, "\nID:");

	if (!id || tep_parse_event(d->tep, text, size, system))
		return NULL;
	return tep_find_event(d->tep, atoi(id + strlen("\nID:")));
}

int decode_add_format(struct decode *d, const char *system, const char *text,
		      size_t size)
{
	struct tep_event *tep = parse_format(d, system, text, size);
	struct decode_event *e;

	if (!tep)
		return -EINVAL;
	e = calloc(1, sizeof(*e));
	if (!e)
		return -ENOMEM;
	e->tep = tep;
	if (collect_namings(e)) {
		free_event(e);
		return -ENOMEM;
	}
	e->next = d->events;
	d->events = e;
	return 0;
}

static struct tep_record tep_record_of(const struct decode_record *rec)
{
	return (struct tep_record){
		.ts = rec->ts,
		.size = rec->size,
		.record_size = rec->size,
		.data = rec->data,
		.cpu = rec->cpu,
		.ref_count = 1,
	};
}

int decode_record(struct decode *d, struct decode_record *rec)
{
	const struct decode_event *e;
	uint16_t id;

	rec->decode = d;
	rec->event = NULL;
	if (rec->size < sizeof(id))
		return -EINVAL;
	/* common_type is the first field of every event, in every kernel. */
	memcpy(&id, rec->data, sizeof(id));
	for (e = d->events; e; e = e->next)
		if (e->tep->id == id)
			break;
	rec->event = e;
	return e ? 0 : -ENOENT;
}

const char *decode_name(const struct decode_event *event)
{
	return event->tep->name;
}

const struct decode_event *decode_find(struct decode *d, const char *name)
{
	const struct decode_event *e;

	for (e = d->events; e; e = e->next)
		if (!strcmp(e->tep->name, name))
			break;
	return e;
}

bool decode_has(const struct decode_event *event, const char *field)
{
	return tep_find_any_field(event->tep, field);
}

static const struct tep_format_field *
field_inside(const struct decode_record *rec, const char *name)
{
	const struct tep_format_field *f;

	f = tep_find_any_field(rec->event->tep, name);
	if (!f || f->offset < 0 || f->size <= 0 ||
	    (size_t)f->offset > rec->size ||
	    (size_t)f->size > rec->size - f->offset)
		return NULL;
	return f;
}

static int64_t widen(const struct tep_format_field *f, uint64_t value)
{
	unsigned int unused = 64 - 8 * f->size;

	if (!(f->flags & TEP_FIELD_IS_SIGNED))
		return value;
	return (int64_t)(value << unused) >> unused;
}

int decode_num(const struct decode_record *rec, const char *field,
	       int64_t *value)
{
	const struct tep_format_field *f = field_inside(rec, field);

	if (!f || f->size > 8 || (f->size & (f->size - 1)))
		return -ENOENT;
	*value = widen(f, tep_read_number(rec->decode->tep,
					  (char *)rec->data + f->offset,
					  f->size));
	return 0;
}

const void *decode_raw(const struct decode_record *rec, const char *field,
		       size_t *size)
{
	const struct tep_format_field *f = field_inside(rec, field);

	if (!f)
		return NULL;
	*size = f->size;
	return (char *)rec->data + f->offset;
}

int decode_str(const struct decode_record *rec, const char *field, char *text,
	       size_t size)
{
	size_t len;
	const char *bytes = decode_raw(rec, field, &len);

	if (!bytes || !size)
		return -ENOENT;
	len = strnlen(bytes, len);
	if (len >= size)
		len = size - 1;
	memcpy(text, bytes, len);
	text[len] = '\0';
	return 0;
}

static const struct tep_print_flag_sym *names_of(const struct naming *list,
						 const char *field)
{
	while (list && strcmp(list->field, field))
		list = list->next;
	return list ? list->names : NULL;
}

static void copy_name(char *to, const char *name)
{
	snprintf(to, MODEL_NAME_LEN, "%s", name);
}

int decode_symbol(const struct decode_record *rec, const char *field,
		  char *name)
{
	const struct tep_print_flag_sym *s;
	int64_t value;

	if (decode_num(rec, field, &value))
		return -ENOENT;
	for (s = names_of(rec->event->symbols, field); s; s = s->next) {
		if (strtoll(s->value, NULL, 0) != value)
			continue;
		copy_name(name, s->str);
		return 0;
	}
	snprintf(name, MODEL_NAME_LEN, "%" PRId64, value);
	return -ERANGE;
}

int decode_flags(const struct decode_record *rec, const char *field,
		 struct model_names *names)
{
	const struct tep_print_flag_sym *s;
	int64_t left, bit;

	names->n = 0;
	if (decode_num(rec, field, &left))
		return -ENOENT;
	for (s = names_of(rec->event->flags, field); s; s = s->next) {
		bit = strtoll(s->value, NULL, 0);
		if (!bit || (left & bit) != bit ||
		    names->n == MODEL_NAMES_MAX - 1)
			continue;
		copy_name(names->name[names->n++], s->str);
		left &= ~bit;
	}
	if (left)
		snprintf(names->name[names->n++], MODEL_NAME_LEN,
			 "0x%" PRIx64, left);
	return 0;
}

void decode_text(const struct decode_record *rec, char *text, size_t size)
{
	struct tep_record tep = tep_record_of(rec);
	struct trace_seq *seq = &rec->decode->seq;

	trace_seq_reset(seq);
	tep_print_event(rec->decode->tep, seq, &tep, "%s", TEP_PRINT_INFO);
	trace_seq_terminate(seq);
	snprintf(text, size, "%s", seq->buffer);
	text[strcspn(text, "\n")] = '\0';
}

bool decode_in_softirq(const struct decode_record *rec)
{
	int64_t flags;

	return !decode_num(rec, "common_flags", &flags) &&
	       (flags & FLAG_SOFTIRQ);
}
