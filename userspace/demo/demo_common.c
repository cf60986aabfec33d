// SPDX-License-Identifier: GPL-2.0-only
#include "demo_common.h"

#include <errno.h>
#include <grp.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#define LINE_ROOM 512

static int copy_fd = -1;
static bool with_prefix = true;
static char *machine_line;
static size_t machine_len;

/* clang-format off: two lines a row */
static const struct errno_row {
	int err;
	const char *name;
	const char *advice;
} errno_rows[] = {
	{ EACCES, "EACCES", "become root, or choose a port of 1024 or more" },
	{ EADDRINUSE, "EADDRINUSE", "free the port or choose another" },
	{ EADDRNOTAVAIL, "EADDRNOTAVAIL",
	  "use an address of this machine, or free one of its local ports" },
	{ EAFNOSUPPORT, "EAFNOSUPPORT",
	  "this kernel lacks that family; use an IPv4 address" },
	{ ECONNREFUSED, "ECONNREFUSED", "start a server there first" },
	{ ECONNRESET, "ECONNRESET",
	  "the server or its listening socket is gone; start it again" },
	{ EHOSTUNREACH, "EHOSTUNREACH",
	  "choose an address that can be reached from here" },
	{ EMFILE, "EMFILE", "raise the limit of open files with ulimit -n" },
	{ ENETUNREACH, "ENETUNREACH",
	  "choose an address that can be reached from here" },
	{ EPERM, "EPERM", "become root, or look for a firewall rule" },
	{ ETIMEDOUT, "ETIMEDOUT",
	  "check the address, the server and any firewall" },
};
/* clang-format on */

static const struct errno_row *errno_row(int err)
{
	for (size_t i = 0; i < sizeof(errno_rows) / sizeof(*errno_rows); i++)
		if (errno_rows[i].err == err)
			return &errno_rows[i];
	return NULL;
}

void demo_start(const char *name)
{
	const char *prefix = getenv("DEMO_PREFIX");
	struct rlimit files;

	with_prefix = !prefix || strcmp(prefix, "0");
	setvbuf(stdout, NULL, _IOLBF, 0);
	demo_name_process(name);
	if (getrlimit(RLIMIT_NOFILE, &files))
		return;
	files.rlim_cur = files.rlim_max;
	setrlimit(RLIMIT_NOFILE, &files);
}

int demo_files_allowed(void)
{
	struct rlimit files;

	if (getrlimit(RLIMIT_NOFILE, &files) || files.rlim_cur > INT_MAX)
		return INT_MAX;
	return (int)files.rlim_cur;
}

void demo_name_process(const char *name)
{
	prctl(PR_SET_NAME, name);
}

int demo_become_user(int uid)
{
	char text[24];

	if (!setgroups(0, NULL) && !setresgid(uid, uid, uid) &&
	    !setresuid(uid, uid, uid))
		return 0;
	snprintf(text, sizeof(text), "user %d", uid);
	return demo_call_failed("setresuid()", text, errno);
}

void demo_process_name(char name[DEMO_NAME_LEN])
{
	memset(name, 0, DEMO_NAME_LEN);
	prctl(PR_GET_NAME, name);
}

void demo_copy_lines(int fd)
{
	copy_fd = fd;
}

/* After the line is out: who reads the copy may act on it at once. */
static void copy_line(const char *line, size_t len)
{
	if (copy_fd >= 0 && write(copy_fd, line, len) != (ssize_t)len)
		copy_fd = -1; /* nobody reads it any more */
}

static void print_line(FILE *to, const char *fmt, va_list args)
	__attribute__((format(printf, 2, 0)));

/* One write a line: lines of several processes in one pipe stay whole. */
static void print_line(FILE *to, const char *fmt, va_list args)
{
	char name[DEMO_NAME_LEN];
	char line[LINE_ROOM];
	int head, len;

	demo_process_name(name);
	head = snprintf(line, sizeof(line), "%s[%d]: ", name, getpid());
	vsnprintf(line + head, sizeof(line) - head - 1, fmt, args);
	len = strlen(line);
	line[len++] = '\n';
	line[len] = '\0';
	fputs(with_prefix ? line : line + head, to);
	copy_line(line, len);
}

void demo_say(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	print_line(stdout, fmt, args);
	va_end(args);
}

void demo_complain(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	print_line(stderr, fmt, args);
	va_end(args);
}

FILE *demo_machine_line(void)
{
	return open_memstream(&machine_line, &machine_len);
}

void demo_machine_line_end(FILE *text)
{
	fputc('\n', text);
	if (!fclose(text)) {
		fputs(machine_line, stdout);
		copy_line(machine_line, machine_len);
	}
	free(machine_line);
	machine_line = NULL;
}

int demo_call_failed(const char *call, const char *on, int err)
{
	const struct errno_row *row = errno_row(err);

	if (row)
		demo_complain("%s on %s failed: %s; %s", call, on, row->name,
			      row->advice);
	else
		demo_complain("%s on %s failed: %s", call, on, strerror(err));
	return -err;
}

int demo_signals_open(int first, ...)
{
	sigset_t set;
	va_list args;
	int fd;

	sigemptyset(&set);
	va_start(args, first);
	for (int sig = first; sig; sig = va_arg(args, int))
		sigaddset(&set, sig);
	va_end(args);
	sigprocmask(SIG_BLOCK, &set, NULL);
	fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
	return fd < 0 ? demo_call_failed("signalfd()", "signals", errno) : fd;
}

int demo_signals_read(int fd)
{
	struct signalfd_siginfo info;

	if (read(fd, &info, sizeof(info)) != sizeof(info))
		return 0;
	return (int)info.ssi_signo;
}

int64_t demo_now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}
