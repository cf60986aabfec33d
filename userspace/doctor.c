// SPDX-License-Identifier: GPL-2.0-only
#include "doctor.h"

#include <errno.h>
#include <glob.h>
#include <inttypes.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "log.h"
#include "probes.h"
#include "render_doctor.h"
#include "signatures.h"
#include "tracecmd.h"
#include "tracing.h"

#define TRACING		"/sys/kernel/tracing"
#define INSTANCE	TRACING "/instances/reusetrace"
#define LOCKDOWN	"/sys/kernel/security/lockdown"
#define SECURE_BOOT	"/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c"
#define SIG_ENFORCE	"/sys/module/module/parameters/sig_enforce"
#define KPROBES		"/sys/kernel/debug/kprobes/enabled"
#define BTF		"/sys/kernel/btf/vmlinux"

#ifndef LIBRARIES
#define LIBRARIES "versions not known"
#endif

struct check {
	const char *name;
	void (*look)(struct doctor_finding *f);
};

/* An ok finding has no command. */
static void found(struct doctor_finding *f, enum doctor_state state,
		  const char *mend, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

static void found(struct doctor_finding *f, enum doctor_state state,
		  const char *mend, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	vsnprintf(f->text, sizeof(f->text), format, ap);
	va_end(ap);
	f->state = state;
	snprintf(f->mend, sizeof(f->mend), "%s", mend ? mend : "");
}

static bool is_loaded(void)
{
	return !access(TRACING_MODULE, F_OK);
}

/* Does a file hold these words? -1: it cannot be read. */
static int file_has(const char *path, const char *words)
{
	size_t size;
	char *text = tracing_text(path, &size);
	int has = text ? !!strstr(text, words) : -1;

	free(text);
	return has;
}

static void look_kernel(struct doctor_finding *f)
{
	unsigned int major = 0, minor = 0;
	struct utsname u;

	if (uname(&u) || sscanf(u.release, "%u.%u", &major, &minor) != 2)
		found(f, DOCTOR_WARN, NULL, "its release is not known");
	else if (strcmp(u.machine, "x86_64"))
		found(f, DOCTOR_FAIL, NULL,
		      "%s on %s: the module knows only x86-64", u.release,
		      u.machine);
	else if (major < 5 || (major == 5 && minor < 10))
		found(f, DOCTOR_FAIL, NULL,
		      "%s: the module needs 5.10 or later", u.release);
	else if (major > 7 || (major == 7 && minor > 2))
		found(f, DOCTOR_WARN, NULL,
		      "%s: later than any the module was tested on (5.10 to 7.2)",
		      u.release);
	else
		found(f, DOCTOR_OK, NULL, "%s, supported", u.release);
}

static void look_headers(struct doctor_finding *f)
{
	char path[PATH_MAX], mend[160];
	struct utsname u;

	if (uname(&u))
		return;
	snprintf(path, sizeof(path), "/lib/modules/%s/build/Makefile",
		 u.release);
	snprintf(mend, sizeof(mend), "sudo apt install linux-headers-%s",
		 u.release);
	if (!access(path, R_OK))
		found(f, DOCTOR_OK, NULL, "present, the module can be built");
	else if (is_loaded())
		found(f, DOCTOR_OK, NULL,
		      "none, but the module is loaded already");
	else
		found(f, DOCTOR_WARN, mend,
		      "none for this kernel: the module cannot be built here");
}

static void look_btf(struct doctor_finding *f)
{
	if (!access(BTF, R_OK))
		found(f, DOCTOR_OK, NULL, "present");
	else
		found(f, DOCTOR_WARN, NULL,
		      "none: nobody can check whether the kernel's functions still look as the module expects");
}

static void look_signatures(struct doctor_finding *f)
{
	struct signatures s;
	int rc = signatures_compare(BTF, &s);

	if (rc == -ENOTSUP)
		found(f, DOCTOR_WARN, "sudo apt install libbpf-dev, then make",
		      "not compared with the kernel's BTF: this viewer was built without libbpf");
	else if (rc == -ENOENT && !access(BTF, R_OK))
		found(f, DOCTOR_WARN,
		      "run doctor in the folder of reusetrace.ko",
		      "not compared with the kernel's BTF: no reusetrace.ko is here, none is installed");
	else if (rc)
		found(f, DOCTOR_WARN, NULL,
		      "not compared: the kernel's BTF cannot be read: %s",
		      strerror(-rc));
	else if (s.different)
		found(f, DOCTOR_FAIL,
		      "build the module for this kernel (make clean all); if that does not help, make shell has kernels that fit",
		      "%zu of %zu probed functions are not what the module expects: %.150s",
		      s.different, s.different + s.same + s.unknown, s.first);
	else
		found(f, DOCTOR_OK, NULL,
		      "%zu probed functions are what the module expects, %zu cannot be compared",
		      s.same, s.unknown);
}

static void look_kprobes(struct doctor_finding *f)
{
	if (file_has("/proc/kallsyms", " register_kretprobe\n") == 0)
		found(f, DOCTOR_FAIL, NULL,
		      "this kernel was built without kprobes: another kernel is needed");
	else if (file_has(KPROBES, "0") == 1)
		found(f, DOCTOR_FAIL, "echo 1 | sudo tee " KPROBES,
		      "they are switched off: no probe of any kind fires");
	else
		found(f, DOCTOR_OK, NULL, "present");
}

static void look_lockdown(struct doctor_finding *f)
{
	const bool integrity = file_has(LOCKDOWN, "[integrity]") == 1;
	const bool secret = file_has(LOCKDOWN, "[confidentiality]") == 1;

	if (!integrity && !secret)
		found(f, DOCTOR_OK, NULL, "none");
	else if (secret)
		found(f, DOCTOR_FAIL,
		      "boot with lockdown=integrity or without lockdown=, or use the virtual machine: make shell",
		      "confidentiality: the kernel lets nobody read what probes see");
	else
		found(f, is_loaded() ? DOCTOR_OK : DOCTOR_WARN,
		      is_loaded() ? NULL :
		      "sign the module with a key the kernel trusts, see secure-boot",
		      "integrity: only signed modules can be loaded");
}

/* Four bytes of attributes stand before the value. */
static int secure_boot(void)
{
	char value[5];
	FILE *f = fopen(SECURE_BOOT, "re");
	size_t n = f ? fread(value, 1, sizeof(value), f) : 0;

	if (f)
		fclose(f);
	return n == sizeof(value) ? value[4] : -1;
}

static void look_secure_boot(struct doctor_finding *f)
{
	const char *mend = "sudo mokutil --import MOK.der, reboot, choose Enroll MOK; then /lib/modules/$(uname -r)/build/scripts/sign-file sha256 MOK.priv MOK.der reusetrace.ko (DKMS has a key: /var/lib/dkms/mok.pub)";
	const int on = secure_boot();

	if (on == 1 && !is_loaded())
		found(f, DOCTOR_WARN, mend,
		      "on: the kernel takes only modules signed by a key of yours");
	else if (file_has(SIG_ENFORCE, "Y") == 1 && !is_loaded())
		found(f, DOCTOR_WARN, mend,
		      "off, but module.sig_enforce is on: only signed modules can be loaded");
	else
		found(f, DOCTOR_OK, NULL, "%s",
		      on == 1 ? "on, and the module is loaded" :
		      on == 0 ? "off" : "not on this machine");
}

static void look_user(struct doctor_finding *f)
{
	if (!geteuid())
		found(f, DOCTOR_OK, NULL, "root");
	else
		found(f, DOCTOR_FAIL, "sudo reusetrace-view doctor",
		      "not root: tracing needs it, and so does the rest of this check (report does not)");
}

static void look_module(struct doctor_finding *f)
{
	if (is_loaded())
		found(f, DOCTOR_OK, NULL, "loaded");
	else
		found(f, DOCTOR_FAIL, "sudo insmod reusetrace.ko",
		      "not loaded");
}

/* Names of the probes that are not armed; the first ones, when many. */
static void list_unavailable(const struct probes *p, char *list, size_t size)
{
	size_t i, at = 0;

	list[0] = '\0';
	for (i = 0; i < p->n && at < size; i++)
		if (!p->row[i].armed)
			at += snprintf(list + at, size - at, "%s%s",
				       at ? ", " : "", p->row[i].name);
}

static void look_probes(struct doctor_finding *f)
{
	char list[160];
	uint64_t missed = 0;
	size_t i, armed = 0;
	struct probes p;

	if (probes_read(&p, PROBES_LIVE)) {
		found(f, DOCTOR_WARN, NULL, "nobody tells of them: %s",
		      is_loaded() ? "only root may ask" :
				    "the module is not loaded");
		return;
	}
	for (i = 0; i < p.n; i++) {
		armed += p.row[i].armed;
		missed += p.row[i].missed;
	}
	list_unavailable(&p, list, sizeof(list));
	if (armed == p.n && !missed)
		found(f, DOCTOR_OK, NULL, "all %zu armed, no call missed",
		      p.n);
	else
		found(f, armed ? DOCTOR_WARN : DOCTOR_FAIL, NULL,
		      "%zu of %zu armed, %" PRIu64 " calls missed%s%s", armed,
		      p.n, missed, list[0] ? "; unavailable: " : "", list);
}

static void look_tracefs(struct doctor_finding *f)
{
	if (file_has("/proc/self/mounts", " " TRACING " tracefs ") == 1)
		found(f, DOCTOR_OK, NULL, "mounted on " TRACING);
	else
		found(f, DOCTOR_WARN,
		      "sudo mount -t tracefs tracefs " TRACING,
		      "not mounted on " TRACING);
}

static void look_instance(struct doctor_finding *f)
{
	const char *mend = "echo 1 | sudo tee " INSTANCE "/events/reusetrace/enable " INSTANCE "/tracing_on";
	const int events = file_has(INSTANCE "/events/reusetrace/enable", "0");
	const int on = file_has(INSTANCE "/tracing_on", "1");

	if (events < 0 || on < 0)
		found(f, DOCTOR_WARN, NULL, "it cannot be seen: see above");
	else if (events || !on)
		found(f, DOCTOR_FAIL, mend,
		      "its events are switched off; trace-cmd record -B reusetrace leaves it so");
	else
		found(f, DOCTOR_OK, NULL, "the events are on");
}

static void look_clock(struct doctor_finding *f)
{
	const int mono = file_has(INSTANCE "/trace_clock", "[mono]");

	if (mono < 0)
		found(f, DOCTOR_WARN, NULL, "it cannot be seen: see above");
	else if (mono)
		found(f, DOCTOR_OK, NULL, "mono");
	else
		found(f, DOCTOR_WARN,
		      "echo mono | sudo tee " INSTANCE "/trace_clock",
		      "not mono: a command's output lines stand in the wrong places");
}

static uint64_t sum_losses(size_t *cpus)
{
	uint64_t sum = 0;
	glob_t stats;
	size_t i, size;
	char *text;

	*cpus = 0;
	if (glob(INSTANCE "/per_cpu/cpu*/stats", 0, NULL, &stats))
		return 0;
	for (i = 0; i < stats.gl_pathc; i++) {
		text = tracing_text(stats.gl_pathv[i], &size);
		*cpus += !!text;
		sum += text ? tracing_losses(text) : 0;
		free(text);
	}
	globfree(&stats);
	return sum;
}

static void look_buffer(struct doctor_finding *f)
{
	size_t size, cpus;
	char *text = tracing_text(INSTANCE "/buffer_size_kb", &size), mend[96];
	const unsigned long kb = text ? strtoul(text, NULL, 10) : 0;
	const uint64_t lost = sum_losses(&cpus);

	free(text);
	snprintf(mend, sizeof(mend), "reusetrace-view --buffer-kb=%lu",
		 kb ? 4 * kb : 4096);
	if (!kb || !cpus)
		found(f, DOCTOR_WARN, NULL, "it cannot be seen: see above");
	else if (lost)
		found(f, DOCTOR_WARN, mend,
		      "%lu KiB for each of %zu CPUs; %" PRIu64 " events found no room since the module was loaded, read by nobody or too late",
		      kb, cpus, lost);
	else
		found(f, DOCTOR_OK, NULL,
		      "%lu KiB for each of %zu CPUs, no event lost so far", kb,
		      cpus);
}

static void look_trace_cmd(struct doctor_finding *f)
{
	char path[PATH_MAX];

	if (tracecmd_path(path))
		found(f, DOCTOR_OK, NULL, "%.200s", path);
	else
		found(f, DOCTOR_WARN, "sudo apt install trace-cmd",
		      "not installed: record needs it, nothing else does");
}

static void look_libraries(struct doctor_finding *f)
{
	found(f, DOCTOR_OK, NULL, "%s", LIBRARIES);
}

static const struct check checks[] = {
	{ .name = "kernel", .look = look_kernel },
	{ .name = "headers", .look = look_headers },
	{ .name = "kprobes", .look = look_kprobes },
	{ .name = "btf", .look = look_btf },
	{ .name = "signatures", .look = look_signatures },
	{ .name = "lockdown", .look = look_lockdown },
	{ .name = "secure-boot", .look = look_secure_boot },
	{ .name = "user", .look = look_user },
	{ .name = "tracefs", .look = look_tracefs },
	{ .name = "module", .look = look_module },
	{ .name = "probes", .look = look_probes },
	{ .name = "instance", .look = look_instance },
	{ .name = "clock", .look = look_clock },
	{ .name = "buffer", .look = look_buffer },
	{ .name = "trace-cmd", .look = look_trace_cmd },
	{ .name = "libraries", .look = look_libraries },
};

#define N_CHECKS	(sizeof(checks) / sizeof(checks[0]))

int doctor_run(const struct options *o)
{
	static struct doctor_finding findings[N_CHECKS];
	int status = 0;
	size_t i;

	for (i = 0; i < N_CHECKS; i++) {
		findings[i].name = checks[i].name;
		checks[i].look(&findings[i]);
		if (findings[i].state == DOCTOR_FAIL)
			status = 1;
	}
	if (!o->json)
		render_doctor_text(findings, N_CHECKS);
	else if (render_doctor_json(findings, N_CHECKS))
		status = 1;
	return status;
}
