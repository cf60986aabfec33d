// SPDX-License-Identifier: GPL-2.0-only
/*
 * For the benchmark only: the least that a probe with an event can cost. The
 * probe is of the kind that its path needs, the event is as long as
 * reusetrace's and copies a constant. mode=empty leaves the event out, mode=skip
 * has the entry handlers of kretprobes turn the return down. The other modes
 * hook the same functions by other means: hooks.h.
 */
#include <linux/kernel.h>
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/string.h>

#include "floor_events.h"
#include "hooks.h"

static char *mode = "event";
module_param(mode, charp, 0400);
MODULE_PARM_DESC(mode, "event, empty, skip; regs-, args- or fprobe-empty or -event");

static bool with_event, with_return, by_hooks;

static const struct floor_bind some_bind;
static const struct floor_steer some_steer;
static const struct floor_tw some_tw;

static int enter(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	return !with_return;
}
NOKPROBE_SYMBOL(enter);

static int return_bind(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	if (with_event)
		trace_floor_bind(&some_bind);
	return 0;
}
NOKPROBE_SYMBOL(return_bind);

static int return_steer(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	if (with_event)
		trace_floor_steer(&some_steer);
	return 0;
}
NOKPROBE_SYMBOL(return_steer);

static int at_time_wait(struct kprobe *kp, struct pt_regs *regs)
{
	if (with_event)
		trace_floor_tw(&some_tw);
	return 0;
}
NOKPROBE_SYMBOL(at_time_wait);

#define RETURN_OF(symbol, what) {					\
	.kp.symbol_name = symbol,					\
	.entry_handler = enter,						\
	.handler = what,						\
	.maxactive = 64,						\
}

static struct kretprobe on_return[] = {
	RETURN_OF("inet_csk_get_port", return_bind),
	RETURN_OF("udp_lib_get_port", return_bind),
	RETURN_OF("reuseport_select_sock", return_steer),
};

/* The name of the first depends on the kernel: two rows, one takes. */
static struct kprobe at_entry[] = {
	{ .symbol_name = "inet_twsk_hashdance", .pre_handler = at_time_wait },
	{ .symbol_name = "inet_twsk_hashdance_schedule",
	  .pre_handler = at_time_wait },
	{ .symbol_name = "inet_twsk_kill", .pre_handler = at_time_wait },
};

static void disarm(void)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(on_return); i++)
		if (on_return[i].kp.addr)
			unregister_kretprobe(&on_return[i]);
	for (i = 0; i < ARRAY_SIZE(at_entry); i++)
		if (at_entry[i].addr)
			unregister_kprobe(&at_entry[i]);
}

static int __init floor_init(void)
{
	int i;

	by_hooks = strchr(mode, '-');
	if (by_hooks)
		return hooks_arm(mode);
	with_event = !strcmp(mode, "event");
	with_return = strcmp(mode, "skip");
	for (i = 0; i < ARRAY_SIZE(on_return); i++)
		if (register_kretprobe(&on_return[i]))
			on_return[i].kp.addr = NULL;
	for (i = 0; i < ARRAY_SIZE(at_entry); i++)
		if (register_kprobe(&at_entry[i]))
			at_entry[i].addr = NULL;
	return 0;
}
module_init(floor_init);

static void __exit floor_exit(void)
{
	if (by_hooks)
		hooks_disarm();
	else
		disarm();
}
module_exit(floor_exit);

MODULE_DESCRIPTION("reusetrace's benchmark: bare probes and events");
MODULE_LICENSE("GPL");
