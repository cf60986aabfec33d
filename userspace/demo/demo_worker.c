// SPDX-License-Identifier: GPL-2.0-only
#include "demo_worker.h"

#include <errno.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

static int report(const struct demo_worker *worker,
		  const struct demo_service *service, uint64_t cookie)
{
	const struct demo_report text = {
		.index = worker->index,
		.pid = getpid(),
		.cookie = cookie,
		.accepted = service->accepted,
		.left = service->left,
	};

	/* Less than PIPE_BUF: reports of several workers stay whole. */
	if (write(worker->pipe, &text, sizeof(text)) != sizeof(text))
		return demo_call_failed("write()", "its report", errno);
	return 0;
}

/*
 * The kernel has already chosen this worker for the clients that wait in its
 * queue; taking them before the end keeps its count equal to the kernel's.
 */
static int accept_waiting(struct demo_service *service)
{
	int got;

	do {
		got = demo_service_accept(service);
	} while (got > 0);
	return got;
}

static int serve(const struct demo_worker *worker, struct demo_service *service,
		 uint64_t cookie)
{
	int err = report(worker, service, cookie);

	while (!err) {
		int before = service->accepted + service->left;
		int got = demo_service_step(service);

		if (got < 0)
			return got;
		if (got == SIGTERM || got == SIGINT)
			break;
		if (service->accepted + service->left != before)
			err = report(worker, service, cookie);
	}
	if (!err)
		err = accept_waiting(service);
	return err ? err : report(worker, service, cookie);
}

int demo_worker_run(const struct demo_worker *worker)
{
	struct demo_service service = { .manner = *worker->manner };
	int listener = worker->shared;
	uint64_t cookie;
	int err;

	demo_name_process(worker->name);
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (worker->listener)
		listener = demo_listen(worker->listener, worker->on);
	if (listener < 0)
		return listener;
	if (worker->pick &&
	    demo_pick_join(worker->pick, worker->index, listener))
		return -EIO;
	cookie = demo_cookie(listener);
	err = demo_service_open(&service, listener, worker->signals);
	if (!err)
		err = serve(worker, &service, cookie);
	demo_service_close(&service);
	return err;
}
