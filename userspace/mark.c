// SPDX-License-Identifier: GPL-2.0-only
#include "mark.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PREFIX		"reusetrace-view: "
#define HEAD_MAX	(MARK_MAX - MARK_TEXT_MAX - 1)

struct word {
	const char *name;
	enum mark_kind kind;
	const char *stream;
	bool more;
};

static const struct word words[] = {
	{ .name = "start", .kind = MARK_START },
	{ .name = "end", .kind = MARK_END },
	{ .name = "probe-before", .kind = MARK_PROBE_BEFORE },
	{ .name = "probe-after", .kind = MARK_PROBE_AFTER },
	{ .name = "owner", .kind = MARK_OWNER },
	{ .name = "stdout", .kind = MARK_OUTPUT, .stream = "stdout" },
	{ .name = "stderr", .kind = MARK_OUTPUT, .stream = "stderr" },
	{ .name = "stdout+", .kind = MARK_OUTPUT, .stream = "stdout",
	  .more = true },
	{ .name = "stderr+", .kind = MARK_OUTPUT, .stream = "stderr",
	  .more = true },
};

#define N_WORDS	(sizeof(words) / sizeof(words[0]))

static const char *word_of(const struct mark *m)
{
	size_t i;

	for (i = 0; i < N_WORDS; i++)
		if (words[i].kind == m->kind && words[i].more == m->more &&
		    (!words[i].stream || !strcmp(words[i].stream, m->stream)))
			return words[i].name;
	return "?";
}

/* A name may hold any byte; here it must be one word without a colon. */
static void print_comm(const char *comm, char *to)
{
	const unsigned char *c = (const unsigned char *)comm;

	if (!*c || (*c == '-' && !c[1])) {
		strcpy(to, *c ? "\\055" : "-");
		return;
	}
	for (; *c; c++) {
		if (isgraph(*c) && *c != ':' && *c != '\\')
			*to++ = *c;
		else
			to += sprintf(to, "\\%03o", *c);
	}
	*to = '\0';
}

size_t mark_print(const struct mark *m, char *to)
{
	char comm[4 * sizeof(m->task.comm)], head[HEAD_MAX];
	size_t len = m->len < MARK_TEXT_MAX ? m->len : MARK_TEXT_MAX;
	int n;

	print_comm(m->task.comm, comm);
	n = snprintf(head, sizeof(head),
		     PREFIX "%s %" PRIu64 " %" PRId64 " %d %zu %s: ",
		     word_of(m), m->at, m->value, m->task.pid, len, comm);
	memcpy(to, head, n);
	if (len)
		memcpy(to + n, m->text, len);
	to[n + len] = '\n';
	return n + len + 1;
}

static const struct word *find_word(const char *name)
{
	size_t i;

	for (i = 0; i < N_WORDS; i++)
		if (!strcmp(words[i].name, name))
			return &words[i];
	return NULL;
}

static bool is_octal(const char *c)
{
	return c[0] >= '0' && c[0] <= '3' && c[1] >= '0' && c[1] <= '7' &&
	       c[2] >= '0' && c[2] <= '7';
}

static void parse_comm(const char *text, char *comm, size_t size)
{
	size_t n = 0;

	if (!strcmp(text, "-"))
		text++;
	while (*text && n < size - 1) {
		if (*text == '\\' && is_octal(text + 1)) {
			comm[n++] = (text[1] - '0') * 64 +
				    (text[2] - '0') * 8 + text[3] - '0';
			text += 4;
		} else {
			comm[n++] = *text++;
		}
	}
	comm[n] = '\0';
}

int mark_parse(struct mark *m, const char *bytes, size_t size)
{
	char head[HEAD_MAX + 1], name[16], comm[4 * sizeof(m->task.comm)];
	const struct word *word;
	int end = 0;

	_Static_assert(sizeof(comm) == 68, "the width in sscanf() is one less");
	if (size < strlen(PREFIX) || memcmp(bytes, PREFIX, strlen(PREFIX)))
		return -EINVAL;
	*m = (struct mark){ 0 };
	snprintf(head, sizeof(head), "%.*s",
		 (int)(size < HEAD_MAX ? size : HEAD_MAX), bytes);
	if (sscanf(head, PREFIX "%15s %" SCNu64 " %" SCNd64 " %d %zu %67[^:]:%n",
		   name, &m->at, &m->value, &m->task.pid, &m->len, comm,
		   &end) != 6 || !end || head[end] != ' ')
		return -EINVAL;
	word = find_word(name);
	if (!word || m->len > size - end - 1)
		return -EINVAL;
	m->kind = word->kind;
	m->stream = word->stream;
	m->more = word->more;
	m->text = bytes + end + 1;
	parse_comm(comm, m->task.comm, sizeof(m->task.comm));
	return 0;
}
