/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A cell of the matrix: who has the port and how, who asks for it and how. All
 * cells have a number, in the order in which their dimensions are listed here.
 */
#ifndef MATRIX_CELL_H
#define MATRIX_CELL_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum cell_dim {
	CELL_PROTO,
	CELL_OP,
	CELL_STATE,
	CELL_DEVICE,
	CELL_USER,
	CELL_HOLDER_ADDR,
	CELL_HOLDER_OPTIONS,
	CELL_ADDR,
	CELL_OPTIONS,
	CELL_DIMS
};

enum cell_proto { CELL_TCP, CELL_UDP };

enum cell_op { CELL_BIND, CELL_LISTEN };

/* What the holder of the port is. TIME_WAITs first: they must age meanwhile. */
enum cell_state {
	CELL_TIME_WAIT,		/* substate TIME_WAIT */
	CELL_TW_FIN_WAIT2,	/* substate FIN_WAIT2 */
	CELL_ORPHAN,		/* closed, a full socket in FIN_WAIT2 */
	CELL_ESTABLISHED,	/* accepted; its listener is closed */
	CELL_CLIENT,		/* bound to the port, then connected from it */
	CELL_LISTENING,
	CELL_BOUND,
	CELL_CONNECTED,		/* UDP: bound to the port, then connected */
	CELL_STATES
};

/* Devices of the holder and of the requester. */
enum cell_device {
	CELL_NO_DEVICE,
	CELL_REQUESTER_LO,
	CELL_HOLDER_LO,
	CELL_BOTH_LO,
	CELL_DIFFERENT_DEVICES,
};

/* Users of the requester; the holder's is always the same one, not root. */
enum cell_user {
	CELL_SAME_USER,
	CELL_OTHER_USER,
	CELL_ROOT,
};

/* SO_REUSEADDR, SO_REUSEPORT, and a reuseport group it is in already. */
#define CELL_REUSEADDR	1
#define CELL_REUSEPORT	2
#define CELL_OPTIONS_MAX 6

struct cell {
	uint8_t at[CELL_DIMS];
};

/**
 * cell_count - how many numbers there are, cells left out included
 */
unsigned int cell_count(void);

/**
 * cell_from_number - the cell of a number
 */
struct cell cell_from_number(unsigned int number);

/**
 * cell_number - the number of a cell
 */
unsigned int cell_number(const struct cell *cell);

/**
 * cell_values - how many values a dimension has
 */
unsigned int cell_values(enum cell_dim dim);

/**
 * cell_exists - false for states and requests that a protocol has not
 */
bool cell_exists(const struct cell *cell);

/**
 * cell_is_played - false for what does not exist or cannot make a difference
 *
 * Left out, and why:
 *  - UDP has no listen() and one state more than bound, connected; TCP has no
 *    other.
 *  - other users together with devices: the full check compares users in one
 *    term of a conjunction and devices in another, and the fast-reuse cache looks
 *    at users, never at devices. The exception is root and the orphan, whose own
 *    user is root on most kernels.
 *  - requesters that are in a group already, together with other users or with
 *    devices: neither SO_REUSEPORT nor the cache helps them, so that users do
 *    not matter, and devices are in a term of their own.
 */
bool cell_is_played(const struct cell *cell);

/**
 * cell_is_quick - is it in the short version as well? All states, options and
 * users are, on some of the addresses and devices.
 */
bool cell_is_quick(const struct cell *cell);

/**
 * cell_has_reuseaddr, cell_has_reuseport, cell_has_group - of an options value
 */
bool cell_has_reuseaddr(unsigned int options);
bool cell_has_reuseport(unsigned int options);
bool cell_has_group(unsigned int options);

/**
 * cell_print_dims - a line for each dimension: its name and its values' names
 */
void cell_print_dims(FILE *f);

#endif
