// SPDX-License-Identifier: GPL-2.0-only
#include "demo_pick.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "demo_common.h"
#include "demo_program.h"

/**
 * struct demo_pick_way - one way
 * @open: before the workers are forked; NULL for nothing to do
 * @join: in each worker
 */
struct demo_pick_way {
	const char *name;
	int (*open)(struct demo_pick *pick);
	int (*join)(const struct demo_pick *pick, int index, int listener);
};

static int attach(int listener, int option, const void *value, socklen_t len)
{
	if (!setsockopt(listener, SOL_SOCKET, option, value, len))
		return 0;
	return demo_call_failed("setsockopt(SO_ATTACH_REUSEPORT_...)",
				"its listener", errno);
}

static int attach_classic(int listener, struct sock_filter *code, int count)
{
	const struct sock_fprog text = { .len = count, .filter = code };

	return attach(listener, SO_ATTACH_REUSEPORT_CBPF, &text, sizeof(text));
}

static int join_cbpf_port(const struct demo_pick *pick, int index, int listener)
{
	struct sock_filter code[DEMO_PROGRAM_MAX];
	int count = demo_program_classic_port(code, pick->modulus);

	return index ? 0 : attach_classic(listener, code, count);
}

static int join_cbpf_cpu(const struct demo_pick *pick, int index, int listener)
{
	struct sock_filter code[DEMO_PROGRAM_MAX];
	int count = demo_program_classic_cpu(code);

	(void)pick;
	return index ? 0 : attach_classic(listener, code, count);
}

static int open_filter(struct demo_pick *pick)
{
	pick->program = demo_program_load_filter(pick->modulus);
	return pick->program < 0 ? pick->program : 0;
}

static int join_filter(const struct demo_pick *pick, int index, int listener)
{
	if (index)
		return 0;
	return attach(listener, SO_ATTACH_REUSEPORT_EBPF, &pick->program,
		      sizeof(pick->program));
}

static int open_ebpf(struct demo_pick *pick)
{
	pick->map = demo_program_map(pick->modulus);
	if (pick->map < 0)
		return pick->map;
	pick->program = demo_program_load_select(pick->map, pick->modulus);
	return pick->program < 0 ? pick->program : 0;
}

static int join_ebpf(const struct demo_pick *pick, int index, int listener)
{
	int err = demo_program_map_set(pick->map, index, listener);

	return err ? err : join_filter(pick, index, listener);
}

static int join_incoming_cpu(const struct demo_pick *pick, int index,
			     int listener)
{
	(void)pick;
	if (!setsockopt(listener, SOL_SOCKET, SO_INCOMING_CPU, &index,
			sizeof(index)))
		return 0;
	return demo_call_failed("setsockopt(SO_INCOMING_CPU)", "its listener",
				errno);
}

static const struct demo_pick_way ways[] = {
	{ .name = "cbpf-port", .join = join_cbpf_port },
	{ .name = "cbpf-cpu", .join = join_cbpf_cpu },
	{ .name = "filter-port", .open = open_filter, .join = join_filter },
	{ .name = "ebpf-port", .open = open_ebpf, .join = join_ebpf },
	{ .name = "incoming-cpu", .join = join_incoming_cpu },
};

static const struct demo_pick_way *find(const char *name)
{
	for (size_t i = 0; i < sizeof(ways) / sizeof(*ways); i++)
		if (!strcmp(ways[i].name, name))
			return &ways[i];
	return NULL;
}

bool demo_pick_known(const char *name)
{
	return find(name);
}

int demo_pick_open(struct demo_pick *pick, const char *name, int modulus)
{
	*pick = (struct demo_pick){
		.way = find(name),
		.modulus = modulus,
		.map = -1,
		.program = -1,
	};
	return pick->way->open ? pick->way->open(pick) : 0;
}

void demo_pick_close(struct demo_pick *pick)
{
	if (pick->map >= 0)
		close(pick->map);
	if (pick->program >= 0)
		close(pick->program);
}

int demo_pick_join(const struct demo_pick *pick, int index, int listener)
{
	return pick->way->join(pick, index, listener);
}
