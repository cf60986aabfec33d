/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the hand-written program of the same answers tells: plain facts, from
 * which its reader concludes the rest, the rule and the reason.
 */
#ifndef SAME_H
#define SAME_H

#define SAME_OWNERS_MAX 256

enum same_type {
	SAME_BIND,
	SAME_HOLDER,
	SAME_PICK,
	SAME_TW_ENTER,
	SAME_TW_STATE,
	SAME_TW_EXIT,
};

/* What all owners of a port together made of a bind that was allowed. */
enum same_found {
	SAME_TALLIED		= 1 << 0,	/* the owners were looked at */
	SAME_OVERLAPPING	= 1 << 1,
	SAME_BY_REUSEADDR	= 1 << 2,
	SAME_BY_REUSEPORT	= 1 << 3,
	SAME_REFUSED		= 1 << 4,	/* by the full check */
	SAME_TRUNCATED		= 1 << 5,
};

struct same_sock {
	unsigned long long cookie, inode;
	unsigned int uid;
	int ifindex;
	unsigned short family, port, peer_port;
	unsigned char state, reuseaddr /* 2: forced */, reuseport, v6only;
	unsigned char addr[16];
};

struct same_bind {
	unsigned char type, found, proto;
	unsigned int pid, netns;
	int result;
	unsigned long long ts;
	unsigned int owners, over_time_wait, passed_over;
	unsigned short port;
	struct same_sock sock;
	char comm[16];
};

/* Before the bind that it refuses, which has the same cookie. */
struct same_holder {
	unsigned char type, truncated, in_group, found;
	unsigned int left;
	unsigned long long ts, cookie;
	struct same_sock sock;
	unsigned char peer[16];
};

struct same_pick {
	unsigned char type, proto, tcp_flags, via;
	unsigned int netns;
	unsigned long long ts, cookie, inode;
	unsigned int hash;
	int group, index;
	unsigned short size, family, sport, dport, port;
	unsigned char has_conns;
	unsigned char src[16], dst[16];
};

/* As reusetrace numbers them. */
enum same_via { VIA_NONE, VIA_HASH, VIA_INCOMING_CPU, VIA_BPF, VIA_CBPF,
	VIA_BPF_FALLBACK, VIA_BPF_DROP };
enum same_reason { ENDED_OTHER, ENDED_EXPIRED, ENDED_SYN_REUSE,
	ENDED_CONNECT_REUSE, ENDED_RESET, ENDED_PURGED, ENDED_DESTROYED };

struct same_tw {
	unsigned char type, substate, from, reason;
	unsigned int netns;
	unsigned long long ts, cookie, inode;
	long long timeout;		/* jiffies */
	unsigned short family, port, peer_port;
	unsigned char reuseaddr, reuseport, overflow, both_closed, tproxy;
	signed char tcp_tw_reuse;
	unsigned int closer;
	char closer_comm[16];
	unsigned char addr[16], peer[16];
};

#endif
