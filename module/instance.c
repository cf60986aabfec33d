// SPDX-License-Identifier: GPL-2.0-only
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "instance.h"

#include <linux/completion.h>
#include <linux/err.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/kthread.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/module.h>
#include <linux/mount.h>
#include <linux/sched/task.h>
#include <linux/trace.h>
#include <linux/trace_events.h>
#include <linux/uaccess.h>

#include "compat.h"

#define NAME "reusetrace"

static unsigned int buffer_kb = 1408;
module_param(buffer_kb, uint, 0400);
MODULE_PARM_DESC(buffer_kb, "size of the ring buffer of each CPU in KiB (default 1408, the kernel's own)");

static struct trace_array *instance;

/* Hand @text to a tracefs file in the way its write method wants it. */
static int write_user(struct file *file, const char *text)
{
	size_t len = strlen(text);
	unsigned long page;
	loff_t pos = 0;
	ssize_t ret = -EFAULT;

	page = vm_mmap(NULL, 0, PAGE_SIZE, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, 0);
	if (IS_ERR_VALUE(page))
		return page;
	if (!copy_to_user((void __user *)page, text, len))
		ret = file->f_op->write(file, (const char __user *)page, len,
					&pos);
	vm_munmap(page, PAGE_SIZE);
	return ret < 0 ? ret : 0;
}

/*
 * Clock and buffer size of an instance can be set through its tracefs files
 * only: the setters are not exported, and kernel_write() refuses files that
 * have no write_iter(). So we do what `echo mono >trace_clock` does, in the
 * memory of the process that loads us, on a mount of our own, mounted or not
 * elsewhere.
 */
static int write_setting(struct vfsmount *mnt, const char *file_name,
			 const char *text)
{
	struct file *file;
	char path[64];
	int err;

	snprintf(path, sizeof(path), "instances/" NAME "/%s", file_name);
	file = compat_open_below(mnt, path, O_WRONLY);
	if (IS_ERR(file)) {
		err = PTR_ERR(file);
	} else {
		err = file->f_op->write ? write_user(file, text) : -EINVAL;
		__fput_sync(file);
	}
	if (err)
		pr_err("cannot set %s to %s (error %d)\n", file_name, text, err);
	return err;
}

static int apply_settings(void)
{
	struct file_system_type *tracefs = get_fs_type("tracefs");
	struct vfsmount *mnt;
	char kb[16];
	int err;

	if (!tracefs) {
		pr_err("this kernel has no tracefs\n");
		return -ENODEV;
	}
	/* tracefs is always built in: there is no module to release again. */
	mnt = kern_mount(tracefs);
	if (IS_ERR(mnt)) {
		pr_err("cannot mount tracefs (error %ld)\n", PTR_ERR(mnt));
		return PTR_ERR(mnt);
	}
	snprintf(kb, sizeof(kb), "%u", buffer_kb);
	err = write_setting(mnt, "trace_clock", "mono");
	if (!err)
		err = write_setting(mnt, "buffer_size_kb", kb);
	kern_unmount(mnt);
	return err;
}

/* What the thread needs, and when it has done it. */
struct settings {
	struct mm_struct *mm;
	struct completion done;
};

static int settings_thread(void *data)
{
	struct settings *settings = data;
	int err;

	kthread_use_mm(settings->mm);
	err = apply_settings();
	kthread_unuse_mm(settings->mm);
	complete(&settings->done);
	return err;
}

/*
 * A process lets go of a file only when it is back in userspace, and an instance
 * with an open file cannot be removed again. A kernel thread closes it at once.
 */
static int apply_settings_now(void)
{
	struct settings settings = { .mm = current->mm };
	struct task_struct *thread;
	int err;

	init_completion(&settings.done);
	thread = kthread_create(settings_thread, &settings, NAME);
	if (IS_ERR(thread)) {
		pr_err("cannot start a thread (error %ld)\n", PTR_ERR(thread));
		return PTR_ERR(thread);
	}
	get_task_struct(thread);
	wake_up_process(thread);
	wait_for_completion(&settings.done);
	/* It has ended, too, when this returns: our code can go. */
	err = kthread_stop(thread);
	put_task_struct(thread);
	return err;
}

int instance_create(void)
{
	int err;

	if (!current->mm) {
		pr_err("must be loaded by a process\n");
		return -EINVAL;
	}
	instance = compat_trace_array_get(NAME, NAME);
	if (!instance) {
		pr_err("cannot make the tracefs instance " NAME "\n");
		return -ENOMEM;
	}
	err = apply_settings_now();
	if (err)
		instance_destroy();
	return err;
}

int instance_enable(void)
{
	int err = trace_array_set_clr_event(instance, NAME, NULL, true);

	if (err)
		pr_err("cannot enable the events (error %d)\n", err);
	return err;
}

void instance_steer(bool on)
{
	int err = trace_array_set_clr_event(instance, NAME, "steer", on);

	if (err)
		pr_err("cannot switch the event steer %s (error %d)\n",
		       on ? "on" : "off", err);
}

void instance_destroy(void)
{
	trace_array_set_clr_event(instance, NAME, NULL, false);
	trace_array_put(instance);
	if (trace_array_destroy(instance))
		pr_warn("somebody reads instances/" NAME ": it stays until the module is loaded again or rmdir removes it\n");
	instance = NULL;
}
