/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Our values into one JSON object, written as it comes: an object a line, a
 * million of them in a report. What is not known becomes null; text is ASCII.
 */
#ifndef REUSETRACE_JSON_PUT_H
#define REUSETRACE_JSON_PUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "model.h"

/* Start with { 0 }; used for one object after the other. */
struct json {
	char *text;
	size_t len;
	size_t room;
	bool failed;		/* memory was short: it is not whole */
};

/**
 * json_begin - open the object
 * @j: what was in it is forgotten
 */
void json_begin(struct json *j);

/**
 * json_end - close the object and write it as a line
 * @j: the object
 * @out: where to
 *
 * Return: 0, or -ENOMEM, nothing written.
 */
int json_end(struct json *j, FILE *out);

/**
 * json_free - give its memory back
 * @j: the object
 */
void json_free(struct json *j);

/* What a value takes beside its key: a number, comma, quotes and colon. */
#define JSON_VALUE_LEN	48

/* Keys are literals: inlined, their length and their copy cost next to nothing. */
#define JSON_INLINE	static inline __attribute__((always_inline))

bool json_grow(struct json *j, size_t more);

JSON_INLINE bool json_has_room(const struct json *j, size_t more)
{
	return !j->failed && j->room - j->len >= more;
}

/**
 * json_key - a comma where one belongs, the key, and room for a short value
 * @j: the object
 * @key: needs no escapes; those that do go by json_put_named(). NULL: in a list
 *
 * Return: false when memory is short.
 */
JSON_INLINE bool json_key(struct json *j, const char *key)
{
	size_t len = key ? __builtin_strlen(key) : 0;
	char *at, last;

	if (!json_has_room(j, len + JSON_VALUE_LEN) &&
	    !json_grow(j, len + JSON_VALUE_LEN))
		return false;
	at = j->text + j->len;
	last = at[-1];
	*at = ',';
	at += last != '{' && last != '[';
	if (key) {
		*at++ = '"';
		memcpy(at, key, len);
		memcpy(at + len, "\":", 2);
		at += len + 2;
	}
	j->len = at - j->text;
	return true;
}

/* Values where json_key() has made room. */
void json_value_null(struct json *j);
void json_value_text(struct json *j, const char *text);
void json_value_bytes(struct json *j, const char *bytes, size_t len);
void json_value_num(struct json *j, int64_t value);
void json_value_bool(struct json *j, bool value);
void json_value_addr(struct json *j, const struct model_addr *addr);

JSON_INLINE void json_put_char(struct json *j, const char *key, char c)
{
	if (json_key(j, key))
		j->text[j->len++] = c;
}

/* In a list, the key is NULL. Each one that is opened is closed. */
JSON_INLINE void json_open(struct json *j, const char *key)
{
	json_put_char(j, key, '{');
}

JSON_INLINE void json_open_list(struct json *j, const char *key)
{
	json_put_char(j, key, '[');
}

void json_close(struct json *j);
void json_close_list(struct json *j);

JSON_INLINE void json_put_null(struct json *j, const char *key)
{
	if (json_key(j, key))
		json_value_null(j);
}

/* "": null. Bytes that are no UTF-8 become U+FFFD. */
JSON_INLINE void json_put_text(struct json *j, const char *key,
			       const char *text)
{
	if (json_key(j, key))
		json_value_text(j, text);
}

/* The same of so many bytes; none: "". */
JSON_INLINE void json_put_bytes(struct json *j, const char *key,
				const char *bytes, size_t len)
{
	if (json_key(j, key))
		json_value_bytes(j, bytes, len);
}

JSON_INLINE void json_put_num(struct json *j, const char *key, int64_t value)
{
	if (json_key(j, key))
		json_value_num(j, value);
}

/* With a key that is not ours. */
void json_put_named(struct json *j, const char *name, int64_t value);
void json_put_real(struct json *j, const char *key, double value);

/* Negative: null. */
JSON_INLINE void json_put_count(struct json *j, const char *key, int64_t count)
{
	if (!json_key(j, key))
		return;
	if (count < 0)
		json_value_null(j);
	else
		json_value_num(j, count);
}

/* 0 stands for "it has none", or "nobody knows": null. */
JSON_INLINE void json_put_id(struct json *j, const char *key, uint64_t id)
{
	if (!json_key(j, key))
		return;
	if (id)
		json_value_num(j, id);
	else
		json_value_null(j);
}

JSON_INLINE void json_put_bool(struct json *j, const char *key, bool value)
{
	if (json_key(j, key))
		json_value_bool(j, value);
}

/* false: no key at all. */
JSON_INLINE void json_put_if(struct json *j, const char *key, bool value)
{
	if (value)
		json_put_bool(j, key, true);
}

JSON_INLINE void json_put_uid(struct json *j, const char *key, uint32_t uid)
{
	json_put_count(j, key, uid == MODEL_NO_UID ? -1 : (int64_t)uid);
}

JSON_INLINE void json_put_addr(struct json *j, const char *key,
			       const struct model_addr *addr)
{
	if (json_key(j, key))
		json_value_addr(j, addr);
}

JSON_INLINE void json_put_port(struct json *j, const char *key,
			       const struct model_addr *addr)
{
	json_put_count(j, key, addr->family ? addr->port : -1);
}

void json_put_names(struct json *j, const char *key,
		    const struct model_names *names);
/* pid, comm and, if known, cgroup. */
void json_put_task(struct json *j, const struct model_task *task);
/* The same as an object; a process that is not known: null. */
void json_put_owner(struct json *j, const char *key,
		    const struct model_task *task);

#endif
