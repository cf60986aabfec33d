/* SPDX-License-Identifier: GPL-2.0-only */
/* cmocka.h with what it wants to be included before it. */
#ifndef TESTS_CMOCKA_ALL_H
#define TESTS_CMOCKA_ALL_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* run.sh takes the reason into the line of the skip, where cmocka has none. */
#define skip_because(reason)						\
	do {								\
		print_message("# because: %s\n", reason);		\
		skip();							\
	} while (0)

#endif
