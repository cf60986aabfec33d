// SPDX-License-Identifier: GPL-2.0-only
/* 5.11: a kretprobe instance finds its probe through a helper. */
#include <linux/kprobes.h>
const void *probe(struct kretprobe_instance *ri);
const void *probe(struct kretprobe_instance *ri)
{
	return get_kretprobe(ri);
}
