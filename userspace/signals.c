// SPDX-License-Identifier: GPL-2.0-only
#include "signals.h"

#include <poll.h>
#include <stddef.h>

static volatile sig_atomic_t last;
static volatile sig_atomic_t count;
static int taken;

static const int caught[] = { SIGINT, SIGTERM, SIGHUP, SIGCHLD };
#define CAUGHT	(sizeof(caught) / sizeof(caught[0]))

/* What there was before: the last one is SIGPIPE's. */
static struct sigaction actions[CAUGHT + 1];
static sigset_t mask;
static bool catching;

static void note(int sig)
{
	if (sig == SIGCHLD)
		return;
	last = sig;
	count++;
}

void signals_catch(void)
{
	const struct sigaction act = { .sa_handler = note };
	const struct sigaction ignore = { .sa_handler = SIG_IGN };
	sigset_t blocked;
	size_t i;

	sigemptyset(&blocked);
	for (i = 0; i < CAUGHT; i++) {
		sigaction(caught[i], &act, &actions[i]);
		sigaddset(&blocked, caught[i]);
	}
	sigaction(SIGPIPE, &ignore, &actions[CAUGHT]);
	sigprocmask(SIG_BLOCK, &blocked, &mask);
	catching = true;
}

void signals_restore(void)
{
	size_t i;

	if (!catching)
		return;
	for (i = 0; i < CAUGHT; i++)
		sigaction(caught[i], &actions[i], NULL);
	sigaction(SIGPIPE, &actions[CAUGHT], NULL);
	sigprocmask(SIG_SETMASK, &mask, NULL);
}

void signals_wait(int64_t ns)
{
	const struct timespec ts = {
		.tv_sec = ns / 1000000000,
		.tv_nsec = ns % 1000000000,
	};

	ppoll(NULL, 0, &ts, &mask);
}

int signals_last(void)
{
	return last;
}

int signals_count(void)
{
	return count;
}

bool signals_take(void)
{
	if (taken == count)
		return false;
	taken = count;
	return true;
}
