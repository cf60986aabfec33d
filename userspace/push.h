/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The filter in the kernel's words, as far as the kernel can know what is
 * asked: so what nobody wants is not written into our buffer. What the kernel
 * leaves out, events_handle() would have left out, too.
 */
#ifndef REUSETRACE_PUSH_H
#define REUSETRACE_PUSH_H

#include <stdbool.h>
#include <stddef.h>

#include "decode.h"
#include "filter.h"

#define PUSH_PORTS	2

/* Where an event tells what a filter may ask for. */
struct push {
	const char *port[PUSH_PORTS];	/* fields; none: "port" */
	const char *failed_field;	/* NULL: not in a single field */
	const char *failed_value;	/* its name, when it failed */
	bool only_shown;		/* what is not shown teaches nothing */
};

/**
 * push_text - the tracefs filter of an event
 * @e: the event's format
 * @p: what is special about it, or NULL
 * @f: what is shown
 * @text: set; empty when all of them are wanted
 * @size: of @text
 *
 * Return: false when none of them is wanted.
 */
bool push_text(const struct decode_event *e, const struct push *p,
	       const struct filter *f, char *text, size_t size);

#endif
