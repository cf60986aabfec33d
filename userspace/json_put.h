/* SPDX-License-Identifier: GPL-2.0-only */
/* Our values into JSON objects; what is not known becomes null. */
#ifndef REUSETRACE_JSON_PUT_H
#define REUSETRACE_JSON_PUT_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model.h"

/* Bytes as a string; what is no UTF-8 becomes U+FFFD. */
json_t *json_put_bytes(const char *bytes, size_t len);

/* NULL: null. */
void json_put(json_t *o, const char *key, json_t *value);
/* "": null. */
void json_put_text(json_t *o, const char *key, const char *text);
void json_put_num(json_t *o, const char *key, int64_t value);
/* 0 stands for "it has none", or "nobody knows": null. */
void json_put_id(json_t *o, const char *key, uint64_t id);
/* Negative: null. */
void json_put_count(json_t *o, const char *key, int64_t count);
void json_put_bool(json_t *o, const char *key, bool value);
/* false: no key at all. */
void json_put_if(json_t *o, const char *key, bool value);
void json_put_uid(json_t *o, const char *key, uint32_t uid);
void json_put_addr(json_t *o, const char *key, const struct model_addr *addr);
void json_put_port(json_t *o, const char *key, const struct model_addr *addr);
void json_put_names(json_t *o, const char *key,
		    const struct model_names *names);
/* pid, comm and, if known, cgroup. */
void json_put_task(json_t *o, const struct model_task *task);

/**
 * json_put_owner - a process as an object
 * @task: the process
 *
 * Return: the object, or NULL when the process is not known.
 */
json_t *json_put_owner(const struct model_task *task);

#endif
