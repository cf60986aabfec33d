// SPDX-License-Identifier: GPL-2.0-only
/* 6.10: hashing a TIME_WAIT and arming its timer became one. */
#include <net/inet_timewait_sock.h>
const void *probe(void);
const void *probe(void)
{
	return inet_twsk_hashdance_schedule;
}
