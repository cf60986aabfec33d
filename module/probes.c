// SPDX-License-Identifier: GPL-2.0-only
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "probes.h"

#include <linux/cpumask.h>
#include <linux/kernel.h>
#include <linux/moduleparam.h>
#include <linux/percpu.h>
#include <linux/string.h>

#include "compat.h"

/*
 * An instance stays taken while the probed function sleeps, so as many binds
 * as are preempted or wait inside it at once.
 */
#define MAXACTIVE_MIN 64

#define PROBES_MAX 64	/* rows in all tables together */

static const struct probe_table *const tables[] = {
	&bind_tcp_probes,
	&bind_udp_probes,
	&group_probes,
	&listener_probes,
	&steer_probes,
	&timewait_probes,
};

#define for_each_probe(t, p)						\
	for ((t) = 0; (t) < ARRAY_SIZE(tables); (t)++)			\
		for ((p) = tables[t]->rows;				\
		     (p) < tables[t]->rows + tables[t]->count; (p)++)

static char *fail_probe;
module_param(fail_probe, charp, 0400);
MODULE_PARM_DESC(fail_probe, "for tests: act as if the kernel lacked this function");

void probe_hit_return(struct kretprobe_instance *ri)
{
	struct kretprobe *krp = compat_kretprobe_of(ri);

	/* NULL while the probe is being taken away. */
	if (krp)
		this_cpu_inc(*container_of(krp, struct probe, krp)->hits);
}
NOKPROBE_SYMBOL(probe_hit_return);

static bool is_kretprobe(const struct probe *probe)
{
	return probe->on_return;
}

/*
 * A kretprobe whose entry handler turns a call down has already taken an
 * instance and must give it back: half as dear again as a kprobe. So we stand
 * before the kernel's handler and call it for what is wanted only.
 */
static int ask_first(struct kprobe *kp, struct pt_regs *regs)
{
	struct probe *probe = container_of(kp, struct probe, krp.kp);

	return probe->wants(regs) ? probe->follow(kp, regs) : 0;
}
NOKPROBE_SYMBOL(ask_first);

/* Registered asleep, so that no call comes before ask_first() is in place. */
static int register_asking(struct probe *probe)
{
	int err;

	probe->krp.kp.flags = KPROBE_FLAG_DISABLED;
	err = register_kretprobe(&probe->krp);
	if (err)
		return err;
	probe->follow = probe->krp.kp.pre_handler;
	probe->krp.kp.pre_handler = ask_first;
	err = enable_kretprobe(&probe->krp);
	if (err)
		unregister_kretprobe(&probe->krp);
	return err;
}

static int register_at(struct probe *probe, const char *symbol)
{
	/* A failed attempt leaves the address behind. */
	memset(&probe->krp, 0, sizeof(probe->krp));
	probe->krp.kp.symbol_name = symbol;
	if (!is_kretprobe(probe)) {
		probe->krp.kp.pre_handler = probe->at_entry;
		return register_kprobe(&probe->krp.kp);
	}
	probe->krp.entry_handler = probe->on_entry;
	probe->krp.handler = probe->on_return;
	probe->krp.data_size = probe->data_size;
	probe->krp.maxactive = max_t(int, MAXACTIVE_MIN,
				     4 * num_possible_cpus());
	return probe->wants ? register_asking(probe) :
			      register_kretprobe(&probe->krp);
}

static int register_by_any_name(struct probe *probe)
{
	int i, err = -ENOENT;

	if (fail_probe && !strcmp(fail_probe, probe->symbols[0]))
		return err;
	for (i = 0; i < PROBE_SYMBOLS_MAX && probe->symbols[i]; i++) {
		err = register_at(probe, probe->symbols[i]);
		if (err != -ENOENT)
			break;
	}
	return err;
}

/* Somebody may be reading the parameter "probes", during insmod or rmmod. */
static void drop_hits(struct probe *probe)
{
	kernel_param_lock(THIS_MODULE);
	free_percpu(probe->hits);
	probe->hits = NULL;
	kernel_param_unlock(THIS_MODULE);
}

static void arm(struct probe *probe)
{
	probe->hits = alloc_percpu(unsigned long);
	probe->error = probe->hits ? register_by_any_name(probe) : -ENOMEM;
	if (!probe->error)
		return;
	drop_hits(probe);
	pr_warn("cannot probe %s (error %d); not seen: %s\n",
		probe->symbols[0], probe->error, probe->loses);
}

static bool is_armed(const struct probe *probe)
{
	return !probe->absent && !probe->error && probe->hits;
}

int probes_arm(void)
{
	unsigned int t, armed = 0, wanted = 0;
	struct probe *probe;

	for_each_probe(t, probe) {
		if (probe->absent || WARN_ON(wanted == PROBES_MAX))
			continue;
		arm(probe);
		/* Not this kernel's gap: the next insmod may have all. */
		if (probe->error == -ENOMEM) {
			probes_disarm();
			return -ENOMEM;
		}
		wanted++;
		armed += is_armed(probe);
	}
	if (!armed) {
		pr_err("none of the %u probes could be armed\n", wanted);
		return -ENODEV;
	}
	pr_info("%u of %u probes armed\n", armed, wanted);
	return 0;
}

static void free_hits(void)
{
	struct probe *probe;
	unsigned int t;

	for_each_probe(t, probe)
		drop_hits(probe);
}

/* All at once: each call waits until no CPU runs a handler any more. */
void probes_disarm(void)
{
	static struct kretprobe *kretprobes[PROBES_MAX];
	static struct kprobe *kprobes[PROBES_MAX];
	int nr_kretprobes = 0, nr_kprobes = 0;
	struct probe *probe;
	unsigned int t;

	for_each_probe(t, probe) {
		if (!is_armed(probe))
			continue;
		if (is_kretprobe(probe))
			kretprobes[nr_kretprobes++] = &probe->krp;
		else
			kprobes[nr_kprobes++] = &probe->krp.kp;
	}
	unregister_kprobes(kprobes, nr_kprobes);
	unregister_kretprobes(kretprobes, nr_kretprobes);
	free_hits();
}

static unsigned long hits_of(const struct probe *probe)
{
	unsigned long sum = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		sum += *per_cpu_ptr(probe->hits, cpu);
	return sum;
}

static unsigned long missed_of(const struct probe *probe)
{
	unsigned long missed = probe->krp.kp.nmissed;

	return is_kretprobe(probe) ? missed + probe->krp.nmissed : missed;
}

static int report(char *buffer, size_t size, const struct probe *probe)
{
	const char *kind = is_kretprobe(probe) ? "kretprobe" : "kprobe";

	if (!is_armed(probe))
		return scnprintf(buffer, size,
				 "%s\t%s\tunavailable\t0\t0\t%s (error %d)\n",
				 probe->symbols[0], kind, probe->loses,
				 probe->error);
	return scnprintf(buffer, size, "%s\t%s\tarmed\t%lu\t%lu\t%s\n",
			 probe->symbols[0], kind, hits_of(probe),
			 missed_of(probe), probe->loses);
}

/* One line per probe, tab separated: name, kind, state, hits, missed, loses. */
static int probes_get(char *buffer, const struct kernel_param *kp)
{
	struct probe *probe;
	unsigned int t;
	int len = 0;

	for_each_probe(t, probe)
		if (!probe->absent)
			len += report(buffer + len, PAGE_SIZE - len, probe);
	return len;
}

static int probes_set(const char *text, const struct kernel_param *kp)
{
	return -EPERM;
}

static const struct kernel_param_ops probes_ops = {
	.set = probes_set,
	.get = probes_get,
};

module_param_cb(probes, &probes_ops, NULL, 0400);
MODULE_PARM_DESC(probes, "read only: each probe's name, kind, state, hits, misses and what is lost without it");
