// SPDX-License-Identifier: GPL-2.0-only
/* Apart, because term.h makes macros of quite common words. */
#include "terminal.h"

#include <curses.h>
#include <stdlib.h>
#include <term.h>
#include <unistd.h>

#include "log.h"

bool terminal_usable(void)
{
	const char *name = getenv("TERM");
	int error;

	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
		log_error("top needs a terminal; without one, run reusetrace-view alone");
	else if (setupterm(NULL, STDOUT_FILENO, &error) == ERR)
		log_error("top does not know the terminal \"%s\": set TERM to the right name",
			  name ? name : "");
	else
		return true;
	return false;
}
