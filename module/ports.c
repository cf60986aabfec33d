// SPDX-License-Identifier: GPL-2.0-only
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "ports.h"

#include <linux/kernel.h>
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/string.h>

#define PORTS_MAX 16

struct port_list {
	struct rcu_head rcu;
	unsigned int count;
	u16 port[PORTS_MAX];
};

struct port_list __rcu *ports_wanted;
static DEFINE_MUTEX(wanted_lock);

bool ports_listed(u16 port)
{
	const struct port_list *list;
	bool want = false;
	unsigned int i;

	list = rcu_dereference_sched(ports_wanted);
	if (!list || !port)
		want = true;
	for (i = 0; !want && i < list->count; i++)
		want = list->port[i] == port;
	return want;
}
NOKPROBE_SYMBOL(ports_listed);

static int add_port(struct port_list *list, const char *word)
{
	u16 port;

	if (list->count == PORTS_MAX) {
		pr_err("ports= takes at most %d ports\n", PORTS_MAX);
		return -EINVAL;
	}
	if (kstrtou16(word, 10, &port) || !port) {
		pr_err("ports=: '%s' is not a port; give numbers from 1 to 65535, separated by commas\n",
		       word);
		return -EINVAL;
	}
	list->port[list->count++] = port;
	return 0;
}

static int parse_ports(struct port_list *list, char *words)
{
	char *word;
	int err;

	while ((word = strsep(&words, ",")) != NULL) {
		err = add_port(list, strim(word));
		if (err)
			return err;
	}
	return 0;
}

static void replace_list(struct port_list *list)
{
	struct port_list *old;

	mutex_lock(&wanted_lock);
	old = rcu_replace_pointer(ports_wanted, list, lockdep_is_held(&wanted_lock));
	mutex_unlock(&wanted_lock);
	if (old)
		kfree_rcu(old, rcu);
}

static int ports_set(const char *text, const struct kernel_param *kp)
{
	struct port_list *list = NULL;
	char *copy, *words;
	int err = 0;

	copy = kstrdup(text, GFP_KERNEL);
	if (!copy)
		return -ENOMEM;
	words = strim(copy);
	if (*words) {
		list = kzalloc(sizeof(*list), GFP_KERNEL);
		err = list ? parse_ports(list, words) : -ENOMEM;
	}
	kfree(copy);
	if (err)
		kfree(list);
	else
		replace_list(list);
	return err;
}

static int ports_get(char *buffer, const struct kernel_param *kp)
{
	const struct port_list *list;
	int len = 0;
	unsigned int i;

	rcu_read_lock();
	list = rcu_dereference(ports_wanted);
	for (i = 0; list && i < list->count; i++)
		len += scnprintf(buffer + len, PAGE_SIZE - len, "%s%u",
				 i ? "," : "", list->port[i]);
	rcu_read_unlock();
	return len + scnprintf(buffer + len, PAGE_SIZE - len, "\n");
}

static const struct kernel_param_ops ports_ops = {
	.set = ports_set,
	.get = ports_get,
};

module_param_cb(ports, &ports_ops, NULL, 0600);
MODULE_PARM_DESC(ports, "local ports to trace, separated by commas, at most 16 (default: all)");

void ports_free(void)
{
	kfree(rcu_dereference_protected(ports_wanted, true));
	RCU_INIT_POINTER(ports_wanted, NULL);
}
