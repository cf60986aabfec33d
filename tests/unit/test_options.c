// SPDX-License-Identifier: GPL-2.0-only
#include "cmocka_all.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "options.h"

#define ARGS_MAX	16

static const char *const events[] = { "bind", "bind_conflict", "steer", NULL };

static struct options o;
static char words[512];
static char *argv[ARGS_MAX];
static char said[1024];

/* A command line, split at spaces. */
static int split(const char *line)
{
	int argc = 0;
	char *rest = words;

	snprintf(words, sizeof(words), "view %s", line);
	memset(argv, 0, sizeof(argv));
	while (rest && *rest && argc < ARGS_MAX - 1)
		argv[argc++] = strsep(&rest, " ");
	return argc;
}

/* What is said on stderr goes to @said. */
static int parse_for(const char *verb, const char *line)
{
	int saved = dup(STDERR_FILENO), argc = split(line), rc;
	FILE *f = tmpfile();
	size_t n;

	o = (struct options){ .known_events = events, .verb = verb };
	fflush(stderr);
	dup2(fileno(f), STDERR_FILENO);
	rc = options_parse(&o, argc, argv);
	fflush(stderr);
	dup2(saved, STDERR_FILENO);
	close(saved);
	rewind(f);
	n = fread(said, 1, sizeof(said) - 1, f);
	said[n] = '\0';
	fclose(f);
	return rc;
}

static int parse(const char *line)
{
	return parse_for(NULL, line);
}

static void assert_parses(const char *line)
{
	if (parse(line))
		fail_msg("'%s' is refused: %s", line, said);
	assert_string_equal(said, "");
}

/* One sentence that has @part in it. */
static void assert_refused(const char *line, const char *part)
{
	assert_true(parse(line) < 0);
	if (!strstr(said, part))
		fail_msg("'%s': no '%s' in: %s", line, part, said);
	assert_ptr_equal(strchr(said, '\n'), said + strlen(said) - 1);
}

static void nothing_is_fine(void **state)
{
	(void)state;
	assert_parses("");
	assert_int_equal(o.timestamp, RENDER_TIME_RELATIVE);
	assert_int_equal(o.color, OPTIONS_COLOR_AUTO);
	assert_null(o.command);
}

static void switches(void **state)
{
	(void)state;
	assert_parses("-x46jqvVh --tcp --udp");
	assert_true(o.filter.failed_only && o.filter.inet && o.filter.inet6);
	assert_true(o.filter.tcp && o.filter.udp && o.json && o.quiet);
	assert_true(o.verbose && o.version && o.help);
}

static void lists(void **state)
{
	(void)state;
	assert_parses("-P 80,65535 --port=1 -p 7 -e steer,bind");
	assert_int_equal(o.filter.ports, 3);
	assert_int_equal(o.filter.port[1], 65535);
	assert_int_equal(o.filter.port[2], 1);
	assert_int_equal(o.filter.pid[0], 7);
	assert_int_equal(o.filter.events, 2);
	assert_string_equal(o.filter.event[0], "steer");
}

static void bad_values(void **state)
{
	(void)state;
	assert_refused("-P 70000", "70000");
	assert_refused("-P 80,", "80,");
	assert_refused("-P ,80", "empty");
	assert_refused("-P 0", "1 to 65535");
	assert_refused("-P -1", "-1");
	assert_refused("-P 8o", "8o");
	assert_refused("-P 99999999999999999999", "65535");
	assert_refused("-p x", "pid");
	assert_refused("-e nosuch", "bind, bind_conflict, steer");
	assert_refused("-b 0", "KiB");
	assert_refused("--timestamp=now", "none|relative|delta|wall");
	assert_refused("--color=blue", "auto|always|never");
	assert_refused("-N /nonexistent/netns", "/nonexistent/netns");
	assert_refused("-c nosuch.service", "no control group there");
	assert_refused("-c /sys/fs/cgroup/nosuch", "no control group there");
	assert_refused("-c /etc", "no control group there");
	assert_refused("--output=", "empty");
}

static void bad_options(void **state)
{
	(void)state;
	assert_refused("--nosuch", "--nosuch");
	assert_refused("-Z", "-Z");
	assert_refused("-jZ", "-Z");
	assert_refused("-P", "--port needs LIST");
	assert_refused("--json=1", "takes no value");
	assert_refused("a b c d e", "e: too many");
}

static void choices(void **state)
{
	(void)state;
	assert_parses("--timestamp=wall --color=never -b 64");
	assert_int_equal(o.timestamp, RENDER_TIME_WALL);
	assert_int_equal(o.color, OPTIONS_COLOR_NEVER);
	assert_int_equal(o.buffer_kb, 64);
}

static void control_groups(void **state)
{
	(void)state;
	assert_parses("-c /system.slice/nosuch.service/");
	assert_string_equal(o.filter.cgroup, "/system.slice/nosuch.service");
	assert_parses("-c /");
	assert_string_equal(o.filter.cgroup, "/");
	if (access("/sys/fs/cgroup", F_OK))
		skip_because("there is no /sys/fs/cgroup");
	assert_parses("-c /sys/fs/cgroup/");
	assert_string_equal(o.filter.cgroup, "/");
}

/* One that is not there now can be in a recording, but nobody will be seen in it. */
static void absent_control_groups(void **state)
{
	static const char *const live[] = { "watch", "top", "record" };
	size_t i;

	(void)state;
	assert_int_equal(parse_for("report", "-c /nosuch"), 0);
	if (access("/sys/fs/cgroup/cgroup.procs", F_OK) &&
	    access("/sys/fs/cgroup/systemd/cgroup.procs", F_OK))
		skip_because("there are no control groups of processes");
	for (i = 0; i < sizeof(live) / sizeof(live[0]); i++) {
		assert_true(parse_for(live[i], "-c /nosuch") < 0);
		assert_non_null(strstr(said, "no control group there"));
		assert_int_equal(parse_for(live[i], "-c /"), 0);
		assert_int_equal(parse_for(live[i], "-c /../elsewhere"), 0);
	}
}

static void a_command_keeps_its_options(void **state)
{
	(void)state;
	assert_parses("-j -- ls -P x -- y");
	assert_true(o.json);
	assert_string_equal(o.command[0], "ls");
	assert_string_equal(o.command[3], "--");
	assert_string_equal(o.command[4], "y");
	assert_null(o.command[5]);
	assert_int_equal(o.filter.ports, 0);
	assert_refused("-j --", "no COMMAND");
}

static void operands_stand_anywhere(void **state)
{
	(void)state;
	assert_parses("dir -j");
	assert_int_equal(o.operands, 1);
	assert_string_equal(o.operand[0], "dir");
	assert_true(o.json);
}

static void namespaces(void **state)
{
	struct stat st;
	char line[64];

	(void)state;
	assert_parses("-N 4026531840");
	assert_int_equal(o.filter.netns, 4026531840u);
	if (stat("/proc/self/ns/net", &st))
		skip_because("there is no /proc/self/ns/net");
	assert_parses("-N /proc/self/ns/net");
	assert_int_equal(o.filter.netns, st.st_ino);
	snprintf(line, sizeof(line), "-N %d", getpid());
	assert_parses(line);
	assert_int_equal(o.filter.netns, st.st_ino);
}

static void a_command_takes_what_means_something_to_it(void **state)
{
	(void)state;
	assert_int_equal(parse_for("record", "-o file -e bind -b 64"), 0);
	assert_int_equal(parse_for("watch", "-P 80 --split -b 64"), 0);
	assert_int_equal(parse_for("report", "--split -c / dir"), 0);
	assert_int_equal(parse_for("doctor", "-j -v"), 0);
	assert_int_not_equal(parse_for("report", "-o file dir"), 0);
	assert_non_null(strstr(said, "--output means nothing to report"));
	assert_int_not_equal(parse_for("report", "-b 64 dir"), 0);
	assert_int_not_equal(parse_for("top", "-j"), 0);
	assert_int_not_equal(parse_for("explain", "-x"), 0);
	assert_int_not_equal(parse_for("watch", "-o file"), 0);
}

static void help_names_every_option(void **state)
{
	static const char *const names[] = {
		"-P, --port=LIST", "-p, --pid=LIST", "-e, --event=LIST",
		"-x, --failed", "-4, ", "-6, ", "--tcp", "--udp", "-N, --netns",
		"-j, --json", "--timestamp=", "--color=", "-b, --buffer-kb",
		"-q, ", "-v, ", "-V, ", "-h, ",
	};
	char *help = options_help();
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		assert_non_null(strstr(help, names[i]));
	free(help);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_fine),
		cmocka_unit_test(switches),
		cmocka_unit_test(lists),
		cmocka_unit_test(bad_values),
		cmocka_unit_test(bad_options),
		cmocka_unit_test(choices),
		cmocka_unit_test(control_groups),
		cmocka_unit_test(absent_control_groups),
		cmocka_unit_test(a_command_keeps_its_options),
		cmocka_unit_test(operands_stand_anywhere),
		cmocka_unit_test(namespaces),
		cmocka_unit_test(a_command_takes_what_means_something_to_it),
		cmocka_unit_test(help_names_every_option),
	};

	return cmocka_run_group_tests_name("options", tests, NULL, NULL);
}
