/* SPDX-License-Identifier: GPL-2.0-only */
/* What the hand-written program tells of a bind, a pick or a TIME_WAIT. */
#ifndef EXPERT_H
#define EXPERT_H

struct expert_bind {
	unsigned long long ts, cookie, inode;
	unsigned int pid, uid, netns;
	int result, ifindex;
	unsigned short family, port, bound_port;
	unsigned char proto, reuseaddr, reuseport, v6only, state;
	unsigned char addr[16];
	char comm[16];
};

struct expert_pick {
	unsigned long long ts, cookie, inode;
	unsigned int netns, hash;
	int group, index;
	unsigned short size, family, sport, dport;
	unsigned char proto, tcp_flags;
	unsigned char src[16], dst[16];
};

struct expert_tw {
	unsigned long long ts, cookie;
	unsigned int netns;
	unsigned short family, port, peer_port;
	unsigned char substate, reuseaddr, reuseport, ended;
	unsigned char addr[16], peer[16];
};

#endif
