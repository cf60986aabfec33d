/* SPDX-License-Identifier: GPL-2.0-only */
/* Who picks the worker that gets a client, where it is not the kernel's hash.
 */
#ifndef DEMO_PICK_H
#define DEMO_PICK_H

#include <stdbool.h>

#define DEMO_PICK_HELP                                                         \
	"  cbpf-port     classic BPF: source port modulo --pick-of\n"          \
	"  cbpf-cpu      classic BPF: number of the CPU the packet is on\n"    \
	"  filter-port   eBPF socket filter: as cbpf-port; needs root\n"       \
	"  ebpf-port     eBPF SK_REUSEPORT: as cbpf-port, by a map of the\n"   \
	"                listeners; needs root\n"                              \
	"  incoming-cpu  no program: SO_INCOMING_CPU, worker 1 has CPU 0, "    \
	"...\n"

struct demo_pick_way;

/**
 * struct demo_pick - the way chosen, and what it needs
 * @modulus: the program's answers are less than this
 * @map: of the workers' listeners, for ebpf-port; or -1
 * @program: loaded, for filter-port and ebpf-port; or -1
 */
struct demo_pick {
	const struct demo_pick_way *way;
	int modulus;
	int map;
	int program;
};

/** demo_pick_known - is there a way of that name? */
bool demo_pick_known(const char *name);

/** demo_pick_open - before the workers are forked; 0 or -errno */
int demo_pick_open(struct demo_pick *pick, const char *name, int modulus);

/** demo_pick_close - let go of map and program */
void demo_pick_close(struct demo_pick *pick);

/**
 * demo_pick_join - in worker @index, once it listens
 *
 * The program belongs to the whole group: the first worker attaches it.
 *
 * Return: 0 or -errno.
 */
int demo_pick_join(const struct demo_pick *pick, int index, int listener);

#endif
