// SPDX-License-Identifier: GPL-2.0-only
#include "time_waits.h"

#include <err.h>
#include <stdio.h>

#define LIMIT	"/proc/sys/net/ipv4/tcp_max_tw_buckets"
#define COUNT	"/proc/net/sockstat"
#define SPARE	1000	/* reusetrace looks closer when few are left */

void time_waits_allow(unsigned int n)
{
	FILE *file = fopen(LIMIT, "w");

	if (!file || fprintf(file, "%u\n", n + SPARE) < 0 || fclose(file))
		err(1, LIMIT);
}

void time_waits_check(unsigned int n)
{
	FILE *file = fopen(COUNT, "r");
	unsigned int alive = 0;
	char line[256];

	if (!file)
		err(1, COUNT);
	while (fgets(line, sizeof(line), file))
		if (sscanf(line, "TCP: inuse %*d orphan %*d tw %u", &alive) == 1)
			break;
	fclose(file);
	if (alive < n)
		errx(1, "%u TIME_WAITs are alive, not %u", alive, n);
}
