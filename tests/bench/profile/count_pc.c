// SPDX-License-Identifier: GPL-2.0-only
/*
 * A plugin for QEMU: how often each of the guest kernel's instructions ran, into
 * the file given by "out=": pairs of 64-bit words, address and count. The file is
 * mapped, so that it is whole however QEMU ends.
 *
 * Debian has no package with QEMU's header for plugins: what is used of it is
 * declared here.
 */
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define VISIBLE __attribute__((visibility("default")))
#define SLOTS_BITS 22
#define SLOTS (1ul << SLOTS_BITS)

struct qemu_info;
struct qemu_plugin_tb;
struct qemu_plugin_insn;
enum qemu_plugin_op { QEMU_PLUGIN_INLINE_ADD_U64 };

void qemu_plugin_register_vcpu_tb_trans_cb(uint64_t id,
		void (*translated)(uint64_t id, struct qemu_plugin_tb *tb));
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *tb);
struct qemu_plugin_insn *
qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *tb, size_t nth);
uint64_t qemu_plugin_insn_vaddr(const struct qemu_plugin_insn *insn);
void qemu_plugin_register_vcpu_insn_exec_inline(struct qemu_plugin_insn *insn,
		enum qemu_plugin_op op, void *to, uint64_t add);

VISIBLE int qemu_plugin_version = 1;

static struct slot {
	uint64_t pc, count;
} *slots;

static struct slot *slot_of(uint64_t pc)
{
	uint64_t i = pc * 0x9e3779b97f4a7c15ull >> (64 - SLOTS_BITS);

	while (slots[i].pc && slots[i].pc != pc)
		i = (i + 1) % SLOTS;
	slots[i].pc = pc;
	return &slots[i];
}

static bool is_kernel(uint64_t pc)
{
	return pc >> 63;
}

static void translated(uint64_t id, struct qemu_plugin_tb *tb)
{
	size_t i, n = qemu_plugin_tb_n_insns(tb);
	struct qemu_plugin_insn *insn;
	uint64_t pc;

	(void)id;
	for (i = 0; i < n; i++) {
		insn = qemu_plugin_tb_get_insn(tb, i);
		pc = qemu_plugin_insn_vaddr(insn);
		if (is_kernel(pc))
			qemu_plugin_register_vcpu_insn_exec_inline(insn,
					QEMU_PLUGIN_INLINE_ADD_U64,
					&slot_of(pc)->count, 1);
	}
}

static bool map_file(const char *path)
{
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);

	if (fd < 0 || ftruncate(fd, SLOTS * sizeof(*slots)))
		return false;
	slots = mmap(NULL, SLOTS * sizeof(*slots), PROT_READ | PROT_WRITE,
		     MAP_SHARED, fd, 0);
	close(fd);
	return slots != MAP_FAILED;
}

VISIBLE int qemu_plugin_install(uint64_t id, const struct qemu_info *info,
				int argc, char **argv)
{
	(void)info;
	if (argc != 1 || strncmp(argv[0], "out=", 4) || !map_file(argv[0] + 4)) {
		fprintf(stderr, "count_pc: needs out=FILE, writable\n");
		return -1;
	}
	qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
	return 0;
}
