/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Who has which socket open before anything has happened: the kernel's list of
 * sockets, joined with the descriptors of all processes.
 */
#ifndef REUSETRACE_SURVEY_H
#define REUSETRACE_SURVEY_H

#include "told.h"

#define SURVEY_MAX	16384	/* sockets whose cookie is remembered */

/**
 * survey_run - look at all processes and sockets now
 * @fn: called for each process and socket it has open
 * @ctx: for @fn
 *
 * Return: how many network namespaces could not be looked into: of their
 * sockets the cookies are not known.
 */
int survey_run(told_socket_fn fn, void *ctx);

#endif
