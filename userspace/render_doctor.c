// SPDX-License-Identifier: GPL-2.0-only
#include "render_doctor.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "log.h"

static const char *const words[] = {
	[DOCTOR_OK] = "ok",
	[DOCTOR_WARN] = "warn",
	[DOCTOR_FAIL] = "FAIL",
};

static size_t count(const struct doctor_finding *f, size_t n,
		    enum doctor_state state)
{
	size_t i, sum = 0;

	for (i = 0; i < n; i++)
		sum += f[i].state == state;
	return sum;
}

static void sum_up(size_t fails, size_t warnings)
{
	if (fails)
		log_answer("\nTracing cannot work yet: %zu to mend.\n", fails);
	else if (warnings)
		log_answer("\nTracing works; %zu worth a look.\n", warnings);
	else
		log_answer("\nTracing works.\n");
}

void render_doctor_text(const struct doctor_finding *f, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		log_answer("%-5s %-12s %s\n", words[f[i].state], f[i].name,
			   f[i].text);
		if (f[i].mend[0])
			log_answer("%-18s to mend: %s\n", "", f[i].mend);
	}
	sum_up(count(f, n, DOCTOR_FAIL), count(f, n, DOCTOR_WARN));
}

static json_t *check_of(const struct doctor_finding *f)
{
	static const char *const states[] = {
		[DOCTOR_OK] = "ok",
		[DOCTOR_WARN] = "warn",
		[DOCTOR_FAIL] = "fail",
	};

	return json_pack("{s:s, s:s, s:s, s:s*}", "name", f->name, "state",
			 states[f->state], "text", f->text, "mend",
			 f->mend[0] ? f->mend : NULL);
}

int render_doctor_json(const struct doctor_finding *f, size_t n)
{
	json_t *checks = json_array(), *all;
	char *text;
	size_t i;

	for (i = 0; i < n; i++)
		json_array_append_new(checks, check_of(&f[i]));
	all = json_pack("{s:i, s:s, s:b, s:o}", "v", 1, "type", "doctor",
			"works", !count(f, n, DOCTOR_FAIL), "checks", checks);
	text = all ? json_dumps(all, JSON_COMPACT) : NULL;
	json_decref(all);
	if (!text)
		return -ENOMEM;
	log_answer("%s\n", text);
	free(text);
	return 0;
}
