// SPDX-License-Identifier: GPL-2.0-only
/*
 * Usage: expert [-i]
 * Loads expert.bpf.o, says "ready" on standard error, and looks at the ring
 * every 50 ms, as reusetrace-view does; with -i nobody looks.
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <err.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

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

/* Its name differs from 6.10 on. */
static void choose_hashdance(struct bpf_object *obj)
{
	struct bpf_program *enter =
		bpf_object__find_program_by_name(obj, "tw_enter");

	if (libbpf_find_vmlinux_btf_id("inet_twsk_hashdance",
				       BPF_TRACE_FENTRY) < 0)
		bpf_program__set_attach_target(enter, 0,
					       "inet_twsk_hashdance_schedule");
}

static void attach_all(struct bpf_object *obj)
{
	struct bpf_program *prog;

	bpf_object__for_each_program(prog, obj)
		if (!bpf_program__attach(prog))
			err(1, "cannot attach %s", bpf_program__name(prog));
}

int main(int argc, char **argv)
{
	struct bpf_object *obj;
	struct ring_buffer *ring;

	if (argc < 2)
		errx(2, "usage: expert OBJECT [-i]");
	obj = bpf_object__open_file(argv[1], NULL);
	if (!obj)
		err(1, "cannot open %s", argv[1]);
	choose_hashdance(obj);
	if (bpf_object__load(obj))
		err(1, "cannot load %s", argv[1]);
	attach_all(obj);
	ring = ring_buffer__new(bpf_object__find_map_fd_by_name(obj, "ring"),
				count, NULL, NULL);
	if (!ring)
		err(1, "ring buffer");
	fprintf(stderr, "ready\n");
	if (argc > 2 && !strcmp(argv[2], "-i"))
		pause();
	for (;;) {
		ring_buffer__consume(ring);
		usleep(LOOK_US);
	}
}
