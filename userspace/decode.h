/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Records to named fields, by the formats the kernel published. The only user
 * of libtraceevent's parser. No enum of the module exists here: a symbolic
 * value's name comes from the event's own print format.
 */
#ifndef REUSETRACE_DECODE_H
#define REUSETRACE_DECODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model.h"

struct decode;
struct decode_event;

/* One record, and the event it is of. */
struct decode_record {
	struct decode *decode;
	const struct decode_event *event;	/* NULL: its format is not known */
	uint64_t ts;
	int cpu;
	void *data;
	size_t size;
};

/**
 * decode_new - a decoder that knows no format yet
 *
 * Return: the decoder, or NULL when memory is short.
 */
struct decode *decode_new(void);

/**
 * decode_free - forget the formats
 * @d: the decoder, or NULL
 */
void decode_free(struct decode *d);

/**
 * decode_add_format - learn one event from its format file
 * @d: the decoder
 * @system: the trace system
 * @text: what the format file says
 * @size: its length
 *
 * Return: 0, or -EINVAL when it is no format, or -ENOMEM.
 */
int decode_add_format(struct decode *d, const char *system, const char *text,
		      size_t size);

/**
 * decode_record - find out what event a record is of
 * @d: the decoder
 * @rec: ts, cpu, data and size set by the caller; the rest is filled in
 *
 * Return: 0, or -ENOENT when no format with its number is known, or -EINVAL
 * when it is too short to have one.
 */
int decode_record(struct decode *d, struct decode_record *rec);

/**
 * decode_name - the event's name
 * @event: the event
 */
const char *decode_name(const struct decode_event *event);

/**
 * decode_number - which of the formats is it, counted from 0?
 * @event: the event
 */
unsigned int decode_number(const struct decode_event *event);

/**
 * decode_find - an event by its name
 * @d: the decoder
 * @name: without the system
 *
 * Return: the event, or NULL.
 */
const struct decode_event *decode_find(const struct decode *d, const char *name);

/**
 * decode_has - does an event have this field?
 * @event: the event
 * @field: the field's name
 */
bool decode_has(const struct decode_event *event, const char *field);

/**
 * decode_num - an integer field, sign extended where it is signed
 * @rec: the record
 * @field: the field's name
 * @value: set; an unsigned 64-bit value keeps its bits
 *
 * Return: 0, or -ENOENT when the event has no such field or the record ends
 * before it.
 */
int decode_num(const struct decode_record *rec, const char *field,
	       int64_t *value);

/**
 * decode_raw - a field's bytes
 * @rec: the record
 * @field: the field's name
 * @size: set to their number
 *
 * Return: the bytes, not aligned, or NULL.
 */
const void *decode_raw(const struct decode_record *rec, const char *field,
		       size_t *size);

/**
 * decode_str - a fixed array of char
 * @rec: the record
 * @field: the field's name
 * @text: set, always terminated
 * @size: of @text
 *
 * Return: 0 or -ENOENT.
 */
int decode_str(const struct decode_record *rec, const char *field, char *text,
	       size_t size);

/**
 * decode_symbol - the name of a symbolic value
 * @rec: the record
 * @field: the field's name
 * @name: set, MODEL_NAME_LEN bytes
 *
 * Return: 0, -ENOENT without that field, -ERANGE when the value has no name in
 * the print format (@name is then the number).
 */
int decode_symbol(const struct decode_record *rec, const char *field,
		  char *name);

/**
 * decode_value - the symbolic value of a name
 * @event: the event
 * @field: the field's name
 * @name: the name
 * @value: set
 *
 * Return: 0, or -ENOENT when the print format has no such name.
 */
int decode_value(const struct decode_event *event, const char *field,
		 const char *name, int64_t *value);

/**
 * decode_flags - the names of a flag field's bits
 * @rec: the record
 * @field: the field's name
 * @names: set; bits without a name are told as one number
 *
 * Return: 0 or -ENOENT.
 */
int decode_flags(const struct decode_record *rec, const char *field,
		 struct model_names *names);

/**
 * decode_text - the kernel's own line for a record
 * @rec: the record
 * @text: set, always terminated
 * @size: of @text
 */
void decode_text(const struct decode_record *rec, char *text, size_t size);

/**
 * decode_in_softirq - was the record written by a softirq?
 * @rec: the record
 */
bool decode_in_softirq(const struct decode_record *rec);

#endif
