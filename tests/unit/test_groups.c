// SPDX-License-Identifier: GPL-2.0-only
#include "cmocka_all.h"

#include <stdlib.h>
#include <string.h>

#include "fairness.h"
#include "groups.h"
#include "spread.h"

#define NETNS	4026531840u

static struct groups *g;

static int setup(void **state)
{
	(void)state;
	g = groups_new();
	return !g;
}

static int teardown(void **state)
{
	(void)state;
	groups_free(g);
	return 0;
}

static void change_at(uint16_t port, const char *action, uint64_t cookie,
		      uint32_t size, int pid, const char *comm)
{
	struct model_group ev = {
		.head = { .netns = NETNS, .proto = "tcp", .ts = 5 },
		.addr = { .family = 2, .port = port },
		.cookie = cookie,
		.group = 1,
		.size = size,
		.owner = { .pid = pid },
	};

	strcpy(ev.action, action);
	strcpy(ev.owner.comm, comm);
	groups_change(g, &ev);
}

static void change(const char *action, uint64_t cookie, uint32_t size)
{
	change_at(80, action, cookie, size, 0, "");
}

static void pick(uint64_t cookie, int32_t index, uint32_t size, uint32_t hash)
{
	struct model_steer ev = {
		.head = { .netns = NETNS, .proto = "tcp" },
		.dst = { .family = 2, .port = 80 },
		.group = 1,
		.cookie = cookie,
		.index = index,
		.size = size,
		.hash = hash,
		.via = "hash",
	};

	groups_pick(g, &ev);
}

static const struct groups_group *group(void)
{
	return groups_find(g, NETNS, 1, "tcp");
}

static struct groups_member member(uint64_t cookie)
{
	struct groups_member copy = { .index = -2 };
	const struct groups_member **list;
	size_t i, n = groups_members(g, group(), &list);

	for (i = 0; i < n; i++)
		if (list[i]->cookie == cookie)
			copy = *list[i];
	free(list);
	return copy;
}

static void members_come_and_go(void **state)
{
	(void)state;
	change("create", 10, 1);
	change("join", 11, 2);
	change("join", 12, 3);
	assert_int_equal(group()->size, 3);
	assert_int_equal(member(10).index, 0);
	assert_int_equal(member(12).index, 2);
	assert_int_equal(member(12).joined, 5);
	change("leave", 10, 2);
	assert_int_equal(member(10).state, GROUPS_LEFT);
	assert_int_equal(member(10).index, -1);
	/* The last one took its place. */
	assert_int_equal(member(12).index, 0);
	assert_int_equal(member(11).index, 1);
	assert_int_equal(group()->most, 3);
	assert_int_equal(group()->least, 1);
}

static void a_group_whose_last_member_left_has_ended(void **state)
{
	const struct groups_group **list;
	size_t n;

	(void)state;
	change("create", 10, 1);
	pick(10, 0, 1, 7);
	change("leave", 10, 0);
	assert_null(group());
	groups_show(g, NETNS, 1, "tcp");
	n = groups_list(g, &list);
	assert_int_equal(n, 1);
	assert_true(list[0]->shown);
	assert_int_equal(list[0]->picks, 1);
	free(list);
}

static void a_number_that_comes_again_is_another_group(void **state)
{
	const struct groups_group **list;

	(void)state;
	change("create", 10, 1);
	change_at(81, "join", 20, 2, 0, "");
	assert_int_equal(group()->addr.port, 81);
	change_at(81, "create", 21, 1, 0, "");
	assert_int_equal(groups_list(g, &list), 3);
	free(list);
}

static void a_second_server_is_a_stranger(void **state)
{
	struct model_task s2 = { .pid = 2, .comm = "s2" };
	struct model_task worker = { .pid = 3, .comm = "s1" };
	struct groups_peers peers;

	(void)state;
	change_at(80, "create", 10, 1, 1, "s1");
	change_at(80, "join", 11, 2, 2, "s2");
	groups_peers(g, group(), 11, &s2, &peers);
	assert_true(peers.stranger);
	assert_int_equal(peers.others, 1);
	assert_int_equal(peers.first.pid, 1);
	change_at(80, "leave", 11, 1, 2, "s2");
	groups_peers(g, group(), 12, &worker, &peers);
	assert_false(peers.stranger);
	assert_int_equal(peers.others, 1);
}

static void the_same_name_in_another_container_is_a_stranger(void **state)
{
	struct model_task other = { .pid = 2, .comm = "web", .cgroup = "/b" };
	struct model_task same = { .pid = 3, .comm = "web", .cgroup = "/a" };
	struct model_task first = { .pid = 1, .comm = "web", .cgroup = "/a" };
	struct groups_peers peers;

	(void)state;
	change("create", 10, 1);
	groups_name(g, 10, &first);
	groups_peers(g, group(), 11, &same, &peers);
	assert_false(peers.stranger);
	groups_peers(g, group(), 11, &other, &peers);
	assert_true(peers.stranger);
}

/* Sent there by sk_lookup, whichever port it was for. */
static void a_redirected_packet_is_for_the_same_group(void **state)
{
	struct model_steer ev = {
		.head = { .netns = NETNS, .proto = "tcp" },
		.dst = { .family = 2, .port = 443 },
		.group = 1,
		.cookie = 10,
		.size = 1,
		.via = "hash",
		.redirected = true,
	};

	(void)state;
	change("create", 10, 1);
	groups_pick(g, &ev);
	pick(10, 0, 1, 7);
	assert_int_equal(group()->addr.port, 80);
	assert_int_equal(group()->picks, 2);
}

static void a_group_made_before_its_port_is_the_same(void **state)
{
	(void)state;
	change_at(0, "create", 10, 1, 0, "");
	pick(10, 0, 1, 7);
	assert_int_equal(group()->addr.port, 80);
	assert_int_equal(member(10).joined, 5);
}

/* Numbers may come again elsewhere while an end was missed. */
static void namespaces_are_kept_apart(void **state)
{
	const struct groups_group **list;
	uint32_t netns;
	size_t i, n;

	(void)state;
	for (netns = NETNS; netns < NETNS + 50; netns++) {
		struct model_steer ev = {
			.head = { .netns = netns, .proto = "udp" },
			.dst = { .family = 2, .port = 80 },
			.group = 1,
			.cookie = 10 + netns - NETNS,
			.size = 1,
			.via = "hash",
		};

		groups_pick(g, &ev);
		groups_pick(g, &ev);
	}
	n = groups_list(g, &list);
	assert_int_equal(n, 50);
	for (i = 0; i < n; i++)
		assert_int_equal(list[i]->picks, 2);
	free(list);
}

static void a_name_known_later_is_put_in(void **state)
{
	struct model_task s1 = { .pid = 1, .comm = "s1" };

	(void)state;
	change("create", 10, 1);
	groups_name(g, 10, &s1);
	assert_int_equal(member(10).owner.pid, 1);
}

static void a_client_counts_once(void **state)
{
	int i;

	(void)state;
	for (i = 0; i < 100; i++)
		pick(10 + i % 2, i % 2, 2, i % 2);
	assert_int_equal(group()->picks, 100);
	assert_int_equal(group()->clients, 2);
	assert_int_equal(member(10).picks, 50);
	assert_int_equal(member(10).clients, 1);
}

static void who_got_nothing_is_judged_too(void **state)
{
	struct fairness f;
	int i;

	(void)state;
	change("create", 10, 1);
	change("join", 11, 2);
	for (i = 0; i < 100; i++)
		pick(10, 0, 2, i);
	spread_judge(g, group(), &f);
	assert_int_equal(f.members, 2);
	assert_int_equal(f.idlest, 0);
	assert_int_equal(f.verdict, FAIRNESS_UNEVEN);
}

static void members_nobody_saw_join_are_judged_too(void **state)
{
	struct fairness f;
	int i;

	(void)state;
	for (i = 0; i < 90; i++)
		pick(10 + i % 3, i % 3, 4, i);
	spread_judge(g, group(), &f);
	assert_int_equal(f.members, 4);
	assert_int_equal(f.idlest, 0);
	assert_int_equal(f.verdict, FAIRNESS_UNEVEN);
}

/* Who joined late, or left early, can expect less. */
static void members_are_judged_for_the_time_they_were_there(void **state)
{
	struct fairness f;
	int i;

	(void)state;
	change("create", 10, 1);
	for (i = 0; i < 100; i++)
		pick(10, 0, 1, i);
	change("join", 11, 2);
	for (i = 0; i < 100; i++)
		pick(10 + i % 2, i % 2, 2, 1000 + i);
	change("leave", 10, 1);
	for (i = 0; i < 100; i++)
		pick(11, 0, 1, 2000 + i);
	spread_judge(g, group(), &f);
	assert_int_equal(f.members, 2);
	assert_int_equal(f.verdict, FAIRNESS_EVEN);
	assert_true(f.chi_square < 1e-9);
}

static void no_pick_is_lost_when_members_are_forgotten(void **state)
{
	const struct groups_member **list;
	uint64_t i, sum = 0, n;

	(void)state;
	for (i = 1; i <= GROUPS_MEMBERS + 100; i++)
		pick(i, 0, 4, i);
	n = groups_members(g, group(), &list);
	for (i = 0; i < n; i++)
		sum += list[i]->picks;
	free(list);
	assert_int_equal(n, GROUPS_MEMBERS);
	assert_int_equal(group()->forgotten, 100);
	assert_int_equal(sum + group()->forgotten, group()->picks);
}

static void no_pick_is_lost_when_groups_are_forgotten(void **state)
{
	const struct groups_group **list;
	uint64_t sum = 0;
	size_t i, n;

	(void)state;
	for (i = 0; i < GROUPS_MAX + 10; i++) {
		pick(1, 0, 1, 1);
		change("leave", 1, 0);
	}
	n = groups_list(g, &list);
	for (i = 0; i < n; i++)
		sum += list[i]->picks;
	free(list);
	assert_int_equal(n, GROUPS_MAX);
	assert_int_equal(sum + groups_forgotten(g), GROUPS_MAX + 10);
}

#define TEST(f)	cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(members_come_and_go),
		TEST(a_group_whose_last_member_left_has_ended),
		TEST(a_number_that_comes_again_is_another_group),
		TEST(a_second_server_is_a_stranger),
		TEST(the_same_name_in_another_container_is_a_stranger),
		TEST(a_redirected_packet_is_for_the_same_group),
		TEST(a_group_made_before_its_port_is_the_same),
		TEST(namespaces_are_kept_apart),
		TEST(a_name_known_later_is_put_in),
		TEST(a_client_counts_once),
		TEST(who_got_nothing_is_judged_too),
		TEST(members_nobody_saw_join_are_judged_too),
		TEST(members_are_judged_for_the_time_they_were_there),
		TEST(no_pick_is_lost_when_members_are_forgotten),
		TEST(no_pick_is_lost_when_groups_are_forgotten),
	};

	return cmocka_run_group_tests_name("groups", tests, NULL, NULL);
}
