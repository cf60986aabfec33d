/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A piece of text put together of others; what does not fit is left out.
 *
 * The formats are printf's. What events are told with is done here, several
 * times as fast; anything else is left to the C library.
 */
#ifndef REUSETRACE_PHRASE_H
#define REUSETRACE_PHRASE_H

#include <stdarg.h>
#include <stddef.h>

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

/**
 * phrase_print - snprintf()
 * @text: set, always terminated
 * @size: of @text, not 0
 * @format: printf's
 *
 * Return: the length of @text, which is what did fit.
 */
size_t phrase_print(char *text, size_t size, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/**
 * phrase_vprint - vsnprintf(), as phrase_print()
 * @text: set, always terminated
 * @size: of @text, not 0
 * @format: printf's
 * @ap: what it needs
 *
 * Return: the length of @text.
 */
size_t phrase_vprint(char *text, size_t size, const char *format, va_list ap)
	__attribute__((format(printf, 3, 0)));

#endif
