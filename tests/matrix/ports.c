// SPDX-License-Identifier: GPL-2.0-only
#include "ports.h"

#include <limits.h>
#include <time.h>
#include <unistd.h>

static long busy_until[65536];

long ports_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec;
}

unsigned int ports_take(void)
{
	static unsigned int last = PORTS_FIRST - 1;

	last = last == 65535 ? PORTS_FIRST : last + 1;
	if (busy_until[last] == LONG_MAX)
		return ports_take();
	while (busy_until[last] > ports_now())
		sleep(1);
	return last;
}

void ports_leave_time_wait(unsigned int port)
{
	busy_until[port] = ports_now() + PORTS_TIME_WAIT_S;
}

void ports_hold(unsigned int port)
{
	busy_until[port] = LONG_MAX;
}
