// SPDX-License-Identifier: GPL-2.0-only
#include "json_put.h"

#include <stdlib.h>
#include <string.h>

#include "addr.h"

/* How many bytes of valid UTF-8 stand at @s; 0 when the first is invalid. */
static size_t utf8_len(const unsigned char *s, size_t left)
{
	size_t len, i;
	uint32_t code;

	if (s[0] < 0x80)
		return 1;
	len = s[0] >= 0xf0 ? 4 : s[0] >= 0xe0 ? 3 : 2;
	if (s[0] < 0xc2 || s[0] > 0xf4 || len > left)
		return 0;
	code = s[0] & (0x7f >> len);
	for (i = 1; i < len; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		code = code << 6 | (s[i] & 0x3f);
	}
	if ((len == 3 && code < 0x800) || (len == 4 && code < 0x10000) ||
	    code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
		return 0;
	return len;
}

/* Names and lines are bytes; what is no UTF-8 becomes U+FFFD. */
json_t *json_put_bytes(const char *bytes, size_t len)
{
	static const char replacement[] = "\xef\xbf\xbd";
	char *text = malloc(3 * len + 1);
	size_t i = 0, out = 0, n;
	json_t *value;

	if (!text)
		return NULL;
	while (i < len) {
		n = utf8_len((const unsigned char *)bytes + i, len - i);
		memcpy(text + out, n ? bytes + i : replacement, n ? n : 3);
		out += n ? n : 3;
		i += n ? n : 1;
	}
	value = json_stringn_nocheck(text, out);
	free(text);
	return value;
}

void json_put(json_t *o, const char *key, json_t *value)
{
	json_object_set_new_nocheck(o, key, value ? value : json_null());
}

void json_put_text(json_t *o, const char *key, const char *text)
{
	json_put(o, key, *text ? json_put_bytes(text, strlen(text)) : NULL);
}

void json_put_num(json_t *o, const char *key, int64_t value)
{
	json_put(o, key, json_integer(value));
}

/* 0 stands for "it has none", or "nobody knows". */
void json_put_id(json_t *o, const char *key, uint64_t id)
{
	json_put(o, key, id ? json_integer(id) : NULL);
}

void json_put_count(json_t *o, const char *key, int64_t count)
{
	json_put(o, key, count < 0 ? NULL : json_integer(count));
}

void json_put_bool(json_t *o, const char *key, bool value)
{
	json_put(o, key, json_boolean(value));
}

void json_put_if(json_t *o, const char *key, bool value)
{
	if (value)
		json_put_bool(o, key, true);
}

void json_put_uid(json_t *o, const char *key, uint32_t uid)
{
	json_put(o, key, uid == MODEL_NO_UID ? NULL : json_integer(uid));
}

void json_put_addr(json_t *o, const char *key, const struct model_addr *addr)
{
	char text[ADDR_TEXT_LEN];

	json_put(o, key, addr->family ? json_string(addr_host(addr, text)) : NULL);
}

void json_put_port(json_t *o, const char *key, const struct model_addr *addr)
{
	json_put(o, key, addr->family ? json_integer(addr->port) : NULL);
}

void json_put_names(json_t *o, const char *key,
		      const struct model_names *names)
{
	json_t *list = json_array();
	size_t i;

	for (i = 0; i < names->n; i++)
		json_array_append_new(list, json_string(names->name[i]));
	json_put(o, key, list);
}

void json_put_task(json_t *o, const struct model_task *task)
{
	json_put_id(o, "pid", task->pid);
	json_put_text(o, "comm", task->comm);
	if (task->pid && task->cgroup)
		json_put_text(o, "cgroup", task->cgroup);
}

json_t *json_put_owner(const struct model_task *task)
{
	json_t *o;

	if (!task->pid)
		return NULL;
	o = json_object();
	json_put_task(o, task);
	return o;
}
