// SPDX-License-Identifier: GPL-2.0-only
#include "cmocka_all.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cgroup.h"

#define ID "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static void assert_path(const char *text, const char *want)
{
	char copy[256];

	snprintf(copy, sizeof(copy), "%s", text);
	assert_string_equal(cgroup_path(copy), want);
}

static void the_path_of_each_hierarchy(void **state)
{
	char none[] = "3:cpu:/\n";

	(void)state;
	assert_path("0::/system.slice/nginx.service\n", "/system.slice/nginx.service");
	assert_path("0::/\n", "/");
	assert_path("4:memory:/m\n1:name=systemd:/system.slice/a.service\n0::/\n",
		    "/system.slice/a.service");
	assert_path("1:name=systemd:/x\n", "/x");
	assert_null(cgroup_path(none));
}

static void assert_unit(const char *path, const char *want)
{
	char unit[CGROUP_UNIT_LEN];
	const char *got = cgroup_unit(path, unit);

	if (want)
		assert_string_equal(got, want);
	else
		assert_null(got);
}

static void units_and_containers_have_short_names(void **state)
{
	(void)state;
	assert_unit("/system.slice/nginx.service", "nginx.service");
	assert_unit("/system.slice/system-pg.slice/pg@15-main.service", "pg@15-main.service");
	assert_unit("/system.slice/nginx.service/worker", "nginx.service");
	assert_unit("/system.slice/docker-" ID ".scope", "docker 0123456789ab");
	assert_unit("/docker/" ID, "docker 0123456789ab");
	assert_unit("/kubepods.slice/kubepods-pod1.slice/cri-containerd-" ID ".scope",
		    "cri-containerd 0123456789ab");
	assert_unit("/lxc.payload.web/system.slice/x", "lxc web");
}

static void sessions_and_the_root_have_none(void **state)
{
	(void)state;
	assert_unit(NULL, NULL);
	assert_unit("/", NULL);
	assert_unit("/init.scope", NULL);
	assert_unit("/user.slice/user-1000.slice/session-3.scope", NULL);
	assert_unit("/user.slice/user-1000.slice/user@1000.service/app.slice/a.service", NULL);
	assert_unit("/made/by/hand", NULL);
}

static void ours_is_read_once(void **state)
{
	struct cgroups *c = cgroups_new();
	const char *path = cgroups_of(c, getpid(), "me");

	(void)state;
	assert_non_null(path);
	assert_ptr_equal(cgroups_of(c, getpid(), "me"), path);
	assert_null(cgroups_of(c, 0x7ffffff0, "nobody"));
	cgroups_free(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_path_of_each_hierarchy),
		cmocka_unit_test(units_and_containers_have_short_names),
		cmocka_unit_test(sessions_and_the_root_have_none),
		cmocka_unit_test(ours_is_read_once),
	};

	return cmocka_run_group_tests_name("cgroup", tests, NULL, NULL);
}
