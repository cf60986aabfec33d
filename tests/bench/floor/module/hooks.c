// SPDX-License-Identifier: GPL-2.0-only
/*
 * What else could hook a function: an ftrace_ops of one's own, with all registers
 * or with the arguments alone, and an fprobe on return, where there is one. As a
 * kprobe does, the first two take the lock against recursion, which takes
 * preemption off.
 */
#include "hooks.h"

#include <linux/fprobe.h>
#include <linux/ftrace.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include "floor_events.h"

static const struct floor_bind some_bind;
static const struct floor_steer some_steer;
static const struct floor_tw some_tw;

static bool with_event;

/* One of each for a kind of event: no time goes into finding out which. */
#define FTRACE_HOOK(what)						\
static void notrace hook_##what(unsigned long ip, unsigned long parent,	\
				struct ftrace_ops *ops,			\
				struct ftrace_regs *regs)		\
{									\
	int bit = ftrace_test_recursion_trylock(ip, parent);		\
									\
	if (bit < 0)							\
		return;							\
	if (with_event)							\
		trace_floor_##what(&some_##what);			\
	ftrace_test_recursion_unlock(bit);				\
}									\
									\
static struct ftrace_ops ops_##what = { .func = hook_##what }

FTRACE_HOOK(bind);
FTRACE_HOOK(steer);
FTRACE_HOOK(tw);

/* Of the names of a function the kernel has one. */
static struct ftrace_row {
	struct ftrace_ops *ops;
	const char *symbols[3];
} ftrace_rows[] = {
	{ &ops_bind, { "inet_csk_get_port" } },
	{ &ops_steer, { "reuseport_select_sock" } },
	{ &ops_tw, { "inet_twsk_hashdance", "inet_twsk_hashdance_schedule",
		     "inet_twsk_kill" } },
};

static void unhook_ftrace(int rows)
{
	while (rows--)
		unregister_ftrace_function(ftrace_rows[rows].ops);
}

/* False: none of them is there, and no filter at all means every function. */
static bool name_functions(const struct ftrace_row *row)
{
	bool named = false;
	int i;

	for (i = 0; i < ARRAY_SIZE(row->symbols) && row->symbols[i]; i++)
		named |= !ftrace_set_filter(row->ops,
					    (unsigned char *)row->symbols[i],
					    strlen(row->symbols[i]), 0);
	return named;
}

static int hook_ftrace(unsigned long flags)
{
	int i, ret;

	for (i = 0; i < ARRAY_SIZE(ftrace_rows); i++) {
		ftrace_rows[i].ops->flags |= flags;
		ret = name_functions(&ftrace_rows[i]) ?
		      register_ftrace_function(ftrace_rows[i].ops) : -ENOENT;
		if (ret) {
			unhook_ftrace(i);
			return ret;
		}
	}
	return 0;
}

#if IS_ENABLED(CONFIG_FPROBE)
#define ON_RETURN(what)							\
static void notrace on_return_##what(struct fprobe *fp, unsigned long ip, \
				     unsigned long parent,		\
				     struct pt_regs *regs, void *data)	\
{									\
	if (with_event)							\
		trace_floor_##what(&some_##what);			\
}									\
									\
static struct fprobe fprobe_##what = { .exit_handler = on_return_##what }

ON_RETURN(bind);
ON_RETURN(steer);

static int hook_returns(void)
{
	int ret = register_fprobe(&fprobe_bind, "inet_csk_get_port", NULL);

	if (ret)
		return ret;
	ret = register_fprobe(&fprobe_steer, "reuseport_select_sock", NULL);
	if (ret)
		unregister_fprobe(&fprobe_bind);
	return ret;
}

static void unhook_returns(void)
{
	unregister_fprobe(&fprobe_bind);
	unregister_fprobe(&fprobe_steer);
}
#else
static int hook_returns(void)
{
	return -EOPNOTSUPP;
}

static void unhook_returns(void)
{
}
#endif

static bool of_returns;

int hooks_arm(const char *mode)
{
	with_event = strstr(mode, "-event");
	of_returns = strstarts(mode, "fprobe");
	if (of_returns)
		return hook_returns();
	return hook_ftrace(strstarts(mode, "regs") ? FTRACE_OPS_FL_SAVE_REGS :
						     0);
}

void hooks_disarm(void)
{
	if (of_returns)
		unhook_returns();
	else
		unhook_ftrace(ARRAY_SIZE(ftrace_rows));
}
