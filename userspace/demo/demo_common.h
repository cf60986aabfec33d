/* SPDX-License-Identifier: GPL-2.0-only */
/* What every demo program says, and how: lines, errors, signals, the clock. */
#ifndef DEMO_COMMON_H
#define DEMO_COMMON_H

#include <stdint.h>
#include <stdio.h>

/* A process name's room in the kernel (TASK_COMM_LEN), with its end. */
#define DEMO_NAME_LEN 16

/* Exit status for a command line that makes no sense. */
#define DEMO_EXIT_USAGE 2

/**
 * demo_start - begin: a name, whole lines, as many open files as are allowed
 * @name: as for demo_name_process()
 */
void demo_start(const char *name);

/** demo_files_allowed - how many files this process may have open at once */
int demo_files_allowed(void);

/**
 * demo_name_process - name this process in its lines and in the trace
 * @name: at most 15 characters
 *
 * It becomes the kernel's own name of the process (comm): the s1[812] that
 * prints `s1[812]: ...` is the s1[812] of the trace.
 */
void demo_name_process(const char *name);

/** demo_become_user - give up root for this user; 0 or -errno */
int demo_become_user(int uid);

/** demo_process_name - write this process's name to @name */
void demo_process_name(char name[DEMO_NAME_LEN]);

/**
 * demo_copy_lines - write every line to this descriptor as well
 * @fd: open for writing; -1 for none
 *
 * It gets each line after standard output or error got it, and always with
 * the prefix, which the environment variable DEMO_PREFIX=0 takes away from
 * those two: reusetrace-view names the writer of a line itself.
 */
void demo_copy_lines(int fd);

/** demo_say - print one line, `name[pid]: ...`, to standard output */
void demo_say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/** demo_complain - print one line, `name[pid]: ...`, to standard error */
void demo_complain(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/**
 * demo_machine_line - begin a line for machines: no prefix, any length
 *
 * Return: what to fprintf() the line to, without its end; NULL without memory.
 */
FILE *demo_machine_line(void);

/** demo_machine_line_end - print the line that was begun last */
void demo_machine_line_end(FILE *text);

/**
 * demo_call_failed - say which call failed, on what, why and what to do
 * @call: as the manual names it, such as "bind()"
 * @on: what it was called on, such as "0.0.0.0:9527"
 * @err: the positive errno it gave
 *
 * Return: -@err, to be passed on.
 */
int demo_call_failed(const char *call, const char *on, int err);

/**
 * demo_signals_open - get these signals as readable events, not interrupts
 * @first: a signal number; more follow, the last argument is 0
 *
 * Return: a descriptor for poll() and demo_signals_read(), or -errno. After
 * fork() the child may go on using it: a signalfd gives each process its own.
 */
int demo_signals_open(int first, ...);

/** demo_signals_read - the number of one signal that arrived, 0 if none did */
int demo_signals_read(int fd);

/** demo_now_ms - milliseconds of CLOCK_MONOTONIC */
int64_t demo_now_ms(void);

#endif
