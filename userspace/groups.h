/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * SO_REUSEPORT groups and their members: who they are, since when, how often
 * each was picked, and how often a fair hash would have picked it. No I/O.
 *
 * Memory is bounded: GROUPS_MAX groups, GROUPS_MEMBERS members in all and
 * GROUPS_CLIENTS clients remembered, the longest unused forgotten first.
 */
#ifndef REUSETRACE_GROUPS_H
#define REUSETRACE_GROUPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model.h"

#define GROUPS_MAX	1024
#define GROUPS_MEMBERS	65536
#define GROUPS_CLIENTS	65536

enum groups_state {
	GROUPS_PRESENT,
	GROUPS_CLOSED,		/* stays for its connections' sake */
	GROUPS_LEFT,
};

struct groups_member {
	uint64_t cookie;	/* 0: picks that named no socket */
	struct model_task owner;
	uint32_t owners;	/* processes that have it open, 0: not known */
	enum groups_state state;
	int32_t index;		/* in the group; -1: not known or none */
	uint64_t joined;	/* when; 0: before anybody looked */
	uint64_t picks;		/* for a TCP SYN or a datagram */
	uint64_t others;	/* for later packets of TCP */
	uint64_t clients;	/* different ones, that the hash sent here */
	double share_at_join;	/* the group's share, then */
	double share_at_end;	/* and when it left */
	uint32_t next;		/* place of the next of its group, plus one */
	uint32_t group;		/* place of its group */
};

struct groups_group {
	uint32_t netns;
	int32_t id;		/* the kernel's; -1: it had none */
	char proto[MODEL_NAME_LEN];
	struct model_addr addr;
	uint32_t size;		/* members that can be picked, as last told */
	uint32_t least;		/* the smallest and largest seen */
	uint32_t most;
	uint32_t closed;
	bool ended;		/* its last member has left */
	bool shown;		/* an event of it passed the filters */
	uint64_t unhashed;	/* picks that no hash decided */
	uint64_t picks;
	uint64_t others;
	uint64_t clients;	/* different ones, that the hash sent somewhere */
	double share;		/* sum over them of 1 / members at that time */
	bool counted;		/* some picks came as a number: whose, is not known */
	uint64_t forgotten;	/* picks of members forgotten */
	uint32_t serial;
	uint32_t first;		/* place of its first member, plus one */
};

/* Who else is in a group. */
struct groups_peers {
	size_t others;			/* members of other processes */
	size_t own;			/* of the same process */
	bool stranger;			/* one has another name, or another cgroup */
	struct model_task first;	/* one of the others, by name if possible */
	struct model_task second;	/* another process; pid 0: none */
};

struct groups;

/**
 * groups_new - an empty table
 *
 * Return: the table, or NULL when memory is short.
 */
struct groups *groups_new(void);

/**
 * groups_free - forget all
 * @g: the table, or NULL
 */
void groups_free(struct groups *g);

/**
 * groups_change - a member joined or left, a program came or went
 * @g: the table
 * @ev: the event, its owner named as far as known
 */
void groups_change(struct groups *g, const struct model_group *ev);

/**
 * groups_pick - a member was picked
 * @g: the table
 * @ev: the event, its owner named as far as known
 */
void groups_pick(struct groups *g, const struct model_steer *ev);

/**
 * groups_add - a member was picked so many times more
 * @g: the table
 * @picks: how many, its owner named as far as known
 *
 * For how many clients is not known: such picks are not judged.
 */
void groups_add(struct groups *g, const struct model_picks *picks);

/**
 * groups_name - a socket's owner is known now
 * @g: the table
 * @cookie: the socket
 * @owner: who has it
 */
void groups_name(struct groups *g, uint64_t cookie,
		 const struct model_task *owner);

/**
 * groups_show - an event of this group was shown
 * @g: the table
 * @netns: its namespace
 * @id: its number
 * @proto: tcp or udp
 */
void groups_show(struct groups *g, uint32_t netns, int32_t id,
		 const char *proto);

/**
 * groups_find - a group that is there now
 * @g: the table
 * @netns: its namespace
 * @id: its number
 * @proto: tcp or udp
 *
 * Return: the group, or NULL.
 */
const struct groups_group *groups_find(const struct groups *g, uint32_t netns,
				       int32_t id, const char *proto);

/**
 * groups_peers - who else is in the group of a member
 * @g: the table
 * @group: the group
 * @cookie: the member
 * @owner: whose it is
 * @peers: set
 */
void groups_peers(const struct groups *g, const struct groups_group *group,
		  uint64_t cookie, const struct model_task *owner,
		  struct groups_peers *peers);

/**
 * groups_list - the groups, by namespace, port and time of birth
 * @g: the table
 * @list: set, to be freed
 *
 * Return: their number; 0 also when memory is short.
 */
size_t groups_list(const struct groups *g, const struct groups_group ***list);

/**
 * groups_members - a group's members, by their place in it, those gone last
 * @g: the table
 * @group: the group
 * @list: set, to be freed
 *
 * Return: their number; 0 also when memory is short.
 */
size_t groups_members(const struct groups *g, const struct groups_group *group,
		      const struct groups_member ***list);

/**
 * groups_forgotten - picks of groups that had to be forgotten
 * @g: the table
 */
uint64_t groups_forgotten(const struct groups *g);

#endif
