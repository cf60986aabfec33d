// SPDX-License-Identifier: GPL-2.0-only
#include "render_doctor.h"

#include <stdbool.h>
#include <stdio.h>

#include "json_put.h"
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

static void put_check(struct json *o, const struct doctor_finding *f)
{
	static const char *const states[] = {
		[DOCTOR_OK] = "ok",
		[DOCTOR_WARN] = "warn",
		[DOCTOR_FAIL] = "fail",
	};

	json_open(o, NULL);
	json_put_text(o, "name", f->name);
	json_put_text(o, "state", states[f->state]);
	json_put_text(o, "text", f->text);
	if (f->mend[0])
		json_put_text(o, "mend", f->mend);
	json_close(o);
}

int render_doctor_json(const struct doctor_finding *f, size_t n)
{
	struct json o = { 0 };
	size_t i;
	int rc;

	json_begin(&o);
	json_put_num(&o, "v", 1);
	json_put_text(&o, "type", "doctor");
	json_put_bool(&o, "works", !count(f, n, DOCTOR_FAIL));
	json_open_list(&o, "checks");
	for (i = 0; i < n; i++)
		put_check(&o, &f[i]);
	json_close_list(&o);
	rc = json_end(&o, stdout);
	json_free(&o);
	return rc;
}
