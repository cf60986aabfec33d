// SPDX-License-Identifier: GPL-2.0-only
#include "options.h"

#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "log.h"

#define LONG_ONLY	256	/* getopt values of rows without a letter */
#define BUFFER_KB_MAX	(1 << 20)
#define CGROUP_TOP	"/sys/fs/cgroup"
#define FIRST_NETNS	0xf0000000u	/* no pid is that large: PROC_DYNAMIC_FIRST */

struct row {
	char letter;
	const char *name;
	const char *arg;	/* NULL: takes none */
	const char *help;
	const char *verbs;	/* that it means something to; NULL: all */
	size_t flag;		/* the bool to set in struct options, or */
	int (*apply)(struct options *o, const struct row *row, const char *arg);
};

static int refuse(const struct row *row, const char *arg, const char *why)
{
	log_error("--%s %s: %s", row->name, arg, why);
	return -EINVAL;
}

static bool parse_number(const char *text, unsigned long max,
			 unsigned long *value)
{
	char *end;

	if (*text < '0' || *text > '9')
		return false;
	errno = 0;
	*value = strtoul(text, &end, 10);
	return !*end && !errno && *value <= max;
}

typedef int (*item_fn)(struct options *o, const struct row *row,
		       const char *item);

static int for_each_item(struct options *o, const struct row *row,
			 const char *list, item_fn fn)
{
	char *copy = strdup(list), *rest = copy, *item;
	int rc = 0;

	if (!copy)
		return -ENOMEM;
	while (!rc && (item = strsep(&rest, ",")))
		rc = *item ? fn(o, row, item) :
			     refuse(row, list, "an entry of the list is empty");
	free(copy);
	return rc;
}

static int add_port(struct options *o, const struct row *row, const char *item)
{
	struct filter *f = &o->filter;
	unsigned long port;

	if (!parse_number(item, UINT16_MAX, &port) || !port)
		return refuse(row, item, "a port is a number from 1 to 65535");
	if (f->ports == FILTER_MAX)
		return refuse(row, item, "no more than 64 ports can be given");
	f->port[f->ports++] = port;
	return 0;
}

static int apply_port(struct options *o, const struct row *row, const char *arg)
{
	return for_each_item(o, row, arg, add_port);
}

static int add_pid(struct options *o, const struct row *row, const char *item)
{
	struct filter *f = &o->filter;
	unsigned long pid;

	if (!parse_number(item, INT_MAX, &pid) || !pid)
		return refuse(row, item, "a pid is a number from 1 on");
	if (f->pids == FILTER_MAX)
		return refuse(row, item, "no more than 64 pids can be given");
	f->pid[f->pids++] = pid;
	return 0;
}

static int apply_pid(struct options *o, const struct row *row, const char *arg)
{
	return for_each_item(o, row, arg, add_pid);
}

static int refuse_event(const struct options *o, const struct row *row,
			const char *item)
{
	char list[512];
	size_t i, at = 0;

	list[0] = '\0';
	for (i = 0; o->known_events[i] && at < sizeof(list); i++)
		at += snprintf(list + at, sizeof(list) - at, "%s%s",
			       i ? ", " : "", o->known_events[i]);
	log_error("--%s %s: no such event; there are %s", row->name, item,
		  list);
	return -EINVAL;
}

static int add_event(struct options *o, const struct row *row, const char *item)
{
	struct filter *f = &o->filter;
	const char *const *known = o->known_events;

	while (*known && strcmp(*known, item))
		known++;
	if (!*known)
		return refuse_event(o, row, item);
	if (f->events == FILTER_MAX)
		return refuse(row, item, "no more than 64 events can be given");
	f->event[f->events++] = *known;
	return 0;
}

static int apply_event(struct options *o, const struct row *row,
		       const char *arg)
{
	return for_each_item(o, row, arg, add_event);
}

/* An inode as it is, a pid through its /proc, anything else as a path. */
static int apply_netns(struct options *o, const struct row *row,
		       const char *arg)
{
	char path[PATH_MAX];
	unsigned long number;
	struct stat st;

	if (parse_number(arg, UINT32_MAX, &number)) {
		if (number >= FIRST_NETNS) {
			o->filter.netns = number;
			return 0;
		}
		snprintf(path, sizeof(path), "/proc/%lu/ns/net", number);
	} else {
		snprintf(path, sizeof(path), "%s", arg);
	}
	if (stat(path, &st)) {
		log_error("--%s %s: no network namespace there (%s: %s); give its inode, a path such as /run/netns/NAME, or a pid",
			  row->name, arg, path, strerror(errno));
		return -EINVAL;
	}
	o->filter.netns = st.st_ino;
	return 0;
}

/* Where a hierarchy that /proc/PID/cgroup is about may be mounted. */
static const char *const cgroup_tops[] = {
	CGROUP_TOP "/unified", CGROUP_TOP "/systemd", CGROUP_TOP,
};

#define N_CGROUP_TOPS	(sizeof(cgroup_tops) / sizeof(cgroup_tops[0]))

/* Make a folder of the cgroup file system a path as in /proc/PID/cgroup. */
static bool strip_top(char *path)
{
	size_t i, len;

	for (i = 0; i < N_CGROUP_TOPS; i++) {
		len = strlen(cgroup_tops[i]);
		if (strncmp(path, cgroup_tops[i], len) ||
		    (path[len] && path[len] != '/'))
			continue;
		memmove(path, path + len, strlen(path + len) + 1);
		if (!*path)
			strcpy(path, "/");
		return true;
	}
	return false;
}

/*
 * Whoever watches would watch in vain; a recording is of another day. One outside
 * our cgroup namespace ("/..") and one that is nowhere mounted we cannot look for.
 */
static bool cgroup_absent(const struct options *o, const char *path)
{
	char file[PATH_MAX];
	bool mounted = false;
	size_t i;

	if (!o->verb || !strcmp(o->verb, "report") || !strncmp(path, "/..", 3))
		return false;
	for (i = 0; i < N_CGROUP_TOPS; i++) {
		snprintf(file, sizeof(file), "%s/cgroup.procs", cgroup_tops[i]);
		if (access(file, F_OK))
			continue;
		mounted = true;
		snprintf(file, sizeof(file), "%s%s", cgroup_tops[i], path);
		if (!access(file, F_OK))
			return false;
	}
	return mounted;
}

static int apply_cgroup(struct options *o, const struct row *row,
			const char *arg)
{
	char *path = o->filter.cgroup, *real = realpath(arg, NULL);
	size_t len;
	bool is_folder;

	snprintf(path, sizeof(o->filter.cgroup), "%s", real ? real : arg);
	is_folder = strip_top(path);
	if (*path != '/' || is_folder != (real && strcmp(real, "/")) ||
	    cgroup_absent(o, path)) {
		log_error("--%s %s: no control group there; give a folder below " CGROUP_TOP ", or a path as in /proc/PID/cgroup",
			  row->name, arg);
		free(real);
		return -EINVAL;
	}
	free(real);
	for (len = strlen(path); len > 1 && path[len - 1] == '/'; len--)
		path[len - 1] = '\0';
	return 0;
}

static int choose(const struct row *row, const char *arg,
		  const char *const *names)
{
	int i;

	for (i = 0; names[i]; i++)
		if (!strcmp(names[i], arg))
			return i;
	log_error("--%s %s: it must be one of %s", row->name, arg, row->arg);
	return -EINVAL;
}

static int apply_timestamp(struct options *o, const struct row *row,
			   const char *arg)
{
	static const char *const names[] = {
		[RENDER_TIME_RELATIVE]	= "relative",
		[RENDER_TIME_NONE]	= "none",
		[RENDER_TIME_DELTA]	= "delta",
		[RENDER_TIME_WALL]	= "wall",
		NULL
	};
	int i = choose(row, arg, names);

	if (i < 0)
		return i;
	o->timestamp = i;
	return 0;
}

static int apply_color(struct options *o, const struct row *row,
		       const char *arg)
{
	static const char *const names[] = {
		[OPTIONS_COLOR_AUTO]	= "auto",
		[OPTIONS_COLOR_ALWAYS]	= "always",
		[OPTIONS_COLOR_NEVER]	= "never",
		NULL
	};
	int i = choose(row, arg, names);

	if (i < 0)
		return i;
	o->color = i;
	return 0;
}

static int apply_buffer(struct options *o, const struct row *row,
			const char *arg)
{
	unsigned long kb;

	if (!parse_number(arg, BUFFER_KB_MAX, &kb) || !kb)
		return refuse(row, arg,
			      "a size in KiB is a number from 1 to 1048576");
	o->buffer_kb = kb;
	return 0;
}

static int apply_output(struct options *o, const struct row *row,
			const char *arg)
{
	if (!*arg)
		return refuse(row, arg, "the name of the file is empty");
	o->output = arg;
	return 0;
}

static int apply_verbose(struct options *o, const struct row *row,
			 const char *arg)
{
	(void)row;
	(void)arg;
	o->verbose++;
	return 0;
}

#define SETS(member)	.flag = offsetof(struct options, member)
#define WATCHERS	"watch top record"
#define FILTERS		WATCHERS " report"

static const struct row rows[] = {
	{ .letter = 'P', .name = "port", .arg = "LIST", .apply = apply_port,
	  .verbs = FILTERS,
	  .help = "only these local ports, separated by commas" },
	{ .letter = 'p', .name = "pid", .arg = "LIST", .apply = apply_pid, .verbs = FILTERS,
	  .help = "only these processes: who asked, or whose socket was picked" },
	{ .letter = 'e', .name = "event", .arg = "LIST", .apply = apply_event,
	  .verbs = FILTERS,
	  .help = "only these events, such as bind,bind_conflict" },
	{ .letter = 'x', .name = "failed", SETS(filter.failed_only), .verbs = FILTERS,
	  .help = "only what was refused" },
	{ .letter = '4', .name = "ipv4", SETS(filter.inet), .verbs = FILTERS,
	  .help = "only IPv4 sockets" },
	{ .letter = '6', .name = "ipv6", SETS(filter.inet6), .verbs = FILTERS,
	  .help = "only IPv6 sockets" },
	{ .name = "tcp", SETS(filter.tcp), .verbs = FILTERS,
	  .help = "only TCP" },
	{ .name = "udp", SETS(filter.udp), .verbs = FILTERS,
	  .help = "only UDP" },
	{ .letter = 'N', .name = "netns", .arg = "INODE|PATH|PID",
	  .apply = apply_netns, .verbs = FILTERS,
	  .help = "only this network namespace" },
	{ .letter = 'c', .name = "cgroup", .arg = "PATH", .apply = apply_cgroup,
	  .verbs = FILTERS,
	  .help = "only processes of this control group, or below it" },
	{ .letter = 'j', .name = "json", SETS(json), .verbs = "watch report doctor",
	  .help = "one JSON object a line" },
	{ .name = "count", SETS(filter.count), .verbs = "watch top",
	  .help = "picks are counted in the kernel, not told one by one" },
	{ .name = "split", SETS(split), .verbs = "watch report",
	  .help = "COMMAND's output left, the kernel right (on a terminal)" },
	{ .name = "timestamp", .arg = "none|relative|delta|wall",
	  .apply = apply_timestamp, .verbs = "watch report",
	  .help = "what the first column tells (relative)" },
	{ .name = "color", .arg = "auto|always|never", .apply = apply_color,
	  .help = "colours; auto: on a terminal, without NO_COLOR" },
	{ .letter = 'b', .name = "buffer-kb", .arg = "KIB",
	  .apply = apply_buffer, .verbs = WATCHERS,
	  .help = "size of each CPU's event buffer; larger loses less" },
	{ .letter = 'o', .name = "output", .arg = "FILE",
	  .apply = apply_output, .verbs = "record",
	  .help = "what record writes" },
	{ .letter = 'q', .name = "quiet", SETS(quiet),
	  .help = "no notices, and no summary at the end of the text" },
	{ .letter = 'v', .name = "verbose", .apply = apply_verbose,
	  .help = "what went well, too; -vv: cookies, inodes and every probe" },
	{ .letter = 'V', .name = "version", SETS(version),
	  .help = "print the version" },
	{ .letter = 'h', .name = "help", SETS(help),
	  .help = "print this" },
};

#define N_ROWS	(sizeof(rows) / sizeof(rows[0]))

static void fill_tables(struct option *longs, char *shorts)
{
	size_t i;

	/* ':' first: a missing argument is told apart from an unknown option. */
	*shorts++ = ':';
	for (i = 0; i < N_ROWS; i++) {
		longs[i] = (struct option){
			.name = rows[i].name,
			.has_arg = rows[i].arg ? required_argument : no_argument,
			.val = LONG_ONLY + i,
		};
		if (!rows[i].letter)
			continue;
		*shorts++ = rows[i].letter;
		if (rows[i].arg)
			*shorts++ = ':';
	}
	*shorts = '\0';
}

static const struct row *row_of(int val)
{
	size_t i;

	for (i = 0; i < N_ROWS; i++)
		if (val == (int)(LONG_ONLY + i) ||
		    (rows[i].letter && val == rows[i].letter))
			return &rows[i];
	return NULL;
}

static int refuse_option(int why, char **argv)
{
	const struct row *row = row_of(optopt);

	if (why == ':')
		log_error("--%s needs %s after it: see reusetrace-view --help",
			  row ? row->name : "?", row ? row->arg : "a value");
	else if (row)
		log_error("--%s takes no value: see reusetrace-view --help",
			  row->name);
	else if (optopt)
		log_error("there is no option -%c: see reusetrace-view --help",
			  optopt);
	else
		log_error("there is no option %s: see reusetrace-view --help",
			  argv[optind - 1]);
	return -EINVAL;
}

/* Is @verb one of the words in @verbs? */
static bool is_for(const char *verbs, const char *verb)
{
	size_t len = strlen(verb);

	for (; verbs; verbs = strchr(verbs, ' ')) {
		verbs += strspn(verbs, " ");
		if (!strncmp(verbs, verb, len) && strchr(" ", verbs[len]))
			return true;
	}
	return false;
}

static int apply_row(struct options *o, const struct row *row, const char *arg)
{
	if (o->verb && row->verbs && !is_for(row->verbs, o->verb)) {
		log_error("--%s means nothing to %s: see reusetrace-view --help",
			  row->name, o->verb);
		return -EINVAL;
	}
	if (row->apply)
		return row->apply(o, row, arg);
	*(bool *)((char *)o + row->flag) = true;
	return 0;
}

static int parse_options(struct options *o, int argc, char **argv)
{
	struct option longs[N_ROWS + 1] = { 0 };
	char shorts[2 * N_ROWS + 2];
	const struct row *row;
	int val, rc = 0;

	fill_tables(longs, shorts);
	opterr = 0;
	optind = 0;	/* glibc: start afresh */
	while (!rc && (val = getopt_long(argc, argv, shorts, longs, NULL)) != -1) {
		row = val == ':' || val == '?' ? NULL : row_of(val);
		rc = row ? apply_row(o, row, optarg) :
			   refuse_option(val, argv);
	}
	return rc;
}

static int take_operands(struct options *o, int argc, char **argv)
{
	for (; optind < argc; optind++) {
		if (o->operands == OPTIONS_OPERANDS) {
			log_error("%s: too many arguments; to run a program put it after --",
				  argv[optind]);
			return -EINVAL;
		}
		o->operand[o->operands++] = argv[optind];
	}
	return 0;
}

int options_parse(struct options *o, int argc, char **argv)
{
	int end = 1, rc;

	while (end < argc && strcmp(argv[end], "--"))
		end++;
	if (end < argc) {
		o->command = argv + end + 1;
		if (!*o->command) {
			log_error("there is no COMMAND after --");
			return -EINVAL;
		}
		argv[end] = NULL;
	}
	rc = parse_options(o, end, argv);
	return rc ? rc : take_operands(o, end, argv);
}

char *options_help(void)
{
	const struct row *row;
	char *text = NULL, left[64];
	size_t size;
	FILE *f = open_memstream(&text, &size);

	if (!f)
		return NULL;
	for (row = rows; row < rows + N_ROWS; row++) {
		snprintf(left, sizeof(left), "--%s%s%s", row->name,
			 row->arg ? "=" : "", row->arg ? row->arg : "");
		fprintf(f, "  %c%c%c %s", row->letter ? '-' : ' ',
			row->letter ? row->letter : ' ',
			row->letter ? ',' : ' ', left);
		/* A long one gets its explanation on a line of its own. */
		if (strlen(left) > 22)
			fprintf(f, "\n%29s", "");
		else
			fprintf(f, "%*s", 23 - (int)strlen(left), "");
		fprintf(f, "%s\n", row->help);
	}
	if (fclose(f)) {
		free(text);
		return NULL;
	}
	return text;
}
