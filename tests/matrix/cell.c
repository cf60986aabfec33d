// SPDX-License-Identifier: GPL-2.0-only
#include "cell.h"

#include "address.h"

#define VALUES_MAX	8

struct dim {
	const char *name;
	unsigned int n;
	const char *values[VALUES_MAX];
};

static const struct dim dims[CELL_DIMS] = {
	[CELL_PROTO]	= { "proto", 2, { "tcp", "udp" } },
	[CELL_OP]	= { "op", 2, { "bind", "listen" } },
	[CELL_STATE]	= { "state", CELL_STATES, {
		[CELL_TIME_WAIT]	= "time-wait",
		[CELL_TW_FIN_WAIT2]	= "time-wait/fin-wait2",
		[CELL_ORPHAN]		= "orphan",
		[CELL_ESTABLISHED]	= "established",
		[CELL_CLIENT]		= "client",
		[CELL_LISTENING]	= "listening",
		[CELL_BOUND]		= "bound",
		[CELL_CONNECTED]	= "connected",
	} },
	[CELL_DEVICE]	= { "device", 5, {
		[CELL_NO_DEVICE]	= "none",
		[CELL_REQUESTER_LO]	= "requester-lo",
		[CELL_HOLDER_LO]	= "holder-lo",
		[CELL_BOTH_LO]		= "both-lo",
		[CELL_DIFFERENT_DEVICES] = "different",
	} },
	[CELL_USER]	= { "user", 3, { "same", "other", "root" } },
	[CELL_HOLDER_ADDR]	= { "holder-addr", ADDRESSES, { 0 } },
	[CELL_HOLDER_OPTIONS]	= { "holder-options", 4,
				    { "-", "A", "P", "AP" } },
	[CELL_ADDR]		= { "addr", ADDRESSES, { 0 } },
	[CELL_OPTIONS]		= { "options", CELL_OPTIONS_MAX,
				    { "-", "A", "P", "AP", "Pg", "APg" } },
};

unsigned int cell_count(void)
{
	unsigned int n = 1, i;

	for (i = 0; i < CELL_DIMS; i++)
		n *= dims[i].n;
	return n;
}

struct cell cell_from_number(unsigned int number)
{
	struct cell cell;
	int i;

	for (i = CELL_DIMS - 1; i >= 0; i--) {
		cell.at[i] = number % dims[i].n;
		number /= dims[i].n;
	}
	return cell;
}

unsigned int cell_number(const struct cell *c)
{
	unsigned int number = 0, i;

	for (i = 0; i < CELL_DIMS; i++)
		number = number * dims[i].n + c->at[i];
	return number;
}

unsigned int cell_values(enum cell_dim dim)
{
	return dims[dim].n;
}

bool cell_exists(const struct cell *c)
{
	unsigned int state = c->at[CELL_STATE];

	if (c->at[CELL_PROTO] == CELL_TCP)
		return state != CELL_CONNECTED;
	return c->at[CELL_OP] == CELL_BIND &&
	       (state == CELL_BOUND || state == CELL_CONNECTED);
}

bool cell_is_played(const struct cell *c)
{
	unsigned int user = c->at[CELL_USER];

	if (!cell_exists(c))
		return false;
	if (cell_has_group(c->at[CELL_OPTIONS]) && user != CELL_SAME_USER)
		return false;
	if (c->at[CELL_DEVICE] == CELL_NO_DEVICE)
		return true;
	if (cell_has_group(c->at[CELL_OPTIONS]))
		return false;
	return user == CELL_SAME_USER ||
	       (user == CELL_ROOT && c->at[CELL_STATE] == CELL_ORPHAN);
}

bool cell_is_quick(const struct cell *c)
{
	const unsigned int addrs = 1u << 0 | 1u << 1 | 1u << 3 | 1u << 6;

	return (addrs & (1u << c->at[CELL_HOLDER_ADDR])) &&
	       (addrs & (1u << c->at[CELL_ADDR])) &&
	       (c->at[CELL_DEVICE] == CELL_NO_DEVICE ||
		c->at[CELL_DEVICE] == CELL_DIFFERENT_DEVICES);
}

bool cell_has_reuseaddr(unsigned int options)
{
	return cell_has_group(options) ? options == 5 :
					 options & CELL_REUSEADDR;
}

bool cell_has_reuseport(unsigned int options)
{
	return cell_has_group(options) || (options & CELL_REUSEPORT);
}

bool cell_has_group(unsigned int options)
{
	return options >= 4;
}

void cell_print_dims(FILE *f)
{
	unsigned int i, j;

	for (i = 0; i < CELL_DIMS; i++) {
		fprintf(f, "dim\t%s", dims[i].name);
		for (j = 0; j < dims[i].n; j++)
			fprintf(f, "\t%s", dims[i].values[j] ?
				dims[i].values[j] : address_name(j));
		fputc('\n', f);
	}
}
