// SPDX-License-Identifier: GPL-2.0-only
#include "drain.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sock.h"

#define PER_CPU		"instances/reusetrace/per_cpu"
#define CPUS_MAX	64
#define PAGE		4096

static struct {
	int from;
	int to;
} cpus[CPUS_MAX];

static unsigned int n_cpus;

static int open_copy(const char *dir, unsigned int cpu)
{
	char path[512];

	snprintf(path, sizeof(path), "%s/" PER_CPU "/cpu%u", dir, cpu);
	sock_must(mkdir(path, 0755), path);
	snprintf(path, sizeof(path), "%s/" PER_CPU "/cpu%u/trace_pipe_raw", dir,
		 cpu);
	return sock_must(open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644), path);
}

void drain_open(const char *dir)
{
	char path[128];
	int fd;

	for (n_cpus = 0; n_cpus < CPUS_MAX; n_cpus++) {
		snprintf(path, sizeof(path), "/sys/kernel/tracing/" PER_CPU
			 "/cpu%u/trace_pipe_raw", n_cpus);
		fd = open(path, O_RDONLY | O_NONBLOCK);
		if (fd < 0)
			break;
		cpus[n_cpus].from = fd;
		cpus[n_cpus].to = open_copy(dir, n_cpus);
	}
	sock_must(n_cpus ? 0 : -1, "the module's ring buffer");
}

void drain_now(void)
{
	static char page[PAGE];
	unsigned int i;
	ssize_t n;

	for (i = 0; i < n_cpus; i++)
		while ((n = read(cpus[i].from, page, PAGE)) > 0)
			sock_must(write(cpus[i].to, page, n) == n ? 0 : -1,
				  "the copy of the ring buffer");
}
