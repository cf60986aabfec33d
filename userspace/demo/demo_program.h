/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The BPF programs that pick a worker, instruction by instruction: so they need
 * no compiler and no library, only bpf(2).
 */
#ifndef DEMO_PROGRAM_H
#define DEMO_PROGRAM_H

#include <linux/filter.h>

#define DEMO_PROGRAM_MAX 4 /* instructions of a classic one */

/** demo_program_classic_port - answer: source port modulo @modulus (IPv4) */
int demo_program_classic_port(struct sock_filter *code, int modulus);

/** demo_program_classic_cpu - answer: the CPU that handles the packet */
int demo_program_classic_cpu(struct sock_filter *code);

/** demo_program_load_filter - the same as an eBPF socket filter; fd or -errno
 */
int demo_program_load_filter(int modulus);

/** demo_program_map - a map from number to listener; fd or -errno */
int demo_program_map(int entries);

/** demo_program_map_set - @listener is number @index in @map; 0 or -errno */
int demo_program_map_set(int map, int index, int listener);

/** demo_program_load_select - pick from @map by source port; fd or -errno */
int demo_program_load_select(int map, int modulus);

#endif
