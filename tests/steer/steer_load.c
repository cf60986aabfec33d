// SPDX-License-Identifier: GPL-2.0-only
/*
 * Loads on a SO_REUSEPORT group for the tests in tests/vm:
 *
 *     steer-load [-u] [-6] [-l] [-k] -p PORT [-m MEMBERS] [-n COUNT]
 *                [-c CHURN] [-s SEED] spread|storm|flood
 *
 * -u UDP, -6 IPv6, -l bound to loopback and not to the wildcard, -k one UDP
 * member is connected, -c clients between two changes of the group.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "clients.h"
#include "members.h"
#include "spread.h"

#define USAGE	"usage: steer-load [-u] [-6] [-l] [-k] -p PORT [-m MEMBERS] [-n COUNT] [-c CHURN] [-s SEED] spread|storm|flood\n"

_Noreturn static void usage(void)
{
	fputs(USAGE, stderr);
	exit(2);
}

static unsigned int number(const char *text, unsigned int max)
{
	char *end;
	unsigned long n = strtoul(text, &end, 10);

	if (*end || n > max)
		usage();
	return n;
}

static void set_option(struct load *load, int option, const char *value)
{
	switch (option) {
	case 'u': load->at.udp = true; break;
	case '6': load->at.inet6 = true; break;
	case 'l': load->at.loopback = true; break;
	case 'k': load->connected = true; break;
	case 'p': load->at.port = number(value, 65535); break;
	case 'm': load->members = number(value, MEMBERS_MAX - 2); break;
	case 'n': load->count = number(value, 1000000); break;
	case 'c': load->churn = number(value, CLIENTS_MAX); break;
	case 's': load->seed = number(value, UINT32_MAX); break;
	default: usage();
	}
}

static void more_files(void)
{
	struct rlimit files;

	endpoint_check(getrlimit(RLIMIT_NOFILE, &files), "getrlimit()");
	files.rlim_cur = files.rlim_max;
	endpoint_check(setrlimit(RLIMIT_NOFILE, &files), "setrlimit()");
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*play)(const struct load *load);
		unsigned int max;
	} loads[] = {
		{ "spread", spread_play, CLIENTS_MAX },
		{ "storm", storm_play, CLIENTS_MAX },
		{ "flood", flood_play, UINT32_MAX },
	};
	struct load load = { .members = 4, .count = 1000, .seed = 1 };
	int option;
	size_t i;

	while ((option = getopt(argc, argv, "u6lkp:m:n:c:s:")) != -1)
		set_option(&load, option, optarg);
	if (optind + 1 != argc || !load.at.port || !load.members)
		usage();
	more_files();
	for (i = 0; i < sizeof(loads) / sizeof(*loads); i++) {
		if (strcmp(loads[i].name, argv[optind]))
			continue;
		if (load.count > loads[i].max)
			usage();
		loads[i].play(&load);
		return fflush(stdout) ? 1 : 0;
	}
	usage();
}
