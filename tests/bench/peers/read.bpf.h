/* SPDX-License-Identifier: GPL-2.0-only */
/* What the hand-written programs share: their ring, and reading a socket. */
#ifndef READ_BPF_H
#define READ_BPF_H

#include "vmlinux.h"

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#define AF_INET6 10

char LICENSE[] SEC("license") = "GPL";

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1 << 24);
} ring SEC(".maps");

static __always_inline void read_addr(unsigned char *to,
				      const struct sock_common *c, bool peer)
{
	if (c->skc_family == AF_INET6) {
		if (peer)
			__builtin_memcpy(to, &c->skc_v6_daddr, 16);
		else
			__builtin_memcpy(to, &c->skc_v6_rcv_saddr, 16);
		return;
	}
	__builtin_memset(to, 0, 16);
	*(__u32 *)(to + 12) = peer ? c->skc_daddr : c->skc_rcv_saddr;
}

#endif
