// SPDX-License-Identifier: GPL-2.0-only
#include "phrase.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "digits.h"

#define DIGITS	24

/* Where the text goes; @end is the terminator's last place. */
struct room {
	char *at;
	char *end;
};

/* One conversion: what stands between % and its letter. */
struct spec {
	bool left;
	bool zero;
	bool wide;		/* long, long long or size_t: all 64 bits */
	int width;
	int precision;		/* -1: none */
};

static inline void put_bytes(struct room *r, const char *bytes, size_t n)
{
	size_t left = r->end - r->at;

	char *at = r->at;

	if (n > left)
		n = left;
	r->at += n;
	/* Most are so short that a call would take longer. */
	for (; n >= 8; n -= 8, at += 8, bytes += 8)
		memcpy(at, bytes, 8);
	while (n--)
		*at++ = *bytes++;
}

static void put_fill(struct room *r, char c, int n)
{
	for (; n > 0 && r->at < r->end; n--)
		*r->at++ = c;
}

static void put_padded(struct room *r, const struct spec *s, const char *bytes,
		       int n)
{
	if (!s->left)
		put_fill(r, ' ', s->width - n);
	put_bytes(r, bytes, n);
	if (s->left)
		put_fill(r, ' ', s->width - n);
}

static char *hexadecimal(char *end, uint64_t value)
{
	do {
		*--end = "0123456789abcdef"[value % 16];
		value /= 16;
	} while (value);
	return end;
}

static void put_number(struct room *r, const struct spec *s, bool negative,
		       uint64_t value, bool hex)
{
	char digits[DIGITS], *end = digits + DIGITS;
	char *at = hex ? hexadecimal(end, value) : digits_before(end, value);
	int n = end - at;

	if (s->zero) {
		if (negative)
			put_fill(r, '-', 1);
		put_fill(r, '0', s->width - n - negative);
		put_bytes(r, at, n);
		return;
	}
	if (negative)
		*--at = '-';
	put_padded(r, s, at, n + negative);
}

static void put_text(struct room *r, const struct spec *s, const char *text)
{
	size_t n;

	if (!text)
		text = "(null)";
	n = s->precision < 0 ? strlen(text) : strnlen(text, s->precision);
	put_padded(r, s, text, n);
}

static const char *parse_number(const char *at, int *value, va_list *ap)
{
	if (*at == '*') {
		*value = va_arg(*ap, int);
		return at + 1;
	}
	for (*value = 0; *at >= '0' && *at <= '9'; at++)
		*value = *value * 10 + *at - '0';
	return at;
}

/* Everything behind the %, up to the letter. */
static const char *parse_spec(const char *at, struct spec *s, va_list *ap)
{
	*s = (struct spec){ .precision = -1 };
	for (; *at == '-' || *at == '0'; at++) {
		s->left |= *at == '-';
		s->zero |= *at == '0';
	}
	at = parse_number(at, &s->width, ap);
	if (*at == '.')
		at = parse_number(at + 1, &s->precision, ap);
	for (; *at == 'l' || *at == 'z'; at++)
		s->wide = true;
	return at;
}

/* False for a letter, or a use of one, that is not known here. */
static bool put_one(struct room *r, char letter, const struct spec *s,
		    va_list *ap)
{
	uint64_t value;
	bool negative;
	char c;

	if (s->width < 0 || (letter != 's' && s->precision >= 0))
		return false;
	switch (letter) {
	case 's':
		put_text(r, s, va_arg(*ap, const char *));
		return true;
	case 'd':
		value = s->wide ? va_arg(*ap, int64_t) : va_arg(*ap, int);
		negative = (int64_t)value < 0;
		put_number(r, s, negative, negative ? -value : value, false);
		return true;
	case 'u':
	case 'x':
		value = s->wide ? va_arg(*ap, uint64_t) :
				  va_arg(*ap, unsigned int);
		put_number(r, s, false, value, letter == 'x');
		return true;
	case 'c':
		c = va_arg(*ap, int);
		put_padded(r, s, &c, 1);
		return true;
	default:
		return false;
	}
}

/* The most common ones, without anything between % and letter. */
static inline bool put_plain(struct room *r, char letter, va_list *ap)
{
	char digits[DIGITS], *end = digits + DIGITS, *at;
	const char *text;
	int value;

	if (letter == 's') {
		text = va_arg(*ap, const char *);
		if (!text)
			text = "(null)";
		put_bytes(r, text, strlen(text));
	} else if (letter == 'u') {
		at = digits_before(end, va_arg(*ap, unsigned int));
		put_bytes(r, at, end - at);
	} else if (letter == 'd') {
		value = va_arg(*ap, int);
		at = digits_before(end, value < 0 ? -(int64_t)value : value);
		if (value < 0)
			*--at = '-';
		put_bytes(r, at, end - at);
	} else {
		return false;
	}
	return true;
}

/* What stands before the next conversion, as far as there is room. */
static inline const char *put_literal(struct room *r, const char *format)
{
	char *at = r->at, *end = r->end, c;

	for (; (c = *format) && c != '%'; format++)
		if (at < end)
			*at++ = c;
	r->at = at;
	return format;
}

static bool print_known(struct room *r, const char *format, va_list *ap)
{
	struct spec s;

	for (;; format++) {
		format = put_literal(r, format);
		if (!*format)
			break;
		format++;
		if (put_plain(r, *format, ap))
			continue;
		format = parse_spec(format, &s, ap);
		if (!put_one(r, *format, &s, ap))
			return false;
	}
	*r->at = '\0';
	return true;
}

size_t phrase_vprint(char *text, size_t size, const char *format, va_list ap)
{
	struct room r = { text, text + size - 1 };
	va_list again;
	bool known;
	int n;

	/* Passing the address of an argument that is an array would not do. */
	va_copy(again, ap);
	known = print_known(&r, format, &again);
	va_end(again);
	if (known)
		return r.at - text;
	n = vsnprintf(text, size, format, ap);
	return n < 0 ? 0 : (size_t)n < size ? (size_t)n : size - 1;
}

size_t phrase_print(char *text, size_t size, const char *format, ...)
{
	va_list ap;
	size_t n;

	va_start(ap, format);
	n = phrase_vprint(text, size, format, ap);
	va_end(ap);
	return n;
}

void phrase_add(struct phrase *p, const char *format, ...)
{
	size_t len = strlen(p->text);
	va_list ap;

	va_start(ap, format);
	phrase_vprint(p->text + len, sizeof(p->text) - len, format, ap);
	va_end(ap);
}
