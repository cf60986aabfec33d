// SPDX-License-Identifier: GPL-2.0-only
#include "child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "log.h"
#include "owner.h"
#include "signals.h"

#define STREAMS		2
#define QUEUE_BYTES	(8 << 20)	/* what may wait to be read, per stream */
#define NSEC_PER_SEC	1000000000LL

/* Stdout or stderr: our end of a socket pair, and one write of it. */
struct stream {
	const char *name;
	int fd;
	bool dry;		/* had nothing more in this tick */
	bool full;		/* a write is held */
	char *data;
	size_t room;
	size_t len;
	uint64_t ts;
	int32_t pid;
};

/* A line that has begun, of one process on one stream. */
struct writer {
	struct model_task task;
	const struct stream *stream;
	uint64_t used;
	uint64_t ts;		/* of its first byte */
	size_t len;
	char *data;
};

struct child {
	pid_t pid;
	const char *name;
	bool reaped;
	int status;
	int64_t wall_offset;	/* CLOCK_REALTIME less CLOCK_MONOTONIC */
	struct stream stream[STREAMS];
	struct stream *at;
	struct writer writer[CHILD_WRITERS];
	uint64_t clock;
};

static int64_t clock_ns(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return ts.tv_sec * NSEC_PER_SEC + ts.tv_nsec;
}

/* Take the sample whose two readings of one clock lie closest together. */
static int64_t sample_offset(void)
{
	int64_t before, wall, after, best = INT64_MAX, offset = 0;
	int i;

	for (i = 0; i < 3; i++) {
		before = clock_ns(CLOCK_MONOTONIC);
		wall = clock_ns(CLOCK_REALTIME);
		after = clock_ns(CLOCK_MONOTONIC);
		if (after - before >= best)
			continue;
		best = after - before;
		offset = wall - before - best / 2;
	}
	return offset;
}

static void set_queue(int fd)
{
	const int bytes = QUEUE_BYTES;

	if (setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &bytes, sizeof(bytes)))
		setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof(bytes));
}

/*
 * A datagram-like socket, because the kernel stamps those when they are sent;
 * it does not stamp pipes or streams.
 */
static int open_stream(struct stream *s, const char *name, int *theirs)
{
	const int on = 1;
	int fds[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds))
		return -errno;
	*s = (struct stream){ .name = name, .fd = fds[0] };
	*theirs = fds[1];
	set_queue(fds[1]);
	if (setsockopt(fds[0], SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof(on)) ||
	    setsockopt(fds[0], SOL_SOCKET, SO_PASSCRED, &on, sizeof(on)) ||
	    fcntl(fds[0], F_SETFL, O_NONBLOCK))
		return -errno;
	return 0;
}

static void run(char **argv, const int *outputs, int report)
{
	int error;

	signals_restore();
	if (dup2(outputs[0], STDOUT_FILENO) >= 0 &&
	    dup2(outputs[1], STDERR_FILENO) >= 0)
		execvp(argv[0], argv);
	error = errno;
	if (write(report, &error, sizeof(error)) < 0)
		_exit(1);
	_exit(127);
}

/* The pipe closes by itself when exec succeeds. */
static int exec_error(int report)
{
	int error;
	ssize_t n;

	do
		n = read(report, &error, sizeof(error));
	while (n < 0 && errno == EINTR);
	return n == sizeof(error) ? error : 0;
}

static int spawn(struct child *c, char **argv, const int *outputs)
{
	int report[2], error;

	if (pipe2(report, O_CLOEXEC))
		return -errno;
	c->pid = fork();
	if (!c->pid)
		run(argv, outputs, report[1]);
	error = c->pid < 0 ? errno : 0;
	close(report[1]);
	if (!error)
		error = exec_error(report[0]);
	close(report[0]);
	if (error && c->pid > 0)
		waitpid(c->pid, NULL, 0);
	return -error;
}

static int say_failed(const char *name, int error)
{
	if (error == -ENOENT) {
		log_error("%s: command not found", name);
		return 127;
	}
	log_error("%s: cannot be run: %s", name, strerror(-error));
	return error == -EACCES || error == -ENOEXEC || error == -EISDIR ? 126 : 1;
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

struct child *child_start(char **argv, int *status)
{
	static const char *const names[STREAMS] = { "stdout", "stderr" };
	struct child *c = calloc(1, sizeof(*c));
	int outputs[STREAMS] = { -1, -1 }, rc = 0, i;

	*status = 1;
	if (!c)
		return NULL;
	c->name = base_name(argv[0]);
	for (i = 0; i < STREAMS; i++)
		c->stream[i].fd = -1;
	for (i = 0; i < STREAMS && !rc; i++)
		rc = open_stream(&c->stream[i], names[i], &outputs[i]);
	if (!rc)
		rc = spawn(c, argv, outputs);
	for (i = 0; i < STREAMS; i++)
		if (outputs[i] >= 0)
			close(outputs[i]);
	if (rc) {
		*status = say_failed(argv[0], rc);
		child_free(c);
		return NULL;
	}
	return c;
}

void child_free(struct child *c)
{
	int i;

	if (!c)
		return;
	for (i = 0; i < STREAMS; i++) {
		if (c->stream[i].fd >= 0)
			close(c->stream[i].fd);
		free(c->stream[i].data);
	}
	for (i = 0; i < CHILD_WRITERS; i++)
		free(c->writer[i].data);
	free(c);
}

void child_tick(struct child *c)
{
	int i;

	c->wall_offset = sample_offset();
	for (i = 0; i < STREAMS; i++)
		c->stream[i].dry = false;
}

/* 1 when there is room for the whole of the next write, 0 when none is there. */
static int make_room(struct stream *s)
{
	ssize_t n = recv(s->fd, NULL, 0, MSG_PEEK | MSG_TRUNC);
	char *data;

	if (n < 0)
		return 0;
	if ((size_t)n <= s->room)
		return 1;
	data = realloc(s->data, n);
	if (!data)
		return s->room ? 1 : 0;
	s->data = data;
	s->room = n;
	return 1;
}

/* An empty write carries its writer's name; the end of the stream does not. */
static bool read_labels(struct child *c, struct stream *s, struct msghdr *msg)
{
	struct timespec ts;
	struct ucred cred;
	struct cmsghdr *cm;
	bool signed_by = false;

	s->ts = clock_ns(CLOCK_MONOTONIC);
	for (cm = CMSG_FIRSTHDR(msg); cm; cm = CMSG_NXTHDR(msg, cm)) {
		if (cm->cmsg_level != SOL_SOCKET)
			continue;
		if (cm->cmsg_type == SCM_TIMESTAMPNS) {
			memcpy(&ts, CMSG_DATA(cm), sizeof(ts));
			s->ts = ts.tv_sec * NSEC_PER_SEC + ts.tv_nsec -
				c->wall_offset;
		} else if (cm->cmsg_type == SCM_CREDENTIALS) {
			memcpy(&cred, CMSG_DATA(cm), sizeof(cred));
			s->pid = cred.pid;
			signed_by = true;
		}
	}
	return signed_by;
}

static void receive(struct child *c, struct stream *s)
{
	union {
		struct cmsghdr align;
		char room[CMSG_SPACE(sizeof(struct timespec)) +
			  CMSG_SPACE(sizeof(struct ucred)) + 64];
	} control;
	struct iovec iov = { .iov_base = s->data, .iov_len = s->room };
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};
	ssize_t n = recvmsg(s->fd, &msg, 0);

	if (n < 0 || (!read_labels(c, s, &msg) && !n)) {
		s->dry = true;
		return;
	}
	if (msg.msg_flags & MSG_TRUNC)
		log_notice("memory is short: part of the command's output is not shown");
	s->len = n;
	s->full = true;
}

static void fill(struct child *c, struct stream *s)
{
	while (!s->full && !s->dry) {
		if (make_room(s))
			receive(c, s);
		else
			s->dry = true;
	}
}

bool child_peek(struct child *c, uint64_t limit, uint64_t *ts)
{
	struct stream *s, *first = NULL;

	for (s = c->stream; s < c->stream + STREAMS; s++) {
		fill(c, s);
		if (s->full && (!first || s->ts < first->ts))
			first = s;
	}
	if (!first || first->ts > limit)
		return false;
	c->at = first;
	*ts = first->ts;
	return true;
}

static void end_line(struct writer *w, child_line_fn fn, void *ctx)
{
	const struct model_output line = {
		.ts = w->ts,
		.stream = w->stream->name,
		.task = w->task,
		.line = w->data,
		.len = w->len && w->data[w->len - 1] == '\r' ? w->len - 1 :
							       w->len,
	};

	fn(ctx, &line);
	w->len = 0;
	w->ts = 0;
}

static struct writer *find_writer(struct child *c, const struct stream *s)
{
	struct writer *w, *oldest = c->writer;

	for (w = c->writer; w < c->writer + CHILD_WRITERS; w++) {
		if (w->stream == s && w->task.pid == s->pid)
			return w;
		if (w->used < oldest->used)
			oldest = w;
	}
	return oldest;
}

static void name_writer(const struct child *c, struct writer *w)
{
	if (owner_comm(&w->task) || w->task.comm[0])
		return;
	if (w->task.pid == c->pid)
		snprintf(w->task.comm, sizeof(w->task.comm), "%.15s", c->name);
}

static struct writer *take_writer(struct child *c, const struct stream *s,
				  child_line_fn fn, void *ctx)
{
	struct writer *w = find_writer(c, s);

	if (w->stream != s || w->task.pid != s->pid) {
		if (w->len)
			end_line(w, fn, ctx);
		w->stream = s;
		w->task = (struct model_task){ .pid = s->pid };
	}
	if (!w->data)
		w->data = malloc(CHILD_LINE);
	w->used = ++c->clock;
	name_writer(c, w);
	return w->data ? w : NULL;
}

static void put_byte(struct writer *w, char byte, uint64_t ts,
		     child_line_fn fn, void *ctx)
{
	if (!w->len)
		w->ts = ts;
	if (byte == '\n') {
		end_line(w, fn, ctx);
		return;
	}
	w->data[w->len++] = byte;
	if (w->len == CHILD_LINE)
		end_line(w, fn, ctx);
}

void child_take(struct child *c, child_line_fn fn, void *ctx)
{
	struct stream *s = c->at;
	struct writer *w = take_writer(c, s, fn, ctx);
	size_t i;

	s->full = false;
	if (!w)
		return;
	for (i = 0; i < s->len; i++)
		put_byte(w, s->data[i], s->ts, fn, ctx);
}

void child_flush(struct child *c, child_line_fn fn, void *ctx)
{
	struct writer *w;

	for (w = c->writer; w < c->writer + CHILD_WRITERS; w++)
		if (w->len)
			end_line(w, fn, ctx);
}

bool child_ended(struct child *c, int *status)
{
	int raw;

	if (!c->reaped && waitpid(c->pid, &raw, WNOHANG) == c->pid) {
		c->reaped = true;
		c->status = WIFSIGNALED(raw) ? 128 + WTERMSIG(raw) :
					       WEXITSTATUS(raw);
	}
	*status = c->status;
	return c->reaped;
}

void child_signal(const struct child *c, int sig)
{
	if (!c->reaped)
		kill(c->pid, sig);
}
