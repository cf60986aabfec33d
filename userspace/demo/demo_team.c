// SPDX-License-Identifier: GPL-2.0-only
#include "demo_team.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "demo_common.h"

void demo_team_worker_name(const struct demo_team *team, int index,
			   char name[DEMO_NAME_LEN])
{
	snprintf(name, DEMO_NAME_LEN, "%s%d", team->name, index + 1);
}

int demo_team_accepted(const struct demo_team *team)
{
	int sum = 0;

	for (int i = 0; i < team->started; i++)
		sum += team->reports[i].accepted;
	return sum;
}

static bool one_for_all(const struct demo_team *team)
{
	return team->shared || team->hand_over;
}

static int clients_left(const struct demo_team *team)
{
	int sum = 0;

	for (int i = 0; i < team->started; i++)
		sum += team->reports[i].left;
	return sum;
}

static int run_worker(struct demo_team *team, int index)
{
	struct demo_worker worker = {
		.index = index,
		.listener = one_for_all(team) ? NULL : team->listener,
		.on = team->on,
		.manner = team->manner,
		.pick = team->pick,
		.shared = team->shared_fd,
		.signals = team->signals,
		.pipe = team->pipe[1],
	};

	demo_team_worker_name(team, index, worker.name);
	close(team->pipe[0]);
	if (team->hand_over)
		worker.shared = demo_handover_keep(&team->handover, index);
	return demo_worker_run(&worker);
}

static int start_next(struct demo_team *team)
{
	pid_t pid = fork();

	if (pid < 0)
		return demo_call_failed("fork()", "a worker", errno);
	if (!pid) {
		int err = run_worker(team, team->started);

		demo_team_free(team);
		exit(err ? EXIT_FAILURE : EXIT_SUCCESS);
	}
	team->reports[team->started++].pid = pid;
	return 0;
}

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

/*
 * The pipe's writing end and the shared listener are the workers' alone from
 * now on: the pipe ends with the last worker. None is waited for before the
 * very end, so each pid is still theirs.
 */
static void stop(struct demo_team *team)
{
	if (team->stopping)
		return;
	team->stopping = true;
	close_fd(&team->pipe[1]);
	close_fd(&team->shared_fd);
	demo_handover_close(&team->handover);
	for (int i = 0; i < team->started; i++)
		kill(team->reports[i].pid, SIGTERM);
}

/*
 * One after the other, each only when the one before listens: so the first
 * worker is the group's member 0, as the trace counts them.
 */
static void one_more_ready(struct demo_team *team)
{
	team->ready++;
	if (team->stopping)
		return;
	if (team->started < team->workers) {
		team->err = start_next(team);
		if (team->err)
			stop(team);
		return;
	}
	close_fd(&team->shared_fd);
	demo_say("ready: all %d workers serve %s", team->ready, team->on->text);
}

static void take_report(struct demo_team *team,
			const struct demo_report *report)
{
	team->reports[report->index] = *report;
	if (report->index == team->ready)
		one_more_ready(team);
	if (team->clients && clients_left(team) >= team->clients)
		stop(team);
}

/*
 * Each worker is waited for by its pid: a shell may have given this process
 * children that are not its own, such as the tee of `> >(tee log)`.
 *
 * Returns -ECHILD and says so when this one has ended and should not have.
 */
static int check_worker(const struct demo_report *worker)
{
	siginfo_t info = { 0 };
	const char *how;

	if (waitid(P_PID, worker->pid, &info, WEXITED | WNOHANG | WNOWAIT) ||
	    !info.si_pid)
		return 0;
	how = info.si_code == CLD_EXITED ? "with status" : "by signal";
	demo_complain("worker %d was not to end and did, %s %d; ending all",
		      info.si_pid, how, info.si_status);
	return -ECHILD;
}

static void check_workers(struct demo_team *team)
{
	for (int i = 0; i < team->started && !team->stopping; i++) {
		team->err = check_worker(&team->reports[i]);
		if (team->err)
			stop(team);
	}
}

static void handle_signal(struct demo_team *team, int sig)
{
	if (sig == SIGTERM || sig == SIGINT)
		stop(team);
	if (sig == SIGCHLD)
		check_workers(team);
}

static void wait_all(struct demo_team *team)
{
	for (int i = 0; i < team->started; i++) {
		int status = 0;

		waitpid(team->reports[i].pid, &status, 0);
		if (status && !team->err) {
			demo_complain("worker %d failed; its own line says why",
				      team->reports[i].pid);
			team->err = -ECHILD;
		}
	}
}

static void pass_on(struct demo_team *team)
{
	team->err = demo_handover_pass(&team->handover);
	if (team->err)
		stop(team);
}

/* Until every worker has closed its end of the pipe. */
static int supervise(struct demo_team *team)
{
	struct pollfd polls[] = {
		{ .fd = team->signals, .events = POLLIN },
		{ .fd = team->pipe[0], .events = POLLIN },
		{ .fd = team->handover.listener, .events = POLLIN },
	};
	struct demo_report report;

	for (;;) {
		/* poll() passes over the acceptor's listener once it is -1. */
		polls[2].fd = team->handover.listener;
		if (poll(polls, 3, -1) < 0 && errno != EINTR)
			return demo_call_failed("poll()", "the pipe", errno);
		if (polls[2].revents)
			pass_on(team);
		handle_signal(team, demo_signals_read(team->signals));
		if (!polls[1].revents)
			continue;
		if (read(team->pipe[0], &report, sizeof(report)) !=
		    sizeof(report))
			break;
		take_report(team, &report);
	}
	wait_all(team);
	return team->err;
}

static int open_shared(struct demo_team *team)
{
	int fd;

	team->shared_fd = -1;
	team->handover.listener = -1;
	if (!one_for_all(team))
		return 0;
	fd = demo_listen(team->listener, team->on);
	if (fd < 0)
		return fd;
	if (team->hand_over)
		return demo_handover_open(&team->handover, fd, team->workers);
	team->shared_fd = fd;
	return 0;
}

static int start_and_supervise(struct demo_team *team)
{
	int err = open_shared(team);

	if (!err)
		err = start_next(team);
	if (!err)
		err = supervise(team);
	close_fd(&team->shared_fd);
	demo_handover_close(&team->handover);
	return err;
}

int demo_team_run(struct demo_team *team)
{
	int err;

	team->signals = demo_signals_open(SIGTERM, SIGINT, SIGCHLD, 0);
	if (team->signals < 0)
		return team->signals;
	err = pipe2(team->pipe, O_CLOEXEC);
	if (err) {
		err = demo_call_failed("pipe2()", "the reports", errno);
		goto err_signals;
	}
	team->reports = calloc(team->workers, sizeof(*team->reports));
	if (team->reports)
		err = start_and_supervise(team);
	else
		err = demo_call_failed("calloc()", "the reports", ENOMEM);
	close_fd(&team->pipe[0]);
	close_fd(&team->pipe[1]);
err_signals:
	close(team->signals);
	return err;
}

void demo_team_free(struct demo_team *team)
{
	free(team->reports);
	team->reports = NULL;
}
