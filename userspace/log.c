// SPDX-License-Identifier: GPL-2.0-only
#include "log.h"

#include <stdarg.h>
#include <stdio.h>

static bool quiet_notices;

void log_quiet(bool quiet)
{
	quiet_notices = quiet;
}

/* One write a message, so that it stays whole beside other writers. */
static void say(const char *format, va_list ap)
{
	char text[1024];

	vsnprintf(text, sizeof(text), format, ap);
	fprintf(stderr, "reusetrace-view: %s\n", text);
}

void log_error(const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	say(format, ap);
	va_end(ap);
}

void log_notice(const char *format, ...)
{
	va_list ap;

	if (quiet_notices)
		return;
	va_start(ap, format);
	say(format, ap);
	va_end(ap);
}

void log_answer(const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	vprintf(format, ap);
	va_end(ap);
}
