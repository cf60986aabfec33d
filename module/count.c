// SPDX-License-Identifier: GPL-2.0-only
#include "count.h"

#include <linux/debugfs.h>
#include <linux/err.h>
#include <linux/hash.h>
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/seq_file.h>
#include <linux/vmalloc.h>

#include "instance.h"
#include "sockread.h"

#define SLOT_BITS	12
#define SLOTS		(1 << SLOT_BITS)
#define TRIES		32	/* handlers do not look further */

/* One member, as one CPU has picked it. */
struct count_slot {
	u64 key;		/* 0: free */
	u64 cookie;		/* 0: nobody was picked */
	u64 opened;
	u64 others;
	u64 inode;
	struct in6_addr addr;
	u32 netns;
	s32 group;
	u16 family;
	u16 port;
	u16 size;		/* of the group, at the last pick */
	u8 proto;
};

/* Only its own CPU writes it, with softirqs off: that is where picks are made. */
struct count_table {
	u64 lost;		/* found no slot */
	struct count_slot slot[SLOTS];
};

DEFINE_STATIC_KEY_FALSE(count_key);

static DEFINE_MUTEX(lock);	/* the two numbers; tables come and go under it */
static unsigned int openers;
static unsigned int silencers;	/* of them: those who want no events besides */
static struct count_table __rcu *tables;	/* nr_cpu_ids of them, or NULL */
static struct dentry *folder;

static u64 key_of(u64 cookie, s32 group)
{
	/* Cookies count up from 1: the group's bits stay apart from theirs. */
	return cookie ^ (u64)(group + 2) << 40;
}
NOKPROBE_SYMBOL(key_of);

/* What does not change is written first: a reader looks for the key. */
static void describe(struct count_slot *slot, u64 key, s32 group,
		     const struct sock *sk, const struct sock *picked)
{
	struct sock_desc desc;

	sockread_desc(sk, &desc);
	slot->cookie = picked ? sockread_cookie(picked) : 0;
	slot->inode = picked ? sockread_inode(picked) : 0;
	slot->addr = desc.addr;
	slot->netns = desc.netns;
	slot->group = group;
	slot->family = desc.family;
	slot->port = desc.port;
	slot->proto = desc.proto;
	/* Partner: picks_show(). */
	smp_store_release(&slot->key, key);
}
NOKPROBE_SYMBOL(describe);

/* Its slot, or a free one, or NULL. */
static struct count_slot *slot_of(struct count_table *table, u64 key)
{
	struct count_slot *slot;
	u32 at = hash_64(key, SLOT_BITS), i;

	for (i = 0; i < TRIES; i++) {
		slot = &table->slot[(at + i) % SLOTS];
		if (slot->key == key || !slot->key)
			return slot;
	}
	return NULL;
}
NOKPROBE_SYMBOL(slot_of);

void count_pick(const struct sock *sk, struct sock *picked, bool opens)
{
	struct count_table *table = rcu_dereference_sched(tables);
	struct count_slot *slot;
	u16 size = 0, closed;
	s32 group = -1;
	u64 key;

	if (!table)
		return;
	table += raw_smp_processor_id();
	if (IS_ERR(picked))
		picked = NULL;
	sockread_group(sk, &group, &size, &closed);
	key = key_of(picked ? sockread_cookie(picked) : 0, group);
	slot = slot_of(table, key);
	if (!slot) {
		WRITE_ONCE(table->lost, table->lost + 1);
		return;
	}
	if (!slot->key)
		describe(slot, key, group, sk, picked);
	WRITE_ONCE(slot->size, size);
	if (opens)
		WRITE_ONCE(slot->opened, slot->opened + 1);
	else
		WRITE_ONCE(slot->others, slot->others + 1);
}
NOKPROBE_SYMBOL(count_pick);

/* Position 0 is the head, then every slot of every CPU. */
static void *picks_start(struct seq_file *file, loff_t *pos)
{
	return *pos <= (loff_t)nr_cpu_ids * SLOTS ? pos : NULL;
}

static void *picks_next(struct seq_file *file, void *v, loff_t *pos)
{
	++*pos;
	return picks_start(file, pos);
}

static void picks_stop(struct seq_file *file, void *v)
{
}

static void show_head(struct seq_file *file, const struct count_table *table)
{
	unsigned int cpu;
	u64 lost = 0;

	for (cpu = 0; cpu < nr_cpu_ids; cpu++)
		lost += READ_ONCE(table[cpu].lost);
	seq_printf(file, "lost %llu\n", lost);
}

/* Whoever reads has it open, so the tables stay. */
static int picks_show(struct seq_file *file, void *v)
{
	const struct count_table *table = rcu_dereference_protected(tables, true);
	u64 at = *(loff_t *)v - 1;
	const struct count_slot *slot;

	if (at == U64_MAX) {
		show_head(file, table);
		return 0;
	}
	slot = &table[at / SLOTS].slot[at % SLOTS];
	/* Partner: describe(). */
	if (!smp_load_acquire(&slot->key))
		return 0;
	seq_printf(file, "%llu %u %s %d %pI6c %u %d %u %llu %llu %llu %llu\n",
		   at,
		   slot->netns, slot->proto == IPPROTO_TCP ? "tcp" : "udp",
		   slot->family == AF_INET6 ? 6 : 4, &slot->addr, slot->port,
		   slot->group, READ_ONCE(slot->size), slot->cookie, slot->inode,
		   READ_ONCE(slot->opened), READ_ONCE(slot->others));
	return 0;
}

static const struct seq_operations picks_ops = {
	.start	= picks_start,
	.next	= picks_next,
	.stop	= picks_stop,
	.show	= picks_show,
};

static int begin(void)
{
	struct count_table *table = vzalloc(array_size(nr_cpu_ids,
						       sizeof(*table)));

	if (!table)
		return -ENOMEM;
	rcu_assign_pointer(tables, table);
	static_branch_enable(&count_key);
	return 0;
}

static void end(void)
{
	struct count_table *table = rcu_dereference_protected(tables, true);

	static_branch_disable(&count_key);
	RCU_INIT_POINTER(tables, NULL);
	/* Handlers run with preemption off. */
	synchronize_rcu();
	vfree(table);
}

/* The file's own data says whether events are written besides. */
static bool is_silent(const struct inode *inode)
{
	return inode->i_private;
}

static int picks_open(struct inode *inode, struct file *file)
{
	int err = seq_open(file, &picks_ops);

	if (err)
		return err;
	mutex_lock(&lock);
	if (!openers)
		err = begin();
	if (!err) {
		openers++;
		if (is_silent(inode) && !silencers++)
			instance_steer(false);
	}
	mutex_unlock(&lock);
	if (err)
		seq_release(inode, file);
	return err;
}

static int picks_release(struct inode *inode, struct file *file)
{
	mutex_lock(&lock);
	if (is_silent(inode) && !--silencers)
		instance_steer(true);
	if (!--openers)
		end();
	mutex_unlock(&lock);
	return seq_release(inode, file);
}

static const struct file_operations picks_files = {
	.owner		= THIS_MODULE,
	.open		= picks_open,
	.read		= seq_read,
	.llseek		= seq_lseek,
	.release	= picks_release,
};

void count_create(void)
{
	folder = debugfs_create_dir(KBUILD_MODNAME, NULL);
	debugfs_create_file("picks", 0400, folder, NULL, &picks_files);
	debugfs_create_file("picks_silent", 0400, folder, &count_key,
			    &picks_files);
}

void count_destroy(void)
{
	debugfs_remove_recursive(folder);
}
