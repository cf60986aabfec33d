// SPDX-License-Identifier: GPL-2.0-only
#include "guard.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "log.h"

/* A crash is told in words: no core file, and no rights to gain by it. */
static void inside(int (*run)(const struct options *o),
		   const struct options *o)
{
	const struct rlimit none = { 0 };
	int status;

	prctl(PR_SET_PDEATHSIG, SIGTERM);
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	setrlimit(RLIMIT_CORE, &none);
	status = run(o);
	if (fflush(stdout) && !status)
		status = 1;
	exit(status);
}

static int wait_for(pid_t pid)
{
	int raw;

	while (waitpid(pid, &raw, 0) < 0)
		if (errno != EINTR)
			return -1;
	return raw;
}

static int say_crashed(const char *what, int sig)
{
	log_error("cannot read on in %s: it is damaged (%s)", what,
		  strsignal(sig));
	return 1;
}

/* What ended it from outside ends us the same way. */
static int end_by(int sig)
{
	signal(sig, SIG_DFL);
	raise(sig);
	return 128 + sig;
}

int guard_run(int (*run)(const struct options *o), const struct options *o,
	      const char *what)
{
	pid_t pid;
	int raw;

	fflush(stdout);
	pid = fork();
	if (!pid)
		inside(run, o);
	if (pid < 0) {
		log_error("cannot start a process: %s", strerror(errno));
		return 1;
	}
	raw = wait_for(pid);
	if (WIFEXITED(raw))
		return WEXITSTATUS(raw);
	switch (WTERMSIG(raw)) {
	case SIGHUP:
	case SIGINT:
	case SIGKILL:
	case SIGPIPE:
	case SIGTERM:
		return end_by(WTERMSIG(raw));
	}
	return say_crashed(what, WTERMSIG(raw));
}
