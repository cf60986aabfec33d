// SPDX-License-Identifier: GPL-2.0-only
#include "columns.h"

#include <string.h>

#define HANGING	4	/* more than the line that is continued */
#define RESET	"\033[0m"

struct line {
	char *text;
	size_t len;
	size_t columns;
};

/* The length of a colour at @s; 0: there is none. */
static size_t color_len(const char *s)
{
	size_t n;

	if (s[0] != '\033' || s[1] != '[')
		return 0;
	n = 2 + strspn(s + 2, "0123456789;");
	return s[n] == 'm' ? n + 1 : 0;
}

static void add(struct line *l, const char *bytes, size_t len)
{
	if (l->len + len + sizeof(RESET) > COLUMNS_LINE_LEN)
		return;
	memcpy(l->text + l->len, bytes, len);
	l->len += len;
}

static void add_spaces(struct line *l, size_t n)
{
	while (n--) {
		add(l, " ", 1);
		l->columns++;
	}
}

static void take_color(struct columns *c, struct line *l, size_t len)
{
	bool ends = len == strlen(RESET) && !memcmp(c->rest, RESET, len);

	add(l, c->rest, len);
	if (ends || len >= sizeof(c->color)) {
		c->color[0] = '\0';
	} else {
		memcpy(c->color, c->rest, len);
		c->color[len] = '\0';
	}
	c->rest += len;
}

/* Up to the next space, colours not counted; UTF-8 counts by its letters. */
static size_t word_columns(const char *s)
{
	size_t n = 0, skip;

	while (*s && *s != ' ' && *s != '\n') {
		skip = color_len(s);
		if (!skip)
			n += (*s & 0xc0) != 0x80;
		s += skip ? skip : 1;
	}
	return n;
}

static void take_word(struct columns *c, struct line *l, size_t width)
{
	size_t skip;

	while (*c->rest && *c->rest != ' ' && *c->rest != '\n') {
		skip = color_len(c->rest);
		if (skip) {
			take_color(c, l, skip);
			continue;
		}
		if ((*c->rest & 0xc0) != 0x80 && l->columns == width)
			return;
		l->columns += (*c->rest & 0xc0) != 0x80;
		add(l, c->rest++, 1);
	}
}

static size_t take_spaces(struct columns *c)
{
	size_t n = strspn(c->rest, " ");

	c->rest += n;
	return n;
}

static void begin(struct columns *c, struct line *l, size_t width)
{
	size_t hanging = c->begun ? HANGING : 0;

	if (!c->begun)
		c->indent = take_spaces(c);
	else
		take_spaces(c);
	if (c->indent > width / 4)
		c->indent = width / 4;
	if (c->prose && !c->indent)
		hanging = 0;
	add_spaces(l, c->indent + hanging);
	add(l, c->color, strlen(c->color));
	c->begun = true;
}

static void end(struct columns *c, struct line *l)
{
	if (*c->color)
		add(l, RESET, strlen(RESET));
	l->text[l->len] = '\0';
	if (*c->rest == '\n') {
		c->rest++;
		c->begun = false;
		c->color[0] = '\0';
	}
}

bool columns_next(struct columns *c, size_t width, char *line, size_t *columns)
{
	struct line l = { .text = line };
	bool first = true;
	size_t spaces = 0;

	if (!*c->rest)
		return false;
	begin(c, &l, width);
	while (*c->rest && *c->rest != '\n') {
		if (!first && l.columns + (spaces > 0) +
			      word_columns(c->rest) > width)
			break;
		if (spaces)
			add_spaces(&l, 1);
		take_word(c, &l, width);
		first = false;
		if (l.columns == width && *c->rest != ' ')
			break;
		spaces = take_spaces(c);
	}
	end(c, &l);
	*columns = l.columns;
	return true;
}

/* As color_len(), of bytes that no zero ends. */
static size_t color_in(const char *bytes, size_t len)
{
	size_t n = 2;

	if (len < 3 || bytes[0] != '\033' || bytes[1] != '[')
		return 0;
	while (n < len && strchr("0123456789;", bytes[n]) && bytes[n])
		n++;
	return n < len && bytes[n] == 'm' ? n + 1 : 0;
}

void columns_plain(const char *from, size_t len, char *to, size_t size)
{
	size_t i = 0, out = 0, skip;
	unsigned char c;

	while (i < len && out + 1 < size) {
		skip = color_in(from + i, len - i);
		if (skip) {
			i += skip;
			continue;
		}
		c = from[i] == '\t' ? ' ' : from[i];
		to[out++] = c < ' ' || c == 0x7f ? '?' : c;
		i++;
	}
	to[out] = '\0';
}
