// SPDX-License-Identifier: GPL-2.0-only
/* A filter, and what the kernel is told of it. */
#include "cmocka_all.h"

#include <string.h>

#include "push.h"

#define FIELD(type, name) "\tfield:" type " " name ";\toffset:0;\tsize:1;\tsigned:0;\n"

static const char bind_format[] =
	"name: bind\nID: 700\nformat:\n"
	FIELD("unsigned short", "common_type") "\n"
	FIELD("__u16", "port") FIELD("__u16", "bound_port")
	FIELD("__u32", "netns") FIELD("__u8", "family") FIELD("__u8", "proto")
	"\nprint fmt: \"%s\", __print_symbolic(REC->proto, { 6, \"tcp\" }, { 17, \"udp\" })\n";

static const char steer_format[] =
	"name: steer\nID: 701\nformat:\n"
	FIELD("unsigned short", "common_type") "\n"
	FIELD("__u16", "dport") FIELD("__u8", "family") FIELD("__u8", "via")
	"\nprint fmt: \"%s\", __print_symbolic(REC->via, { 1, \"hash\" }, { 5, \"bpf-drop\" })\n";

static const struct push bind_push = { .port = { "port", "bound_port" } };
static const struct push steer_push = {
	.port = { "dport" },
	.failed_field = "via",
	.failed_value = "bpf-drop",
	.only_shown = true,
};

static struct decode *d;
static char text[256];

static int setup(void **state)
{
	(void)state;
	d = decode_new();
	return decode_add_format(d, "test", bind_format, strlen(bind_format)) ||
	       decode_add_format(d, "test", steer_format, strlen(steer_format));
}

static int teardown(void **state)
{
	(void)state;
	decode_free(d);
	return 0;
}

static bool push(const char *name, const struct push *p, struct filter f)
{
	return push_text(decode_find(d, name), p, &f, text, sizeof(text));
}

static void assert_pushes(const char *name, const struct push *p,
			  struct filter f, const char *want)
{
	assert_true(push(name, p, f));
	assert_string_equal(text, want);
}

static void nothing_asked_for(void **state)
{
	(void)state;
	assert_pushes("bind", &bind_push, (struct filter){ 0 }, "");
	assert_pushes("bind", NULL, (struct filter){ .tcp = true, .udp = true },
		      "");
}

static void ports_in_any_field(void **state)
{
	const struct filter f = { .ports = 2, .port = { 80, 443 } };

	(void)state;
	assert_pushes("bind", &bind_push, f,
		      "(port == 80 || port == 443 || bound_port == 80 || bound_port == 443)");
	assert_pushes("steer", &steer_push, f, "(dport == 80 || dport == 443)");
	assert_pushes("bind", NULL, f, "(port == 80 || port == 443)");
}

static void conditions_together(void **state)
{
	(void)state;
	assert_pushes("bind", &bind_push,
		      (struct filter){ .udp = true, .netns = 4026531840,
				       .ports = 1, .port = { 53 } },
		      "proto == 17 && (port == 53 || bound_port == 53) && netns == 4026531840");
}

/* Those of another family may have taught who has a socket. */
static void what_teaches_is_kept(void **state)
{
	const struct filter f = { .inet6 = true, .failed_only = true };

	(void)state;
	assert_pushes("bind", &bind_push, f, "");
	assert_pushes("steer", &steer_push, f, "family == 10 && via == 5");
	assert_pushes("steer", &steer_push,
		      (struct filter){ .inet = true, .inet6 = true }, "");
}

static void no_protocol_is_tcp(void **state)
{
	(void)state;
	assert_pushes("steer", &steer_push, (struct filter){ .tcp = true }, "");
	assert_false(push("steer", &steer_push, (struct filter){ .udp = true }));
}

/* The viewer filters all the same. */
static void too_long_is_left_to_the_viewer(void **state)
{
	struct filter f = { .ports = FILTER_MAX };

	(void)state;
	for (size_t i = 0; i < f.ports; i++)
		f.port[i] = 60000 + i;
	assert_pushes("bind", &bind_push, f, "");
}

#define TEST(f)	cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(nothing_asked_for),
		TEST(ports_in_any_field),
		TEST(conditions_together),
		TEST(what_teaches_is_kept),
		TEST(no_protocol_is_tcp),
		TEST(too_long_is_left_to_the_viewer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
