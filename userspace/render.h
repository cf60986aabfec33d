/* SPDX-License-Identifier: GPL-2.0-only */
/* How events are told: as text for people, as JSON for programs. */
#ifndef REUSETRACE_RENDER_H
#define REUSETRACE_RENDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "groups.h"
#include "model.h"

#define RENDER_NAMES_MAX	64

struct queues;

enum render_timestamp {
	RENDER_TIME_RELATIVE,	/* to the start of COMMAND, or the first event */
	RENDER_TIME_NONE,
	RENDER_TIME_DELTA,	/* to the line before */
	RENDER_TIME_WALL,
};

struct render_config {
	FILE *out;
	struct model *model;	/* for who draws pictures of it */
	struct queues *queues;	/* the same; NULL: not looked up */
	enum render_timestamp timestamp;
	bool color;
	unsigned int width;	/* where long text is broken; 0: nowhere */
	bool all;		/* what went well, too, one by one */
	bool ids;		/* cookies, inodes, namespaces */
	bool quiet;
	bool pair;		/* each refusal comes as conflict and bind */
	uint64_t start;		/* relative times count from here; 0: from the
				 * first event */
	int64_t wall_offset;	/* CLOCK_REALTIME less CLOCK_MONOTONIC, ns */
};

/* What the summary tells beside the model. */
struct render_end {
	uint64_t ts;
	size_t n_unavailable;
	const char *unavailable[RENDER_NAMES_MAX];	/* probes, by name */
	const char *unseen[RENDER_NAMES_MAX];	/* what they would have told */
};

struct render;

struct render_ops {
	void (*bind)(struct render *r, const struct model_bind *ev);
	void (*conflict)(struct render *r, const struct model_conflict *ev);
	void (*steer)(struct render *r, const struct model_steer *ev);
	void (*tw_enter)(struct render *r, const struct model_tw *ev);
	void (*tw_state)(struct render *r, const struct model_tw *ev);
	void (*tw_exit)(struct render *r, const struct model_tw *ev);
	void (*group)(struct render *r, const struct model_group *ev,
		      const struct groups_peers *peers);
	void (*listener)(struct render *r, const struct model_listener *ev);
	void (*migrate)(struct render *r, const struct model_migrate *ev);
	/* An event without a row of its own, in the kernel's words. */
	void (*other)(struct render *r, const struct model_head *head,
		      const char *text);
	void (*output)(struct render *r, const struct model_output *ev);
	void (*lost)(struct render *r, const struct model_lost *ev);
	void (*summary)(struct render *r, struct model *m,
			const struct render_end *end);
	/* The time has come to @now: tell what was held back for a partner. */
	void (*tick)(struct render *r, uint64_t now);
	/* Has a person asked for the end? NULL: nobody can. */
	bool (*ended)(const struct render *r);
	void (*free)(struct render *r);
};

/* Every renderer begins with this. */
struct render {
	const struct render_ops *ops;
	struct render_config config;
};

/**
 * render_text_new - lines that a person understands
 * @config: copied
 *
 * Return: the renderer, to be ended by its ops->free(), or NULL when memory is
 * short.
 */
struct render *render_text_new(const struct render_config *config);

/**
 * render_split_new - two panes: COMMAND's output and the kernel's decisions
 * @config: copied; its out is a terminal
 *
 * Return: as render_text_new().
 */
struct render *render_split_new(const struct render_config *config);

/**
 * render_top_new - a full-screen dashboard
 * @config: copied; terminal_usable()
 *
 * Return: as render_text_new().
 */
struct render *render_top_new(const struct render_config *config);

/**
 * render_json_new - one JSON object a line, schema 1
 * @config: copied
 *
 * Return: as render_text_new().
 */
struct render *render_json_new(const struct render_config *config);

#endif
