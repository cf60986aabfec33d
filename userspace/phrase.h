/* SPDX-License-Identifier: GPL-2.0-only */
/* A piece of text put together of others; what does not fit is left out. */
#ifndef REUSETRACE_PHRASE_H
#define REUSETRACE_PHRASE_H

#define PHRASE_LEN	768

/* Start with { "" }. */
struct phrase {
	char text[PHRASE_LEN];
};

/**
 * phrase_add - add to its end
 * @p: the phrase
 * @format: printf's
 */
void phrase_add(struct phrase *p, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#endif
