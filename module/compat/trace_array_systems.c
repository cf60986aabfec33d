// SPDX-License-Identifier: GPL-2.0-only
/* 6.8: an instance is asked for with the systems whose events it shall have. */
#include <linux/trace_events.h>
#include <linux/trace.h>
const void *probe(void);
const void *probe(void)
{
	return trace_array_get_by_name("name", "system");
}
