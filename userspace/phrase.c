// SPDX-License-Identifier: GPL-2.0-only
#include "phrase.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void phrase_add(struct phrase *p, const char *format, ...)
{
	size_t len = strlen(p->text);
	va_list ap;

	va_start(ap, format);
	vsnprintf(p->text + len, sizeof(p->text) - len, format, ap);
	va_end(ap);
}
