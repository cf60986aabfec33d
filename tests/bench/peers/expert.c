// SPDX-License-Identifier: GPL-2.0-only
/*
 * Usage: expert OBJECT [-i|-p]
 * Loads OBJECT, says "ready" on standard error, and looks at the ring every
 * 50 ms, as reusetrace-view does; with -i nobody looks, with -p, for same.bpf.o,
 * the records are printed.
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <err.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "same_print.h"

#define LOOK_US 50000

static unsigned long long events, bytes;

static int count(void *ctx, void *data, size_t size)
{
	(void)ctx;
	(void)data;
	events++;
	bytes += size;
	return 0;
}

static bool is_in_kernel(const char *function)
{
	return libbpf_find_vmlinux_btf_id(function, BPF_TRACE_FENTRY) > 0;
}

/* A section is named fentry/FUNCTION or fexit/FUNCTION. */
static bool is_wanted(const struct bpf_program *prog)
{
	const char *target = strchr(bpf_program__section_name(prog), '/') + 1;

	if (!strcmp(target, "inet_bhash2_addr_any_conflict") &&
	    is_in_kernel("inet_bhash2_conflict"))
		return false;
	return is_in_kernel(target);
}

static void choose_programs(struct bpf_object *obj)
{
	struct bpf_program *prog;

	bpf_object__for_each_program(prog, obj)
		bpf_program__set_autoload(prog, is_wanted(prog));
}

static int print(void *ctx, void *data, size_t size)
{
	(void)ctx;
	(void)size;
	same_print(data);
	return 0;
}

static void attach_all(struct bpf_object *obj)
{
	struct bpf_program *prog;

	bpf_object__for_each_program(prog, obj)
		if (bpf_program__autoload(prog) && !bpf_program__attach(prog))
			err(1, "cannot attach %s", bpf_program__name(prog));
}

int main(int argc, char **argv)
{
	struct bpf_object *obj;
	struct ring_buffer *ring;
	const char *option = argc > 2 ? argv[2] : "";

	if (argc < 2)
		errx(2, "usage: expert OBJECT [-i|-p]");
	obj = bpf_object__open_file(argv[1], NULL);
	if (!obj)
		err(1, "cannot open %s", argv[1]);
	choose_programs(obj);
	if (bpf_object__load(obj))
		err(1, "cannot load %s", argv[1]);
	attach_all(obj);
	ring = ring_buffer__new(bpf_object__find_map_fd_by_name(obj, "ring"),
				!strcmp(option, "-p") ? print : count, NULL,
				NULL);
	if (!ring)
		err(1, "ring buffer");
	fprintf(stderr, "ready\n");
	if (!strcmp(option, "-i"))
		pause();
	for (;;) {
		ring_buffer__consume(ring);
		fflush(stdout);
		usleep(LOOK_US);
	}
}
