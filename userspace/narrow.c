// SPDX-License-Identifier: GPL-2.0-only
#include "narrow.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "instance.h"
#include "log.h"
#include "tracing.h"

#define PORTS	TRACING_MODULE "/parameters/ports"

/* The list as it stands, NULL: it cannot be read. */
static char *read_ports(void)
{
	size_t size;
	char *text = tracing_text(PORTS, &size);

	if (text)
		text[strcspn(text, "\n")] = '\0';
	return text;
}

static bool write_ports(const char *list)
{
	int fd = open(PORTS, O_WRONLY | O_CLOEXEC);
	bool done = fd >= 0 && dprintf(fd, "%s\n", list) > 0;

	if (fd >= 0)
		close(fd);
	return done;
}

void narrow_end(const char *name)
{
	const char *list = strchr(name, '-');
	char *now = list ? read_ports() : NULL;

	if (now && !strcmp(now, list + 1))
		write_ports("");
	free(now);
}

static void meet(void *ctx, const char *name, bool alive)
{
	bool *alone = ctx;

	if (alive)
		*alone = false;
	narrow_end(name);
}

/* A person's list goes before ours. */
static void notice_ports(const struct filter *f, const char *now)
{
	char word[8], list[256];
	size_t i;

	snprintf(list, sizeof(list), ",%s,", now);
	for (i = 0; i < f->ports; i++) {
		snprintf(word, sizeof(word), ",%u,", f->port[i]);
		if (!strstr(list, word))
			log_notice("the module does not trace port %u: its ports= is %s; echo | sudo tee " PORTS " lets it trace all",
				   f->port[i], now);
	}
}

static void put_suffix(const struct filter *f, char *suffix)
{
	size_t i, at = 0;

	for (i = 0; i < f->ports; i++)
		at += snprintf(suffix + at, NARROW_LEN - at, "%c%u",
			       i ? ',' : '-', f->port[i]);
}

void narrow_begin(int gate, const struct filter *f, char *suffix)
{
	bool alone = true;
	char *now;

	suffix[0] = '\0';
	instance_sweep(gate, meet, &alone);
	now = read_ports();
	if (now && *now) {
		notice_ports(f, now);
	} else if (now && alone && f->ports && f->ports <= NARROW_MAX &&
		   !instance_is_read()) {
		put_suffix(f, suffix);
		if (!write_ports(suffix + 1))
			suffix[0] = '\0';
	}
	free(now);
}
