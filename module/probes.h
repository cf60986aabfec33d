/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The probes, a row each: where, what runs there, what is lost without it.
 * Rows are armed one by one; a kernel that lacks a function keeps the rest.
 */
#ifndef REUSETRACE_PROBES_H
#define REUSETRACE_PROBES_H

#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/stringify.h>
#include <linux/types.h>

#define PROBE_SYMBOLS_MAX 3

/*
 * What the handlers of @function take it to be. No header declares the static
 * functions we probe, so this goes into the module's information, and doctor
 * compares it with the kernel's own type information.
 */
#define PROBE_EXPECTS(function, prototype)				\
	MODULE_INFO(expects, __stringify(function) " " prototype)

struct probe {
	/* What the row says. */
	const char *symbols[PROBE_SYMBOLS_MAX];	/* the name, then its aliases */
	const char *loses;	/* what is not seen without it */
	bool absent;		/* this kernel does its work elsewhere */
	kprobe_pre_handler_t at_entry;		/* a kprobe has this, */
	kretprobe_handler_t on_entry;		/* a kretprobe these two, */
	kretprobe_handler_t on_return;
	size_t data_size;			/* this for an instance, */
	/* and this, asked before any of it: is the call of interest? */
	bool (*wants)(struct pt_regs *regs);

	/* What became of it. */
	struct kretprobe krp;	/* a kprobe uses its krp.kp alone */
	kprobe_pre_handler_t follow;	/* the kernel's own for a kretprobe */
	unsigned long __percpu *hits;
	int error;		/* 0: armed */
};

/* All rows of one subject, in arming order. */
struct probe_table {
	struct probe *rows;
	unsigned int count;
};

extern const struct probe_table bind_tcp_probes;
extern const struct probe_table bind_udp_probes;
extern const struct probe_table group_probes;
extern const struct probe_table listener_probes;
extern const struct probe_table steer_probes;
extern const struct probe_table timewait_probes;

/**
 * probe_hit - count a kprobe's hit; the first thing its handler does
 * @kp: what the handler was given
 */
static inline void probe_hit(struct kprobe *kp)
{
	struct probe *probe = container_of(kp, struct probe, krp.kp);

	this_cpu_inc(*probe->hits);
}

/**
 * probe_hit_return - count a kretprobe's hit; in its entry handler
 * @ri: what the handler was given
 */
void probe_hit_return(struct kretprobe_instance *ri);

/**
 * probes_arm - arm every row that this kernel has
 *
 * Return: 0, also when some rows could not be armed; -ENODEV when none could,
 * -ENOMEM.
 */
int probes_arm(void);

/**
 * probes_disarm - undo probes_arm(); no handler runs any more afterwards
 */
void probes_disarm(void);

#endif
