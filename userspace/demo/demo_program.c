// SPDX-License-Identifier: GPL-2.0-only
#include "demo_program.h"

#include <errno.h>
#include <linux/bpf.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "demo_common.h"

/* Behind an IPv4 header without options, which is what loopback has. */
#define SOURCE_PORT ((uint32_t)(SKF_NET_OFF + 20))

/* clang-format off: an assembler, one instruction a line */
#define OP(op, d, s, o, i)                                                     \
	{                                                                      \
		.code = (op), .dst_reg = (d), .src_reg = (s), .off = (o),      \
		.imm = (i)                                                     \
	}
#define MOV(dst, src)	  OP(BPF_ALU64 | BPF_MOV | BPF_X, dst, src, 0, 0)
#define MOV_IMM(dst, imm) OP(BPF_ALU64 | BPF_MOV | BPF_K, dst, 0, 0, imm)
#define ADD_IMM(dst, imm) OP(BPF_ALU64 | BPF_ADD | BPF_K, dst, 0, 0, imm)
#define MOD_IMM(dst, imm) OP(BPF_ALU64 | BPF_MOD | BPF_K, dst, 0, 0, imm)
#define TO_BE16(dst)	  OP(BPF_ALU | BPF_END | BPF_TO_BE, dst, 0, 0, 16)
#define LOAD(size, dst, src, off)                                              \
	OP(BPF_LDX | BPF_MEM | (size), dst, src, off, 0)
#define STORE32(dst, off, src) OP(BPF_STX | BPF_MEM | BPF_W, dst, src, off, 0)
#define LOAD_PACKET16(at)      OP(BPF_LD | BPF_ABS | BPF_H, 0, 0, 0, at)
#define LOAD_MAP(dst, fd)                                                      \
	OP(BPF_LD | BPF_DW | BPF_IMM, dst, BPF_PSEUDO_MAP_FD, 0, fd),          \
		OP(0, 0, 0, 0, 0)
#define JUMP_GT(dst, src, off) OP(BPF_JMP | BPF_JGT | BPF_X, dst, src, off, 0)
#define CALL(function)	       OP(BPF_JMP | BPF_CALL, 0, 0, 0, function)
#define EXIT		       OP(BPF_JMP | BPF_EXIT, 0, 0, 0, 0)
/* clang-format on */

enum { R0, R1, R2, R3, R4, R6 = 6, R10 = 10 };

int demo_program_classic_port(struct sock_filter *code, int modulus)
{
	code[0] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_H | BPF_ABS,
					       SOURCE_PORT);
	code[1] = (struct sock_filter)BPF_STMT(BPF_ALU | BPF_MOD | BPF_K,
					       (uint32_t)modulus);
	code[2] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_A, 0);
	return 3;
}

int demo_program_classic_cpu(struct sock_filter *code)
{
	code[0] = (struct sock_filter)BPF_STMT(
		BPF_LD | BPF_W | BPF_ABS, (uint32_t)(SKF_AD_OFF + SKF_AD_CPU));
	code[1] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_A, 0);
	return 2;
}

static int bpf(int command, union bpf_attr *attr, const char *what)
{
	int got = (int)syscall(SYS_bpf, command, attr, sizeof(*attr));

	return got < 0 ? demo_call_failed("bpf()", what, errno) : got;
}

static int load(enum bpf_prog_type type, const struct bpf_insn *code,
		uint32_t count)
{
	union bpf_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.prog_type = type;
	attr.insns = (uintptr_t)code;
	attr.insn_cnt = count;
	attr.license = (uintptr_t) "GPL";
	return bpf(BPF_PROG_LOAD, &attr, "the program");
}

#define COUNT(code) (sizeof(code) / sizeof(*(code)))

int demo_program_load_filter(int modulus)
{
	const struct bpf_insn code[] = {
		MOV(R6, R1), /* where LOAD_PACKET16 expects the packet */
		LOAD_PACKET16(SOURCE_PORT),
		MOD_IMM(R0, modulus),
		EXIT,
	};

	return load(BPF_PROG_TYPE_SOCKET_FILTER, code, COUNT(code));
}

int demo_program_map(int entries)
{
	union bpf_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.map_type = BPF_MAP_TYPE_REUSEPORT_SOCKARRAY;
	attr.key_size = sizeof(uint32_t);
	attr.value_size = sizeof(uint32_t);
	attr.max_entries = entries;
	return bpf(BPF_MAP_CREATE, &attr, "the map");
}

int demo_program_map_set(int map, int index, int listener)
{
	uint32_t key = index, value = listener;
	union bpf_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.map_fd = map;
	attr.key = (uintptr_t)&key;
	attr.value = (uintptr_t)&value;
	return bpf(BPF_MAP_UPDATE_ELEM, &attr, "the map");
}

/* A key that no listener has selects nothing; the program passes all the same.
 */
int demo_program_load_select(int map, int modulus)
{
	const struct bpf_insn code[] = {
		LOAD(BPF_DW, R2, R1, offsetof(struct sk_reuseport_md, data)),
		LOAD(BPF_DW, R3, R1,
		     offsetof(struct sk_reuseport_md, data_end)),
		MOV(R4, R2),
		ADD_IMM(R4, 2),
		JUMP_GT(R4, R3, 10), /* too short for a source port: pass */
		LOAD(BPF_H, R4, R2, 0),
		TO_BE16(R4),
		MOD_IMM(R4, modulus),
		STORE32(R10, -4, R4),
		LOAD_MAP(R2, map),
		MOV(R3, R10),
		ADD_IMM(R3, -4),
		MOV_IMM(R4, 0),
		CALL(BPF_FUNC_sk_select_reuseport),
		MOV_IMM(R0, SK_PASS),
		EXIT,
	};

	return load(BPF_PROG_TYPE_SK_REUSEPORT, code, COUNT(code));
}
