// SPDX-License-Identifier: GPL-2.0-only
#include "tracing.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tracefs/tracefs.h>
#include <unistd.h>

#include "log.h"

/* Say the first thing that is in the way, and how to get it out of it. */
const char *tracing_find(void)
{
	const char *dir;

	if (access(TRACING_MODULE, F_OK)) {
		log_error("the module is not loaded: sudo insmod reusetrace.ko");
		return NULL;
	}
	if (geteuid()) {
		log_error("tracing needs root: run it again with sudo");
		return NULL;
	}
	dir = tracefs_tracing_dir();
	if (!dir)
		log_error("tracefs is not mounted and cannot be: mount -t tracefs tracefs /sys/kernel/tracing");
	return dir;
}

char *tracing_text(const char *path, size_t *size)
{
	FILE *f = path ? fopen(path, "re") : NULL;
	char *text = NULL;
	size_t room = 0;
	ssize_t n;

	if (!f)
		return NULL;
	n = getdelim(&text, &room, '\0', f);
	fclose(f);
	if (n < 0) {
		free(text);
		errno = EINVAL;
		return NULL;
	}
	*size = n;
	return text;
}

uint64_t tracing_losses(const char *stats)
{
	static const char * const names[] = {
		"\noverrun: ", "\ncommit overrun: ", "\ndropped events: ",
	};
	uint64_t sum = 0;
	const char *at;
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		at = strstr(stats, names[i]);
		if (at)
			sum += strtoull(at + strlen(names[i]), NULL, 10);
	}
	return sum;
}
