// SPDX-License-Identifier: GPL-2.0-only
#include "tracecmd.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "instance.h"
#include "log.h"
#include "narrow.h"
#include "salvage.h"
#include "signals.h"

#define SYSTEM		"reusetrace"
#define ARGS_MAX	(24 + 2 * FILTER_MAX)
#define READY_TRIES	1000		/* times 10 ms */
#define WAIT_NS		10000000
#define POLL_US		"5000"		/* how long trace-cmd sleeps */
#define SAYS_MAX	512

struct tracecmd {
	pid_t pid;
	const char *file;
	const char *tracing;
	struct instance *instance;
	struct salvage *salvage;
	int marker;
	int says;		/* its stderr */
	bool ended;
	int status;
};

bool tracecmd_path(char *path)
{
	const char *list = getenv("PATH"), *end;

	for (; list && *list; list = *end ? end + 1 : end) {
		end = strchrnul(list, ':');
		snprintf(path, PATH_MAX, "%.*s/trace-cmd", (int)(end - list),
			 list);
		if (!access(path, X_OK))
			return true;
	}
	return false;
}

/* The clock counts for the instance named before it. */
static void fill_args(const struct tracecmd *t, const struct options *o,
		      char (*events)[64], char **argv)
{
	size_t i;

	*argv++ = "trace-cmd";
	*argv++ = "record";
	*argv++ = "-q";
	*argv++ = "-i";
	*argv++ = "-o";
	*argv++ = (char *)t->file;
	*argv++ = "-s";
	*argv++ = POLL_US;
	*argv++ = "-B";
	*argv++ = (char *)instance_name(t->instance);
	*argv++ = "-C";
	*argv++ = "mono";
	for (i = 0; i < o->filter.events; i++) {
		snprintf(events[i], sizeof(events[i]), SYSTEM ":%.40s",
			 o->filter.event[i]);
		*argv++ = "-e";
		*argv++ = events[i];
	}
	if (!o->filter.events) {
		*argv++ = "-e";
		*argv++ = SYSTEM;
	}
	*argv = NULL;
}

/* A group of its own: the terminal's Ctrl-C is ours to pass on. */
static void run(char **argv, const int *says)
{
	int null = open("/dev/null", O_RDWR);

	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGINT);
	signals_restore();
	dup2(null, STDIN_FILENO);
	dup2(null, STDOUT_FILENO);
	dup2(says[1], STDERR_FILENO);
	execvp(argv[0], argv);
	_exit(127);
}

static int spawn(struct tracecmd *t, const struct options *o)
{
	char *argv[ARGS_MAX], events[FILTER_MAX][64];
	int says[2];

	fill_args(t, o, events, argv);
	if (pipe2(says, O_CLOEXEC | O_NONBLOCK))
		return -errno;
	t->pid = fork();
	if (!t->pid)
		run(argv, says);
	close(says[1]);
	t->says = says[0];
	return t->pid < 0 ? -errno : 0;
}

static bool file_begins(const struct tracecmd *t, const char *name,
			const char *with)
{
	char path[PATH_MAX], byte = 0;
	int fd;

	snprintf(path, sizeof(path), "%s/%s", instance_path(t->instance),
		 name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	if (read(fd, &byte, 1) != 1)
		byte = 0;
	close(fd);
	return byte && strchr(with, byte);
}

/* It enables the events while tracing is off, and turns it on last. */
static bool is_ready(const struct tracecmd *t)
{
	return file_begins(t, "events/" SYSTEM "/enable", "1X") &&
	       file_begins(t, "tracing_on", "1");
}

bool tracecmd_ended(struct tracecmd *t)
{
	int raw;

	if (!t->ended && waitpid(t->pid, &raw, WNOHANG) == t->pid) {
		t->ended = true;
		t->status = WIFEXITED(raw) ? WEXITSTATUS(raw) : 1;
	}
	return t->ended;
}

/* In one line; what it says first is the cause. */
static void say_ended(const struct tracecmd *t)
{
	char says[SAYS_MAX + 1];
	ssize_t n = read(t->says, says, SAYS_MAX), i;

	for (i = 0; i < n; i++)
		if ((unsigned char)says[i] < ' ')
			says[i] = ' ';
	while (n > 0 && says[n - 1] == ' ')
		n--;
	says[n > 0 ? n : 0] = '\0';
	log_error("trace-cmd could not record into %s: %s", t->file,
		  says[0] ? says : "it does not say why");
}

static int open_marker(struct tracecmd *t)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/trace_marker",
		 instance_path(t->instance));
	t->marker = open(path, O_WRONLY | O_CLOEXEC);
	if (t->marker < 0)
		log_error("cannot open %s: %s", path, strerror(errno));
	return t->marker < 0 ? -errno : 0;
}

static int wait_ready(struct tracecmd *t)
{
	int i;

	for (i = 0; i < READY_TRIES && !signals_last(); i++) {
		if (is_ready(t))
			return open_marker(t);
		if (tracecmd_ended(t)) {
			say_ended(t);
			return -EIO;
		}
		signals_wait(WAIT_NS);
	}
	if (!signals_last())
		log_error("trace-cmd did not begin to record in 10 seconds");
	return -ETIMEDOUT;
}

/* trace-cmd opens the file only when all is over: see now whether it can. */
static int check_file(const char *file)
{
	int fd = open(file, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);

	if (fd < 0) {
		log_error("cannot write %s: %s", file, strerror(errno));
		return -errno;
	}
	close(fd);
	return 0;
}

/* Off: is_ready() waits for trace-cmd to turn it on. */
static int make_instance(struct tracecmd *t, const struct options *o)
{
	const struct filter all = { 0 };
	char suffix[NARROW_LEN];
	int gate = instance_gate(t->tracing);

	if (gate < 0)
		return -EIO;
	narrow_begin(gate, &all, suffix);
	t->instance = instance_new(gate, t->tracing, suffix, o->buffer_kb);
	instance_open_gate(gate);
	return t->instance ? instance_put(t->instance, "tracing_on", "0") :
			     -EIO;
}

static void remove_instance(struct tracecmd *t)
{
	int gate = t->instance ? instance_gate(t->tracing) : -1;

	instance_free(t->instance);
	instance_open_gate(gate);
}

static void free_all(struct tracecmd *t)
{
	if (t->marker >= 0)
		close(t->marker);
	if (t->says >= 0)
		close(t->says);
	salvage_free(t->salvage);
	remove_instance(t);
	free(t);
}

static void end_process(struct tracecmd *t)
{
	int raw;

	if (t->ended || t->pid <= 0)
		return;
	kill(t->pid, SIGINT);
	while (waitpid(t->pid, &raw, 0) < 0 && errno == EINTR)
		;
	t->ended = true;
	t->status = WIFEXITED(raw) ? WEXITSTATUS(raw) : 1;
}

struct tracecmd *tracecmd_start(const char *tracing, const struct options *o)
{
	struct tracecmd *t = calloc(1, sizeof(*t));

	if (!t)
		return NULL;
	t->marker = -1;
	t->says = -1;
	t->file = o->output;
	t->tracing = tracing;
	if (check_file(t->file) || make_instance(t, o))
		goto err_free;
	t->salvage = salvage_new(t->file, instance_name(t->instance), tracing);
	if (!t->salvage || spawn(t, o))
		goto err_free;
	if (wait_ready(t))
		goto err_stop;
	return t;

err_stop:
	end_process(t);
	salvage_clean(t->salvage);
err_free:
	free_all(t);
	return NULL;
}

int tracecmd_marker(const struct tracecmd *t)
{
	return t->marker;
}

int tracecmd_stop(struct tracecmd *t)
{
	int rc = 0;

	end_process(t);
	close(t->marker);
	t->marker = -1;
	if (t->status) {
		say_ended(t);
		salvage_keep(t->salvage);
		rc = -EIO;
	}
	salvage_clean(t->salvage);
	free_all(t);
	return rc;
}
