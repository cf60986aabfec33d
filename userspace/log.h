/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Messages to the person: what they should know, on stderr, one sentence each,
 * and answers to what they asked, on stdout.
 */
#ifndef REUSETRACE_LOG_H
#define REUSETRACE_LOG_H

#include <stdbool.h>

/**
 * log_quiet - leave out the notices
 * @quiet: true leaves out log_notice(); errors are always said
 */
void log_quiet(bool quiet);

/**
 * log_error - say what failed, on what, and what to do
 * @format: printf's, without the end of the line
 */
void log_error(const char *format, ...)
	__attribute__((format(printf, 1, 2)));

/**
 * log_notice - say what a person should know, though it goes on
 * @format: printf's, without the end of the line
 */
void log_notice(const char *format, ...)
	__attribute__((format(printf, 1, 2)));

/**
 * log_answer - print what was asked for, on stdout
 * @format: printf's, ends of lines included
 */
void log_answer(const char *format, ...)
	__attribute__((format(printf, 1, 2)));

#endif
