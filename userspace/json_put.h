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

/* In a list, the key is NULL. Each one that is opened is closed. */
void json_open(struct json *j, const char *key);
void json_close(struct json *j);
void json_open_list(struct json *j, const char *key);
void json_close_list(struct json *j);

void json_put_null(struct json *j, const char *key);
/* "": null. Bytes that are no UTF-8 become U+FFFD. */
void json_put_text(struct json *j, const char *key, const char *text);
/* The same of so many bytes; none: "". */
void json_put_bytes(struct json *j, const char *key, const char *bytes,
		    size_t len);
void json_put_num(struct json *j, const char *key, int64_t value);
/* With a key that is not ours. */
void json_put_named(struct json *j, const char *name, int64_t value);
void json_put_real(struct json *j, const char *key, double value);
/* 0 stands for "it has none", or "nobody knows": null. */
void json_put_id(struct json *j, const char *key, uint64_t id);
/* Negative: null. */
void json_put_count(struct json *j, const char *key, int64_t count);
void json_put_bool(struct json *j, const char *key, bool value);
/* false: no key at all. */
void json_put_if(struct json *j, const char *key, bool value);
void json_put_uid(struct json *j, const char *key, uint32_t uid);
void json_put_addr(struct json *j, const char *key,
		   const struct model_addr *addr);
void json_put_port(struct json *j, const char *key,
		   const struct model_addr *addr);
void json_put_names(struct json *j, const char *key,
		    const struct model_names *names);
/* pid, comm and, if known, cgroup. */
void json_put_task(struct json *j, const struct model_task *task);
/* The same as an object; a process that is not known: null. */
void json_put_owner(struct json *j, const char *key,
		    const struct model_task *task);

#endif
