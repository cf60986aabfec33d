// SPDX-License-Identifier: GPL-2.0-only
#include "screen.h"

#include <stdio.h>
#include <stdio_ext.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "events.h"

#define WIDTH_UNKNOWN	100
#define REPORT_BUFFER	65536

static bool want_color(enum options_color color)
{
	const char *no = getenv("NO_COLOR"), *term = getenv("TERM");

	if (color != OPTIONS_COLOR_AUTO)
		return color == OPTIONS_COLOR_ALWAYS;
	return isatty(STDOUT_FILENO) && !(no && *no) &&
	       !(term && !strcmp(term, "dumb"));
}

static unsigned int terminal_width(void)
{
	struct winsize size;

	if (!isatty(STDOUT_FILENO) ||
	    ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) || !size.ws_col)
		return WIDTH_UNKNOWN;
	return size.ws_col;
}

/*
 * Whole lines for whoever reads along; a file may wait for the tick's end, and
 * what was recorded comes as fast as it can.
 */
static void set_buffering(bool live)
{
	struct stat st;

	/* One thread writes: no lock for each piece of a line. */
	__fsetlocking(stdout, FSETLOCKING_BYCALLER);
	if (!live)
		setvbuf(stdout, NULL, _IOFBF, REPORT_BUFFER);
	else if (fstat(STDOUT_FILENO, &st) || !S_ISREG(st.st_mode))
		setvbuf(stdout, NULL, _IOLBF, BUFSIZ);
}

struct render *screen_new(const struct options *o, struct model *m,
			  struct queues *queues, bool live, uint64_t start,
			  int64_t wall_offset)
{
	const struct render_config config = {
		.out = stdout,
		.model = m,
		.queues = queues,
		.timestamp = o->timestamp,
		.color = want_color(o->color),
		.width = terminal_width(),
		.all = o->verbose || o->filter.events || o->filter.failed_only,
		.ids = o->verbose > 1,
		.quiet = o->quiet,
		.pair = events_paired(&o->filter),
		.start = start,
		.wall_offset = wall_offset,
	};

	set_buffering(live);
	if (o->top)
		return render_top_new(&config);
	if (o->json)
		return render_json_new(&config);
	if (o->split && isatty(STDOUT_FILENO))
		return render_split_new(&config);
	return render_text_new(&config);
}
