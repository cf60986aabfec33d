// SPDX-License-Identifier: GPL-2.0-only
/* Small files: addr, filter, probes, owner, and the rule table. */
#include "cmocka_all.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "addr.h"
#include "events.h"
#include "filter.h"
#include "owner.h"
#include "probes.h"
#include "rules.h"

static void addresses_as_text(void **state)
{
	struct sockaddr_in in = { .sin_family = AF_INET,
				  .sin_port = htons(80),
				  .sin_addr.s_addr = htonl(0x7f000001) };
	struct sockaddr_in6 in6 = { .sin6_family = AF_INET6,
				    .sin6_port = htons(65535),
				    .sin6_addr = IN6ADDR_LOOPBACK_INIT };
	struct model_addr a;
	char text[ADDR_TEXT_LEN];

	(void)state;
	assert_int_equal(addr_parse(&in, 28, &a), 0);
	assert_string_equal(addr_port(&a, text), "127.0.0.1:80");
	assert_int_equal(addr_parse(&in6, sizeof(in6), &a), 0);
	assert_string_equal(addr_port(&a, text), "[::1]:65535");
	assert_string_equal(addr_host(&a, text), "::1");
	assert_int_equal(addr_parse(&in6, 20, &a), -EINVAL);
	in.sin_family = AF_UNIX;
	assert_int_equal(addr_parse(&in, 28, &a), -EINVAL);
	in.sin_family = 0;
	assert_int_equal(addr_parse(&in, 28, &a), 0);
	assert_int_equal(a.family, 0);
	assert_string_equal(addr_host(&a, text), "-");
}

static struct model_head head(void)
{
	struct model_head h = {
		.type = "bind", .has_netns = true, .netns = 7,
		.task.pid = 10, .owner_pid = 20, .family = AF_INET,
		.port = 80, .other_port = 8080,
		.owner_cgroup = "/a/b",
	};

	strcpy(h.proto, "tcp");
	return h;
}

static bool matches(const struct filter *f)
{
	struct model_head h = head();

	return filter_matches(f, &h);
}

static void filters(void **state)
{
	(void)state;
	assert_true(matches(&(struct filter){ 0 }));
	assert_true(matches(&(struct filter){ .ports = 1, .port = { 80 } }));
	assert_true(matches(&(struct filter){ .ports = 2,
					      .port = { 1, 8080 } }));
	assert_false(matches(&(struct filter){ .ports = 1, .port = { 81 } }));
	assert_true(matches(&(struct filter){ .pids = 1, .pid = { 10 } }));
	assert_true(matches(&(struct filter){ .pids = 1, .pid = { 20 } }));
	assert_false(matches(&(struct filter){ .pids = 1, .pid = { 30 } }));
	assert_true(matches(&(struct filter){ .events = 1,
					      .event = { "bind" } }));
	assert_false(matches(&(struct filter){ .events = 1,
					       .event = { "steer" } }));
	assert_false(matches(&(struct filter){ .failed_only = true }));
	assert_true(matches(&(struct filter){ .inet = true, .tcp = true }));
	assert_true(matches(&(struct filter){ .inet = true, .inet6 = true }));
	assert_false(matches(&(struct filter){ .inet6 = true }));
	assert_false(matches(&(struct filter){ .udp = true }));
	assert_true(matches(&(struct filter){ .netns = 7 }));
	assert_false(matches(&(struct filter){ .netns = 8 }));
	assert_true(matches(&(struct filter){ .cgroup = "/a" }));
	assert_true(matches(&(struct filter){ .cgroup = "/a/b" }));
	assert_true(matches(&(struct filter){ .cgroup = "/" }));
	assert_false(matches(&(struct filter){ .cgroup = "/a/" "b/c" }));
	assert_false(matches(&(struct filter){ .cgroup = "/a/bb" }));
}

static void write_probes(char *path, const char *table)
{
	int fd;

	strcpy(path, "/tmp/reusetrace-probes.XXXXXX");
	fd = mkstemp(path);
	assert_true(fd >= 0);
	dprintf(fd, "%s", table);
	close(fd);
}

static void the_table_of_probes(void **state)
{
	struct probes then, now;
	char path[64];

	(void)state;
	assert_int_equal(probes_read(&now, "/nonexistent"), -ENOENT);
	write_probes(path, "f\tkprobe\tarmed\t5\t1\twhat f tells\nnonsense\n"
			   "g\tkretprobe\tunavailable\t0\t0\tno such symbol\n");
	assert_int_equal(probes_read(&then, path), 0);
	unlink(path);
	write_probes(path, "g\tkretprobe\tarmed\t0\t3\t\nf\tkprobe\tarmed\t9\t4\tx\n");
	assert_int_equal(probes_read(&now, path), 0);
	unlink(path);
	assert_int_equal(then.n, 2);
	assert_true(then.row[0].armed && !then.row[1].armed);
	assert_string_equal(then.row[0].text, "what f tells");
	assert_int_equal(then.row[0].hits, 5);
	assert_int_equal(probes_missed(&then, &now.row[0]), 3);
	assert_int_equal(probes_missed(&then, &now.row[1]), 3);
	assert_int_equal(probes_missed(&now, &then.row[0]), 0);
}

static uint64_t now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000ull + ts.tv_nsec;
}

static void our_own_socket_is_found(void **state)
{
	const struct model_task nobody = { 0 };
	struct owner_found found = { 0 };
	struct owner *o = owner_new();
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	uint64_t before = now();
	struct stat st;

	(void)state;
	if (fd < 0 || fstat(fd, &st))
		skip_because("this machine gives no socket");
	assert_true(owner_find(o, st.st_ino, before, &nobody, &found));
	assert_int_equal(found.task.pid, getpid());
	assert_string_equal(found.task.comm, "test_values");
	assert_int_equal(found.processes, 1);
	close(fd);
	/* What happened before it was asked for, happened to its owner. */
	assert_true(owner_find(o, st.st_ino, before, &nobody, &found));
	assert_int_equal(found.task.pid, getpid());
	assert_false(owner_find(o, st.st_ino, now(), &nobody, &found));
	assert_false(owner_find(o, st.st_ino, before, &nobody, &found));
	assert_false(owner_find(o, 0, now(), &nobody, &found));
	owner_free(o);
}

static void all_processes_with_a_socket_are_counted(void **state)
{
	const struct model_task us = { .pid = getpid() };
	struct owner_found found = { 0 };
	struct owner *o = owner_new();
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	struct stat st;
	pid_t child;

	(void)state;
	if (fd < 0 || fstat(fd, &st))
		skip_because("this machine gives no socket");
	dup(fd);	/* a second descriptor is no second process */
	child = fork();
	if (!child) {
		pause();
		_exit(0);
	}
	assert_true(owner_find(o, st.st_ino, now(), &us, &found));
	assert_int_equal(found.task.pid, getpid());
	assert_int_equal(found.processes, 2);
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	owner_free(o);
}

static void every_rule_of_the_contract_is_explained(void **state)
{
	static const char *const ids[] = {
		"reuseport-other-user", "listener-holds-port",
		"time-wait-holds-port", "connection-holds-port",
		"bound-socket-holds-port", "udp-socket-holds-port",
		"no-free-port", "port-free", "no-overlap", "reuseaddr",
		"reuseport", "reuseaddr+reuseport", "cache", "forced", "hash",
		"incoming-cpu", "bpf", "cbpf", "bpf-fallback", "bpf-drop",
		"none", "expired", "syn-reuse", "connect-reuse", "reset",
		"purged", "destroyed", "other", "create", "join", "leave",
		"close", "resurrect", "prog-attach", "prog-detach",
	};
	const struct rules_rule *rule;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
		rule = rules_find(ids[i]);
		assert_non_null(rule);
		assert_true(*rule->line && *rule->text && *rule->source);
		assert_true(*rule->change && *rule->lab);
		assert_true(rule->kind != RULES_REFUSED || *rule->hint);
	}
	for (i = 0; events_names()[i]; i++)
		assert_int_equal(rules_find(events_names()[i])->kind,
				 RULES_EVENT);
	for (i = 0; (rule = rules_at(i)); i++) {
		assert_ptr_equal(rules_find(rule->id), rule);
		assert_true(*rule->line && *rule->text);
	}
	assert_null(rules_find("nosuch"));
	assert_string_equal(rules_line("nosuch"), "nosuch");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses_as_text),
		cmocka_unit_test(filters),
		cmocka_unit_test(the_table_of_probes),
		cmocka_unit_test(our_own_socket_is_found),
		cmocka_unit_test(all_processes_with_a_socket_are_counted),
		cmocka_unit_test(every_rule_of_the_contract_is_explained),
	};

	return cmocka_run_group_tests_name("values", tests, NULL, NULL);
}
