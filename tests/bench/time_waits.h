/* SPDX-License-Identifier: GPL-2.0-only */
/* As many TIME_WAITs as are asked for: the kernel drops what is too many for it. */
#ifndef TIME_WAITS_H
#define TIME_WAITS_H

/**
 * time_waits_allow - let there be @n and a few more in this network namespace
 */
void time_waits_allow(unsigned int n);

/**
 * time_waits_check - are there @n? Ends the program if not
 */
void time_waits_check(unsigned int n);

#endif
