// SPDX-License-Identifier: GPL-2.0-only
#include "json_put.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "addr.h"
#include "digits.h"

#define ROOM		4096	/* to begin with */
#define BYTE_LEN	6	/* what a byte takes at most: \uFFFD */
#define NUMBER_LEN	24	/* DIGITS_MAX and a sign, at least */
#define REAL_DIGITS	12
#define REPLACEMENT	0xfffd	/* for what is no UTF-8 */

bool json_grow(struct json *j, size_t more)
{
	size_t room = j->room ? j->room : ROOM;
	char *text;

	if (j->failed)
		return false;
	while (room - j->len < more)
		room *= 2;
	text = realloc(j->text, room);
	if (!text) {
		j->failed = true;
		return false;
	}
	j->text = text;
	j->room = room;
	return true;
}

/* What is put has been made room for, by this or by json_key(). */
static inline bool need(struct json *j, size_t more)
{
	return json_has_room(j, more) || json_grow(j, more);
}

static inline void put_char(struct json *j, char c)
{
	j->text[j->len++] = c;
}

static inline void put_word(struct json *j, const char *word, size_t len)
{
	memcpy(j->text + j->len, word, len);
	j->len += len;
}

/* How many bytes of valid UTF-8 stand at @s, and what; 0 when it is invalid. */
static size_t utf8(const unsigned char *s, size_t left, uint32_t *code)
{
	size_t len, i;

	len = s[0] >= 0xf0 ? 4 : s[0] >= 0xe0 ? 3 : 2;
	if (s[0] < 0xc2 || s[0] > 0xf4 || len > left)
		return 0;
	*code = s[0] & (0x7f >> len);
	for (i = 1; i < len; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		*code = *code << 6 | (s[i] & 0x3f);
	}
	if ((len == 3 && *code < 0x800) || (len == 4 && *code < 0x10000) ||
	    *code > 0x10ffff || (*code >= 0xd800 && *code <= 0xdfff))
		return 0;
	return len;
}

static void put_unit(struct json *j, uint16_t unit)
{
	static const char digits[] = "0123456789ABCDEF";

	put_char(j, '\\');
	put_char(j, 'u');
	put_char(j, digits[unit >> 12]);
	put_char(j, digits[unit >> 8 & 15]);
	put_char(j, digits[unit >> 4 & 15]);
	put_char(j, digits[unit & 15]);
}

/* As UTF-16, two units where one is too small. */
static void put_code(struct json *j, uint32_t code)
{
	if (code < 0x10000) {
		put_unit(j, code);
		return;
	}
	code -= 0x10000;
	put_unit(j, 0xd800 | code >> 10);
	put_unit(j, 0xdc00 | (code & 0x3ff));
}

static void put_escape(struct json *j, unsigned char c)
{
	static const char from[] = "\b\t\n\f\r\"\\", to[] = "btnfr\"\\";
	const char *at = c ? strchr(from, c) : NULL;

	if (!at) {
		put_unit(j, c);
		return;
	}
	put_char(j, '\\');
	put_char(j, to[at - from]);
}

/* Bytes that stand for themselves. */
static const bool plain[256] = {
	[' '] = true, ['!'] = true, ['#' ... '['] = true, [']' ... 0x7f] = true,
};

#define EACH(byte)	(0x0101010101010101ull * (byte))

/*
 * The same of eight at once: none below ' ', none '"' or '\\', none above 0x7f.
 * A byte without its top bit underflows into it when it was smaller.
 */
static bool all_plain(const unsigned char *s)
{
	uint64_t v, quote, back;

	memcpy(&v, s, sizeof(v));
	quote = v ^ EACH('"');
	back = v ^ EACH('\\');
	return !((v | (v - EACH(' ')) | (quote - EACH(1)) | (back - EACH(1))) &
		 EACH(0x80));
}

static size_t put_plain(struct json *j, const unsigned char *s,
			const unsigned char *end)
{
	size_t n = 0, all = end - s;
	char *to = j->text + j->len;

	for (; all - n >= sizeof(uint64_t) && all_plain(s + n);
	     n += sizeof(uint64_t))
		memcpy(to + n, s + n, sizeof(uint64_t));
	for (; n < all && plain[s[n]]; n++)
		to[n] = s[n];
	j->len += n;
	return n;
}

static void put_string(struct json *j, const char *bytes, size_t len)
{
	const unsigned char *s = (const unsigned char *)bytes;
	const unsigned char *end = s + len;
	uint32_t code;
	size_t n;

	put_char(j, '"');
	for (; s < end; s += n) {
		n = 1;
		if (plain[*s]) {
			n = put_plain(j, s, end);
		} else if (*s < 0x80) {
			put_escape(j, *s);
		} else {
			n = utf8(s, end - s, &code);
			put_code(j, n ? code : REPLACEMENT);
			n = n ? n : 1;
		}
	}
	put_char(j, '"');
}

static void put_comma(struct json *j)
{
	char last = j->text[j->len - 1];

	if (last != '{' && last != '[')
		put_char(j, ',');
}

void json_begin(struct json *j)
{
	j->len = 0;
	j->failed = false;
	if (need(j, JSON_VALUE_LEN))
		put_char(j, '{');
}

int json_end(struct json *j, FILE *out)
{
	if (!need(j, 2))
		return -ENOMEM;
	put_word(j, "}\n", 2);
	fwrite_unlocked(j->text, 1, j->len, out);
	return 0;
}

void json_free(struct json *j)
{
	free(j->text);
}

void json_close(struct json *j)
{
	if (need(j, 1))
		put_char(j, '}');
}

void json_close_list(struct json *j)
{
	if (need(j, 1))
		put_char(j, ']');
}

void json_value_null(struct json *j)
{
	put_word(j, "null", 4);
}

void json_value_bytes(struct json *j, const char *bytes, size_t len)
{
	if (need(j, BYTE_LEN * len + JSON_VALUE_LEN))
		put_string(j, bytes, len);
}

void json_value_text(struct json *j, const char *text)
{
	if (*text)
		json_value_bytes(j, text, strlen(text));
	else
		json_value_null(j);
}

/*
 * The room is always as large as the largest number: to copy that much takes
 * less than to copy as many bytes as there are.
 */
void json_value_num(struct json *j, int64_t value)
{
	uint64_t left = value < 0 ? -(uint64_t)value : (uint64_t)value;
	char digits[2 * NUMBER_LEN] = "", *end = digits + NUMBER_LEN;
	char *at = digits_before(end, left);

	if (value < 0)
		*--at = '-';
	memcpy(j->text + j->len, at, NUMBER_LEN);
	j->len += end - at;
}

void json_put_named(struct json *j, const char *name, int64_t value)
{
	size_t len = strlen(name);

	if (!need(j, BYTE_LEN * len + JSON_VALUE_LEN))
		return;
	put_comma(j);
	put_string(j, name, len);
	put_char(j, ':');
	json_value_num(j, value);
}

/* The exponent of a real, "e-05", in its shortest form. */
static void put_exponent(struct json *j, const char *e)
{
	put_char(j, 'e');
	if (e[1] == '-')
		put_char(j, '-');
	e += 2;
	e += strspn(e, "0");
	put_word(j, e, strlen(e));
}

/* With a point or an exponent always: it shall be read as a real again. */
void json_put_real(struct json *j, const char *key, double value)
{
	char text[JSON_VALUE_LEN], *e;

	if (!json_key(j, key))
		return;
	snprintf(text, sizeof(text), "%.*g", REAL_DIGITS, value);
	e = strchr(text, 'e');
	put_word(j, text, e ? (size_t)(e - text) : strlen(text));
	if (e)
		put_exponent(j, e);
	else if (!strchr(text, '.'))
		put_word(j, ".0", 2);
}

void json_value_bool(struct json *j, bool value)
{
	put_word(j, value ? "true" : "false", value ? 4 : 5);
}

void json_value_addr(struct json *j, const struct model_addr *addr)
{
	char text[ADDR_TEXT_LEN];

	json_value_text(j, addr->family ? addr_host(addr, text) : "");
}

void json_put_names(struct json *j, const char *key,
		    const struct model_names *names)
{
	size_t i;

	json_open_list(j, key);
	for (i = 0; i < names->n; i++)
		json_put_bytes(j, NULL, names->name[i],
			       strlen(names->name[i]));
	json_close_list(j);
}

void json_put_task(struct json *j, const struct model_task *task)
{
	json_put_id(j, "pid", task->pid);
	json_put_text(j, "comm", task->comm);
	if (task->pid && task->cgroup)
		json_put_text(j, "cgroup", task->cgroup);
}

void json_put_owner(struct json *j, const char *key,
		    const struct model_task *task)
{
	if (!task->pid) {
		json_put_null(j, key);
		return;
	}
	json_open(j, key);
	json_put_task(j, task);
	json_close(j);
}
