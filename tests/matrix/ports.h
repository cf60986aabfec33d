/* SPDX-License-Identifier: GPL-2.0-only */
/* A port of its own for each cell, and only when nothing is left on it. */
#ifndef MATRIX_PORTS_H
#define MATRIX_PORTS_H

/* Below: the ports that connect() picks, and those that helpers listen on. */
#define PORTS_FIRST	8000
#define PORTS_HELPER	7001	/* and the next one */
#define PORTS_PICKED	"1024 6999"

/* When a TIME_WAIT is surely gone: 60 s, and what its timer rounds up. */
#define PORTS_TIME_WAIT_S	65

/**
 * ports_take - the port that has been free for the longest time
 */
unsigned int ports_take(void);

/**
 * ports_leave_time_wait - done with a port, but for a TIME_WAIT
 */
void ports_leave_time_wait(unsigned int port);

/**
 * ports_hold - a socket stays on the port
 */
void ports_hold(unsigned int port);

/**
 * ports_now - seconds of a steady clock
 */
long ports_now(void);

#endif
