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

#define KNOWN_FIELDS	128	/* a power of two, well above what an event has */

/* A value that has a name. */
struct name {
	int64_t value;
	char text[MODEL_NAME_LEN];
};

/* A field whose values have names, as the print format shows it. */
struct naming {
	struct naming *next;
	const char *field;
	size_t count;
	struct name name[];
};

/*
 * A field that was asked for by this very string: callers ask by literals, for
 * each record the same ones, and comparing text a million times is what a
 * report would spend its time on.
 */
struct known {
	const char *asked;
	uint32_t offset;
	uint32_t size;		/* 0: the event has none */
	bool is_signed;
	bool is_number;
	const struct naming *symbols;
	const struct naming *flags;
};

struct decode_event {
	struct decode_event *next;
	struct tep_event *tep;
	unsigned int number;
	struct naming *symbols;
	struct naming *flags;
	struct known *known;
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
	free(e->known);
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

static void copy_name(char *to, const char *name)
{
	size_t len = strnlen(name, MODEL_NAME_LEN - 1);

	memcpy(to, name, len);
	to[len] = '\0';
}

static int add_naming(struct naming **list, const struct tep_print_arg *field,
		      const struct tep_print_flag_sym *names)
{
	const struct tep_print_flag_sym *s;
	struct naming *n;
	size_t count = 0;

	if (!field_of(field))
		return 0;
	for (s = names; s; s = s->next)
		count++;
	n = calloc(1, sizeof(*n) + count * sizeof(n->name[0]));
	if (!n)
		return -ENOMEM;
	n->field = field_of(field);
	for (s = names; s; s = s->next) {
		n->name[n->count].value = strtoll(s->value, NULL, 0);
		copy_name(n->name[n->count++].text, s->str);
	}
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
	e->known = calloc(KNOWN_FIELDS, sizeof(*e->known));
	if (!e->known || collect_namings(e)) {
		free_event(e);
		return -ENOMEM;
	}
	e->number = d->events ? d->events->number + 1 : 0;
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

unsigned int decode_number(const struct decode_event *event)
{
	return event->number;
}

const struct decode_event *decode_find(const struct decode *d, const char *name)
{
	const struct decode_event *e;

	for (e = d->events; e; e = e->next)
		if (!strcmp(e->tep->name, name))
			break;
	return e;
}

static const struct naming *naming_of(const struct naming *list,
				      const char *field)
{
	while (list && strcmp(list->field, field))
		list = list->next;
	return list;
}

static struct known ask(const struct decode_event *event, const char *field)
{
	const struct tep_format_field *f = tep_find_any_field(event->tep, field);
	struct known k = {
		.asked = field,
		.symbols = naming_of(event->symbols, field),
		.flags = naming_of(event->flags, field),
	};

	if (!f || f->offset < 0 || f->size <= 0)
		return k;
	k.offset = f->offset;
	k.size = f->size;
	k.is_signed = f->flags & TEP_FIELD_IS_SIGNED;
	k.is_number = f->size <= 8 && !(f->size & (f->size - 1));
	return k;
}

/* Asked for by a string that will be elsewhere the next time, it is not kept. */
static const struct known *look_further(const struct decode_event *event,
					const char *field, unsigned int at,
					struct known *room)
{
	struct known *k;
	unsigned int i;

	for (i = 0; i < KNOWN_FIELDS / 2; i++) {
		k = &event->known[(at + i) % KNOWN_FIELDS];
		if (!k->asked)
			*k = ask(event, field);
		if (k->asked == field)
			return k;
	}
	*room = ask(event, field);
	return room;
}

static inline const struct known *look_up(const struct decode_event *event,
					  const char *field, struct known *room)
{
	unsigned int at = (uintptr_t)field * 0x9e3779b97f4a7c15ull >> 32;
	const struct known *k = &event->known[at % KNOWN_FIELDS];

	return k->asked == field ? k : look_further(event, field, at, room);
}

bool decode_has(const struct decode_event *event, const char *field)
{
	struct known room;

	return look_up(event, field, &room)->size;
}

static bool is_inside(const struct decode_record *rec, const struct known *k)
{
	return k->size && k->offset <= rec->size &&
	       k->size <= rec->size - k->offset;
}

/* Records are of this machine's byte order: see decode_new(). */
static int64_t number_at(const char *at, int size, bool is_signed)
{
	uint64_t u64;
	uint32_t u32;
	uint16_t u16;
	uint8_t u8;

	switch (size) {
	case 1:
		memcpy(&u8, at, sizeof(u8));
		return is_signed ? (int8_t)u8 : u8;
	case 2:
		memcpy(&u16, at, sizeof(u16));
		return is_signed ? (int16_t)u16 : u16;
	case 4:
		memcpy(&u32, at, sizeof(u32));
		return is_signed ? (int64_t)(int32_t)u32 : (int64_t)u32;
	default:
		memcpy(&u64, at, sizeof(u64));
		return u64;
	}
}

static int read_num(const struct decode_record *rec, const struct known *k,
		    int64_t *value)
{
	if (!k->is_number || !is_inside(rec, k))
		return -ENOENT;
	*value = number_at((char *)rec->data + k->offset, k->size,
			   k->is_signed);
	return 0;
}

int decode_num(const struct decode_record *rec, const char *field,
	       int64_t *value)
{
	struct known room;

	return read_num(rec, look_up(rec->event, field, &room), value);
}

const void *decode_raw(const struct decode_record *rec, const char *field,
		       size_t *size)
{
	struct known room;
	const struct known *k = look_up(rec->event, field, &room);

	if (!is_inside(rec, k))
		return NULL;
	*size = k->size;
	return (char *)rec->data + k->offset;
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

int decode_symbol(const struct decode_record *rec, const char *field,
		  char *name)
{
	struct known room;
	const struct known *k = look_up(rec->event, field, &room);
	int64_t value;
	size_t i;

	if (read_num(rec, k, &value))
		return -ENOENT;
	for (i = 0; k->symbols && i < k->symbols->count; i++) {
		if (k->symbols->name[i].value != value)
			continue;
		memcpy(name, k->symbols->name[i].text, MODEL_NAME_LEN);
		return 0;
	}
	snprintf(name, MODEL_NAME_LEN, "%" PRId64, value);
	return -ERANGE;
}

int decode_value(const struct decode_event *event, const char *field,
		 const char *name, int64_t *value)
{
	const struct naming *n = naming_of(event->symbols, field);
	size_t i;

	for (i = 0; n && i < n->count; i++) {
		if (strcmp(n->name[i].text, name))
			continue;
		*value = n->name[i].value;
		return 0;
	}
	return -ENOENT;
}

int decode_flags(const struct decode_record *rec, const char *field,
		 struct model_names *names)
{
	struct known room;
	const struct known *k = look_up(rec->event, field, &room);
	int64_t left, bit;
	size_t i;

	names->n = 0;
	if (read_num(rec, k, &left))
		return -ENOENT;
	for (i = 0; k->flags && i < k->flags->count; i++) {
		bit = k->flags->name[i].value;
		if (!bit || (left & bit) != bit ||
		    names->n == MODEL_NAMES_MAX - 1)
			continue;
		memcpy(names->name[names->n++], k->flags->name[i].text,
		       MODEL_NAME_LEN);
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
