/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * THE rule table: each of the kernel's rules for sharing a port, in words. No
 * I/O and no library.
 */
#ifndef REUSETRACE_RULES_H
#define REUSETRACE_RULES_H

#include <stddef.h>

enum rules_kind {
	RULES_REFUSED,		/* why a bind was refused */
	RULES_ALLOWED,		/* why a bind was allowed */
	RULES_PICKED,		/* how a group's member was picked */
	RULES_ENDED,		/* what ended a TIME_WAIT */
	RULES_CHANGED,		/* what happened to a group */
	RULES_EVENT,		/* an event, by its name */
	RULES_WORD,		/* a word that events use */
};

struct rules_rule {
	const char *id;
	enum rules_kind kind;
	const char *line;	/* in one breath */
	const char *hint;	/* one sentence to stand under a refusal */
	const char *text;	/* the explanation */
	const char *source;	/* the kernel's file and function */
	const char *change;	/* what to change, or to expect */
	const char *lab;	/* what shows it; events and words may lack the last three */
};

/* The rows that explain events and words: rules_words.c. */
extern const struct rules_rule rules_words[];
extern const size_t rules_words_n;

/**
 * rules_find - look a rule up
 * @id: its name in events
 *
 * Return: the rule, or NULL.
 */
const struct rules_rule *rules_find(const char *id);

/**
 * rules_at - the table, row by row
 * @i: from 0
 *
 * Return: the rule, or NULL behind the last.
 */
const struct rules_rule *rules_at(size_t i);

/**
 * rules_line - a rule in one breath
 * @id: its name in events
 *
 * Return: its line, or @id itself when the table lacks it.
 */
const char *rules_line(const char *id);

/**
 * rules_kind_name - what a rule decides, in words
 * @kind: the kind
 */
const char *rules_kind_name(enum rules_kind kind);

#endif
