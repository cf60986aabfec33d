/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the viewer knows: events as plain values, sockets by cookie, ports by
 * who listened last, counters; groups.h and timewaits.h hold the rest. No I/O.
 *
 * Memory is bounded: MODEL_SOCKS sockets and MODEL_PORTS ports, the longest
 * unused one forgotten first.
 */
#ifndef REUSETRACE_MODEL_H
#define REUSETRACE_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MODEL_SOCKS	16384
#define MODEL_PORTS	4096
#define MODEL_COUNTERS	64
#define MODEL_NAME_LEN	32
#define MODEL_COMM_LEN	17
#define MODEL_NAMES_MAX	8
#define MODEL_NO_UID	UINT32_MAX

/* A process. pid 0: not known. */
struct model_task {
	int32_t pid;
	char comm[MODEL_COMM_LEN];
	const char *cgroup;	/* NULL: not known; lives as long as the owners */
};

/* family 0: none. */
struct model_addr {
	uint16_t family;
	uint16_t port;		/* host order */
	uint8_t bytes[16];
};

/* The names a flag field stands for. */
struct model_names {
	size_t n;
	char name[MODEL_NAMES_MAX][MODEL_NAME_LEN];
};

/* What every event of the kernel has; the filter looks at nothing else. */
struct model_head {
	const char *type;	/* the event's name; lives as long as decode */
	uint64_t ts;		/* CLOCK_MONOTONIC, ns */
	int cpu;
	bool has_netns;
	uint32_t netns;
	struct model_task task;	/* who was running, in process context only */
	int32_t owner_pid;	/* whose socket it is about, 0: not known */
	int32_t other_pid;	/* a second one it is about */
	const char *owner_cgroup;	/* their control groups, NULL: not known */
	const char *other_cgroup;
	char proto[MODEL_NAME_LEN];	/* "": not told */
	uint16_t family;	/* 0: not told */
	uint16_t port;
	uint16_t other_port;	/* port 0 was asked for, this one was got */
	bool failed;
};

/* One socket as an event tells it. Zero cookie or inode: it has none. */
struct model_sock {
	uint64_t cookie;
	uint64_t inode;
	uint32_t uid;		/* MODEL_NO_UID: not known */
	int32_t ifindex;
	char family[MODEL_NAME_LEN];
	struct model_addr addr;
	bool reuseaddr;
	bool reuseport;
	bool v6only;
};

struct model_bind {
	struct model_head head;
	struct model_sock sock;
	char op[MODEL_NAME_LEN];
	char result[MODEL_NAME_LEN];
	char why[MODEL_NAME_LEN];	/* "": not told */
	bool ok;
	uint16_t bound_port;		/* 0: none */
	int32_t owners;			/* -1: not seen */
	int32_t over_time_wait;		/* -1: not seen */
	int64_t passed_over;		/* -1: not told */
	bool truncated;
};

/* What is known of TIME_WAIT on a port when a bind comes. */
struct model_time_wait {
	int64_t left_ms;	/* of the holder; -1: not known */
	uint32_t count;		/* on the port, as far as seen */
	int64_t oldest_ms;	/* how long the oldest has been there */
	int64_t free_ms;	/* until the last of them is gone; -1: not known */
};

struct model_conflict {
	struct model_head head;
	struct model_sock sock;
	struct model_sock holder;	/* addr.family 0: nobody to be named */
	struct model_addr holder_peer;
	struct model_task holder_task;
	bool holder_server;	/* holder_task only listened on that port */
	uint32_t holder_owners;	/* processes that have it open, 0: not known */
	struct model_time_wait time_wait;
	char holder_state[MODEL_NAME_LEN];
	bool holder_orphan;
	char op[MODEL_NAME_LEN];
	char rule[MODEL_NAME_LEN];
	char overlap[MODEL_NAME_LEN];	/* "": not told */
	struct model_names reuseaddr_blocked;
	struct model_names reuseport_blocked;
	bool inferred;
	bool truncated;
};

struct model_steer {
	struct model_head head;
	char family[MODEL_NAME_LEN];
	struct model_addr src;
	struct model_addr dst;
	struct model_names tcp_flags;	/* of the packet; none: not told */
	uint32_t hash;
	int32_t group;		/* -1: none yet */
	uint32_t size;
	int32_t index;		/* -1: none */
	char via[MODEL_NAME_LEN];
	uint64_t cookie;
	uint64_t inode;
	struct model_task owner;
	uint32_t owners;	/* processes that have it open, 0: not known */
	bool inferred;
	bool not_final;		/* the caller may choose again */
	bool redirected;	/* it was sent to another port than the group's */
};

/* Picks of one member that were counted, not told; head has no time. */
struct model_picks {
	struct model_head head;
	struct model_addr addr;		/* of the group */
	int32_t group;
	uint32_t size;
	uint64_t cookie;		/* 0: nobody was picked */
	uint64_t inode;
	struct model_task owner;
	uint32_t owners;
	uint64_t opened;		/* for a SYN or a datagram */
	uint64_t others;
};

/* tw_enter, tw_state and tw_exit. */
struct model_tw {
	struct model_head head;
	char family[MODEL_NAME_LEN];
	struct model_addr addr;
	struct model_addr peer;
	uint64_t cookie;
	uint64_t inode;
	char substate[MODEL_NAME_LEN];	/* of tw_enter and tw_exit */
	char from[MODEL_NAME_LEN];	/* of tw_state */
	char to[MODEL_NAME_LEN];
	char reason[MODEL_NAME_LEN];	/* of tw_exit */
	int64_t timeout_ms;
	int64_t left_ms;
	bool reuseaddr;
	bool reuseport;
	bool overflow;
	bool inferred;
	bool both_closed;	/* at once, of tw_enter */
	bool tproxy;		/* ended it, of tw_exit */
	int8_t tcp_tw_reuse;	/* when connect() took it over, or one of */
#define MODEL_TW_REUSE_UNASKED	-1	/* bind() had chosen the port */
#define MODEL_TW_REUSE_UNKNOWN	-2
	bool closer;		/* owner was seen to close it, of tw_enter */
	/* What the table of TIME_WAITs adds. */
	bool seen_enter;
	int64_t lived_ms;	/* -1: not known */
	struct model_task owner;	/* of the socket it was */
	bool server;		/* owner only listened on that port */
};

struct model_group {
	struct model_head head;
	char family[MODEL_NAME_LEN];
	char action[MODEL_NAME_LEN];
	struct model_addr addr;
	uint64_t cookie;
	uint64_t inode;
	int32_t group;
	uint32_t size;		/* afterwards */
	uint32_t closed;	/* listeners that closed and stay */
	struct model_task owner;
	uint32_t owners;	/* processes that have it open, 0: not known */
};

struct model_listener {
	struct model_head head;
	char family[MODEL_NAME_LEN];
	struct model_addr addr;
	uint64_t cookie;
	int32_t group;		/* -1: none */
	uint32_t unaccepted;
	uint32_t reset;
	uint32_t migrated;
	bool inferred;
};

struct model_migrate {
	struct model_head head;
	int32_t group;		/* -1: none */
	uint64_t from;		/* 0: none */
	uint64_t to;
	char stage[MODEL_NAME_LEN];
	char result[MODEL_NAME_LEN];
	struct model_task from_owner;
	struct model_task to_owner;
};

/* A line the COMMAND, or a child of it, wrote. */
struct model_output {
	uint64_t ts;
	const char *stream;	/* stdout or stderr */
	struct model_task task;
	const char *line;	/* without its end; not terminated */
	size_t len;
};

/* Events that happened and are not shown. */
struct model_lost {
	uint64_t ts;
	const char *where;	/* ring-buffer, kprobe, kretprobe or picks */
	const char *probe;	/* NULL: no probe */
	int64_t count;		/* -1: not known */
};

struct model_counter {
	char name[MODEL_NAME_LEN];
	uint64_t count;
};

struct model_counters {
	size_t n;
	struct model_counter at[MODEL_COUNTERS];
};

/* Sums of what was shown. */
struct model_sums {
	struct model_counters types;	/* events, by name */
	struct model_counters rules;	/* refusals */
	struct model_counters results;	/* binds and listens */
	struct model_counters reasons;	/* ends of TIME_WAIT */
	uint64_t unseen;		/* of them, began before we looked, or lost */
	uint64_t entered;		/* TIME_WAITs born */
	uint64_t overflowed;		/* and not born for want of room */
	uint64_t closes;		/* listeners */
	uint64_t unaccepted;		/* connections they had then */
	uint64_t reset;
	uint64_t migrated;
	uint64_t picks;		/* counted, without an event each */
};

struct model;
struct groups;
struct timewaits;

/**
 * model_new - an empty model
 *
 * Return: the model, or NULL when memory is short.
 */
struct model *model_new(void);

/**
 * model_free - forget everything
 * @m: the model, or NULL
 */
void model_free(struct model *m);

/**
 * model_learn - remember who has a socket
 * @m: the model
 * @cookie: the socket; 0 is nobody and not remembered
 * @inode: its inode, 0: not known
 * @task: who has it; pid 0 leaves the last known name standing
 */
void model_learn(struct model *m, uint64_t cookie, uint64_t inode,
		 const struct model_task *task);

/**
 * model_owner - who had a socket last
 * @m: the model
 * @cookie: the socket
 * @task: set to its last known owner
 *
 * Return: false when nothing is known; @task is then left alone.
 */
bool model_owner(struct model *m, uint64_t cookie, struct model_task *task);

/**
 * model_comm - the last known name of a process
 * @m: the model
 * @task: its pid set; comm is filled in
 *
 * Return: false when no event named that process.
 */
bool model_comm(const struct model *m, struct model_task *task);

/**
 * model_listens - remember who has a port
 * @m: the model
 * @netns: its namespace
 * @port: the port
 * @task: who listens on it, or has bound it
 */
void model_listens(struct model *m, uint32_t netns, uint16_t port,
		   const struct model_task *task);

/**
 * model_listener - who had a port last
 * @m: the model
 * @netns: its namespace
 * @port: the port
 * @task: set to that process
 *
 * Return: false when nothing is known; @task is then left alone.
 */
bool model_listener(struct model *m, uint32_t netns, uint16_t port,
		    struct model_task *task);

/**
 * model_count - count an event that is shown
 * @m: the model
 * @type: the event's name
 */
void model_count(struct model *m, const char *type);

/**
 * model_count_bind - count the outcome of a bind or listen
 * @m: the model
 * @ev: the event
 */
void model_count_bind(struct model *m, const struct model_bind *ev);

/**
 * model_count_conflict - count a refusal by its rule
 * @m: the model
 * @ev: the event
 */
void model_count_conflict(struct model *m, const struct model_conflict *ev);

/**
 * model_count_enter - count a TIME_WAIT, or one that found no room
 * @m: the model
 * @ev: its tw_enter
 */
void model_count_enter(struct model *m, const struct model_tw *ev);

/**
 * model_count_exit - count the end of a TIME_WAIT by its reason
 * @m: the model
 * @ev: its tw_exit
 */
void model_count_exit(struct model *m, const struct model_tw *ev);

/**
 * model_count_listener - count a listener that closed
 * @m: the model
 * @ev: the event
 */
void model_count_listener(struct model *m, const struct model_listener *ev);

/**
 * model_count_picks - count picks that had no event
 * @m: the model
 * @picks: how many
 */
void model_count_picks(struct model *m, uint64_t picks);

/**
 * model_lost - count events that were lost
 * @m: the model
 * @ev: what was lost, and where
 */
void model_lost(struct model *m, const struct model_lost *ev);

/**
 * model_sums - the sums of what was shown
 * @m: the model
 */
const struct model_sums *model_sums(const struct model *m);

/**
 * model_groups - the SO_REUSEPORT groups
 * @m: the model
 */
struct groups *model_groups(struct model *m);

/**
 * model_timewaits - the TIME_WAITs that are alive
 * @m: the model
 */
struct timewaits *model_timewaits(struct model *m);

/**
 * model_lost_events - events the ring buffer lost, as far as counted
 * @m: the model
 */
uint64_t model_lost_events(const struct model *m);

/**
 * model_missed_calls - calls the probes missed
 * @m: the model
 */
uint64_t model_missed_calls(const struct model *m);

/**
 * model_lossy - was anything lost, counted or not?
 * @m: the model
 */
bool model_lossy(const struct model *m);

#endif
