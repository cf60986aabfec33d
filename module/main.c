// SPDX-License-Identifier: GPL-2.0-only
/*
 * reusetrace: why a bind was refused or allowed, which SO_REUSEPORT member got
 * each connection and why, told as trace events.
 */
#include <linux/init.h>
#include <linux/module.h>

#include "count.h"
#include "instance.h"
#include "ports.h"
#include "probes.h"

static int __init reusetrace_init(void)
{
	int err;

	err = instance_create();
	if (err)
		goto err_ports;
	err = instance_enable();
	if (err)
		goto err_instance;
	err = probes_arm();
	if (err)
		goto err_instance;
	count_create();
	return 0;

err_instance:
	instance_destroy();
err_ports:
	ports_free();
	return err;
}

static void __exit reusetrace_exit(void)
{
	count_destroy();
	probes_disarm();
	instance_destroy();
	ports_free();
}

module_init(reusetrace_init);
module_exit(reusetrace_exit);

MODULE_LICENSE("GPL");
MODULE_AUTHOR("The reusetrace founders");
MODULE_DESCRIPTION("Explains bind conflicts and SO_REUSEPORT steering as trace events");
