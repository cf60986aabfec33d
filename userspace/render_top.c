// SPDX-License-Identifier: GPL-2.0-only
/* The full-screen dashboard. Only this file includes curses. */
#include "render.h"

#include <curses.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "columns.h"
#include "refusals.h"
#include "render_conflict.h"
#include "render_line.h"
#include "rules.h"
#include "top_rows.h"

#define REDRAW_NS	250000000ull
#define BAR_AT		40
#define SHARE_DIGITS	8	/* of the share, before its bar */
#define QUEUE_DIGITS	10
#define BAR_LEAST	5
#define BAR_MOST	40
#define PORT_DIGITS	5
#define SCREEN_LINES	6
#define SCREEN_COLUMNS	40
#define KEY_ESC		27

struct top {
	struct render r;
	struct render *end;		/* writes the summary */
	SCREEN *screen;			/* NULL: not yet */
	bool ended;
	bool paused;
	bool asking;			/* for a port */
	char answer[PORT_DIGITS + 1];
	char *explained;		/* text over the rows; NULL: none */
	size_t above;			/* its lines that are above the screen */
	bool below;			/* and there are some below */
	size_t selected;
	size_t scroll;
	uint64_t drawn;
	struct top_rows_want want;
	struct top_rows rows;
	struct refusals refusals;
	struct refusals shown;		/* those that the rows point to */
};

static struct top *top_of(struct render *r)
{
	return (struct top *)r;
}

static void start_colors(const struct top *t)
{
	if (!t->r.config.color || !has_colors())
		return;
	start_color();
	use_default_colors();
	init_pair(RENDER_GOOD, COLOR_GREEN, -1);
	init_pair(RENDER_BAD, COLOR_RED, -1);
	init_pair(RENDER_NOTE, COLOR_YELLOW, -1);
}

static void start_screen(struct top *t)
{
	t->screen = newterm(NULL, stdout, stdin);
	if (!t->screen) {
		t->ended = true;
		return;
	}
	cbreak();
	noecho();
	nodelay(stdscr, TRUE);
	keypad(stdscr, TRUE);
	set_escdelay(25);
	curs_set(0);
	start_colors(t);
}

static void end_screen(struct top *t)
{
	if (!t->screen)
		return;
	endwin();
	delscreen(t->screen);
	t->screen = NULL;
}

static attr_t attribute(enum render_line_color color)
{
	switch (color) {
	case RENDER_GOOD:
	case RENDER_NOTE:
		return COLOR_PAIR(color);
	case RENDER_BAD:
		return COLOR_PAIR(color) | A_BOLD;
	case RENDER_FAINT:
		return A_DIM;
	case RENDER_STRONG:
		return A_BOLD;
	default:
		return A_NORMAL;
	}
}

static void put_title(const struct top *t)
{
	static const char *const sorts[] = {
		[TOP_ROWS_MOST_FIRST]	= "most first",
		[TOP_ROWS_BY_PORT]	= "by port",
	};
	struct model *m = t->r.config.model;
	char port[24] = "all ports", text[256];
	bool lossy = model_lossy(m);

	if (t->want.port)
		snprintf(port, sizeof(port), "port %u", t->want.port);
	snprintf(text, sizeof(text),
		 " reusetrace  %s  %s  lost %" PRIu64 "  missed %" PRIu64 "%s%s",
		 port, sorts[t->want.sort], model_lost_events(m),
		 model_missed_calls(m), lossy ? "  NOT COMPLETE" : "",
		 t->paused ? "  PAUSED" : "");
	attrset(A_REVERSE | (lossy ? attribute(RENDER_BAD) : 0));
	mvprintw(0, 0, "%-*.*s", COLS, COLS, text);
	attrset(A_NORMAL);
}

static void put_keys(const struct top *t)
{
	move(LINES - 1, 0);
	attrset(A_REVERSE);
	if (t->asking)
		printw("%-*s", COLS, "");
	else if (t->explained)
		printw("%-*.*s", COLS, COLS, t->above || t->below ?
		       " up, down: more  any other key goes back" :
		       " any key goes back");
	else
		printw("%-*.*s", COLS, COLS,
		       " q quit  p pause  s sort  / port  Enter explain  up, down");
	if (t->asking)
		mvprintw(LINES - 1, 0, " only port (empty: all): %s_",
			 t->answer);
	attrset(A_NORMAL);
}

/* '#' for each part of the bar, so that it needs no colour. */
static void put_bar(double part, int room)
{
	int full = part * room + 0.5, i;

	for (i = 0; i < room; i++)
		addch(i < full ? '#' : '.');
}

/* The share has two thirds of what there is, the queue one; 0: no room. */
static int share_bar(void)
{
	int room = COLS - BAR_AT - SHARE_DIGITS - QUEUE_DIGITS - 2;
	int share = room * 2 / 3;

	if (share < BAR_LEAST)
		return 0;
	return share < BAR_MOST ? share : BAR_MOST;
}

static void put_bars(const struct top_row *row, int y)
{
	int share = share_bar();

	if (!share)
		return;
	if (row->share >= 0) {
		mvprintw(y, BAR_AT, "%5.1f %% ", 100 * row->share);
		put_bar(row->share, share);
	}
	mvprintw(y, BAR_AT + SHARE_DIGITS + share, " %*.*s ",
		 QUEUE_DIGITS - 1, QUEUE_DIGITS - 1, row->waiting);
	if (row->queue >= 0)
		put_bar(row->queue, share / 2);
}

static void put_row(const struct top_row *row, int y, bool selected)
{
	attrset(attribute(row->color) | (selected ? A_REVERSE : 0));
	mvprintw(y, 0, "%-*.*s", COLS, COLS, row->text);
	if (row->share >= 0 || *row->waiting)
		put_bars(row, y);
	attrset(A_NORMAL);
}

/* What is selected stays on the screen. */
static void follow_selection(struct top *t)
{
	size_t room = LINES - 2;

	if (t->selected >= t->rows.n)
		t->selected = t->rows.n ? t->rows.n - 1 : 0;
	if (t->selected < t->scroll)
		t->scroll = t->selected;
	if (t->selected >= t->scroll + room)
		t->scroll = t->selected - room + 1;
	if (t->selected < room)
		t->scroll = 0;
}

static void put_rows(struct top *t)
{
	size_t i;

	follow_selection(t);
	for (i = t->scroll; i < t->rows.n && i < t->scroll + LINES - 2; i++)
		put_row(&t->rows.row[i], 1 + i - t->scroll, i == t->selected);
}

static void put_explained(struct top *t)
{
	struct columns c = { .rest = t->explained, .prose = true };
	char line[COLUMNS_LINE_LEN];
	size_t columns, n = 0;
	int y = 1;

	t->below = false;
	while (columns_next(&c, COLS - 2, line, &columns)) {
		if (n++ < t->above)
			continue;
		t->below = y == LINES - 1;
		if (t->below)
			break;
		mvprintw(y++, 1, "%s", line);
	}
}

static void draw(struct top *t)
{
	erase();
	if (LINES < SCREEN_LINES || COLS < SCREEN_COLUMNS) {
		mvprintw(0, 0, "%.*s", COLS, "too small: 40x6 at least");
	} else {
		put_title(t);
		if (t->explained)
			put_explained(t);
		else
			put_rows(t);
		put_keys(t);
	}
	refresh();
}

static void explain(struct top *t)
{
	const struct top_row *row = &t->rows.row[t->selected];
	const struct rules_rule *rule;
	struct render_config plain = { .timestamp = RENDER_TIME_NONE };
	struct render_line line = { .config = &plain };
	size_t size;

	if (t->selected >= t->rows.n || !row->explain)
		return;
	t->above = 0;
	plain.out = open_memstream(&t->explained, &size);
	if (!plain.out)
		return;
	rule = rules_find(row->explain);
	fprintf(plain.out, "%s\n", *row->detail ? row->detail :
		row->text + strspn(row->text, " "));
	if (row->refusal)
		render_conflict(&line, &row->refusal->last);
	fprintf(plain.out, " \n%s: %s\n \n%s\n", row->explain,
		rules_line(row->explain), rule ? rule->text : "");
	if (rule && rule->change)
		fprintf(plain.out, " \nWhat to do: %s\n", rule->change);
	fclose(plain.out);
}

/* What does not fit is to be seen; what fits goes away. */
static void explained_key(struct top *t, int key)
{
	if ((key == KEY_DOWN || key == 'j') && t->below) {
		t->above++;
	} else if ((key == KEY_UP || key == 'k') && t->above) {
		t->above--;
	} else if (key != KEY_RESIZE) {
		free(t->explained);
		t->explained = NULL;
	}
}

/* There is no port above 65535 to be typed. */
static void answer_key(struct top *t, int key)
{
	size_t n = strlen(t->answer);

	if (key >= '0' && key <= '9' &&
	    10 * atoi(t->answer) + key - '0' <= UINT16_MAX && n < PORT_DIGITS) {
		t->answer[n] = key;
		t->answer[n + 1] = '\0';
	} else if ((key == KEY_BACKSPACE || key == 127 || key == 8) && n) {
		t->answer[n - 1] = '\0';
	} else if (key == '\n' || key == KEY_ENTER) {
		t->want.port = atoi(t->answer);
		t->asking = false;
	} else if (key == KEY_ESC) {
		t->asking = false;
	}
}

static void ask(struct top *t)
{
	t->asking = true;
	t->answer[0] = '\0';
}

static void plain_key(struct top *t, int key)
{
	switch (key) {
	case 'q':
		t->ended = true;
		break;
	case 'p':
		t->paused = !t->paused;
		break;
	case 's':
		t->want.sort = (t->want.sort + 1) % TOP_ROWS_SORTS;
		break;
	case '/':
		ask(t);
		break;
	case '\n':
	case KEY_ENTER:
		explain(t);
		break;
	case KEY_UP:
	case 'k':
		t->selected -= t->selected > 0;
		break;
	case KEY_DOWN:
	case 'j':
		t->selected += t->selected + 1 < t->rows.n;
		break;
	case KEY_PPAGE:
		t->selected -= t->selected < (size_t)LINES ? t->selected :
							     (size_t)LINES;
		break;
	case KEY_NPAGE:
		t->selected += LINES;
		if (t->selected >= t->rows.n)
			t->selected = t->rows.n ? t->rows.n - 1 : 0;
		break;
	}
}

static bool take_keys(struct top *t)
{
	bool any = false;
	int key;

	while ((key = getch()) != ERR) {
		any = true;
		if (t->explained)
			explained_key(t, key);
		else if (t->asking)
			answer_key(t, key);
		else
			plain_key(t, key);
	}
	return any;
}

/* While paused, only what the person does changes the rows. */
static void top_tick(struct render *r, uint64_t now)
{
	struct top *t = top_of(r);
	bool any;

	if (!t->screen && !t->ended)
		start_screen(t);
	if (!t->screen)
		return;
	any = take_keys(t);
	if (!any && now < t->drawn + REDRAW_NS)
		return;
	if (!t->paused) {
		t->want.now = now;
		t->shown = t->refusals;
	}
	if (!t->paused || any)
		top_rows_build(&t->rows, r->config.model, &t->shown, &t->want);
	draw(t);
	t->drawn = now;
}

static bool top_ended(const struct render *r)
{
	return ((const struct top *)r)->ended;
}

static void top_conflict(struct render *r, const struct model_conflict *ev)
{
	refusals_add(&top_of(r)->refusals, ev);
}

/* The model has learnt of these; there is nothing more to do. */
#define NOTHING(name, type)						\
static void top_##name(struct render *r, const struct type *ev)	\
{									\
	(void)r;							\
	(void)ev;							\
}

NOTHING(bind, model_bind)
NOTHING(steer, model_steer)
NOTHING(tw_enter, model_tw)
NOTHING(tw_state, model_tw)
NOTHING(tw_exit, model_tw)
NOTHING(listener, model_listener)
NOTHING(migrate, model_migrate)
NOTHING(output, model_output)
NOTHING(lost, model_lost)

static void top_group(struct render *r, const struct model_group *ev,
		      const struct groups_peers *peers)
{
	(void)r;
	(void)ev;
	(void)peers;
}

static void top_other(struct render *r, const struct model_head *head,
		      const char *text)
{
	(void)r;
	(void)head;
	(void)text;
}

static void top_summary(struct render *r, struct model *m,
			const struct render_end *end)
{
	end_screen(top_of(r));
	top_of(r)->end->ops->summary(top_of(r)->end, m, end);
}

static void top_free(struct render *r)
{
	struct top *t = top_of(r);

	end_screen(t);
	if (t->end)
		t->end->ops->free(t->end);
	free(t->explained);
	free(t->rows.row);
	free(t);
}

static const struct render_ops top_ops = {
	.bind = top_bind,
	.conflict = top_conflict,
	.steer = top_steer,
	.tw_enter = top_tw_enter,
	.tw_state = top_tw_state,
	.tw_exit = top_tw_exit,
	.group = top_group,
	.listener = top_listener,
	.migrate = top_migrate,
	.other = top_other,
	.output = top_output,
	.lost = top_lost,
	.summary = top_summary,
	.tick = top_tick,
	.ended = top_ended,
	.free = top_free,
};

struct render *render_top_new(const struct render_config *config)
{
	struct top *t = calloc(1, sizeof(*t));

	if (!t)
		return NULL;
	t->r.ops = &top_ops;
	t->r.config = *config;
	t->want.queues = config->queues;
	t->end = render_text_new(config);
	t->rows.row = calloc(TOP_ROWS_MAX, sizeof(*t->rows.row));
	if (t->end && t->rows.row)
		return &t->r;
	top_free(&t->r);
	return NULL;
}
