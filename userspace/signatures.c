// SPDX-License-Identifier: GPL-2.0-only
#include "signatures.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "phrase.h"

#ifdef HAVE_BPF
#include <bpf/btf.h>
#include <bpf/libbpf.h>

/* The one that is about to be loaded goes before the one that is installed. */
#define HERE	"./reusetrace.ko"
#define ASK	"PATH=$PATH:/usr/sbin:/sbin modinfo -F expects "
#define TYPES_DEEP	16

#ifndef BTF_KIND_TYPE_TAG
#define BTF_KIND_TYPE_TAG	18
#endif

/* As our prototypes spell it: struct names bare, no const, no typedef. */
static void add_type(struct phrase *p, const struct btf *btf, uint32_t id)
{
	const struct btf_type *t;
	const char *name;
	int stars = 0, i;

	for (i = 0; id && i < TYPES_DEEP; i++) {
		t = btf__type_by_id(btf, id);
		if (!t)
			break;
		switch (btf_kind(t)) {
		case BTF_KIND_PTR:
			stars++;
			/* fall through */
		case BTF_KIND_CONST:
		case BTF_KIND_VOLATILE:
		case BTF_KIND_RESTRICT:
		case BTF_KIND_TYPEDEF:
		case BTF_KIND_TYPE_TAG:
			id = t->type;
			continue;
		}
		break;
	}
	name = id && t ? btf__name_by_offset(btf, t->name_off) : "void";
	phrase_add(p, "%s", !strcmp(name, "_Bool") ? "bool" : name);
	while (stars--)
		phrase_add(p, "*");
}

/* False when the kernel has no such function. */
static bool prototype(const struct btf *btf, const char *function,
		      struct phrase *p)
{
	int id = btf__find_by_name_kind(btf, function, BTF_KIND_FUNC);
	const struct btf_type *t = id > 0 ? btf__type_by_id(btf, id) : NULL;
	const struct btf_param *param;
	int i;

	t = t ? btf__type_by_id(btf, t->type) : NULL;
	if (!t)
		return false;
	param = btf_params(t);
	add_type(p, btf, t->type);
	phrase_add(p, "(");
	for (i = 0; i < btf_vlen(t); i++) {
		phrase_add(p, "%s", i ? ", " : "");
		add_type(p, btf, param[i].type);
	}
	phrase_add(p, ")");
	return true;
}

/* The compiler made a variant of it, which BTF leaves out. */
static bool is_renamed(const char *function)
{
	char line[256], name[160], variant[160];
	bool has_plain = false, has_variant = false;
	FILE *f = fopen("/proc/kallsyms", "re");

	phrase_print(variant, sizeof(variant), "%s.isra.0", function);
	while (f && fgets(line, sizeof(line), f)) {
		if (sscanf(line, "%*s %*s %159s", name) != 1)
			continue;
		has_plain |= !strcmp(name, function);
		has_variant |= !strcmp(name, variant);
	}
	if (f)
		fclose(f);
	return has_variant && !has_plain;
}

static void compare(const struct btf *btf, char *line, struct signatures *s)
{
	char *expected = strchr(line, ' ');
	struct phrase is = { "" };

	line[strcspn(line, "\n")] = '\0';
	if (!expected)
		return;
	*expected++ = '\0';
	if (!prototype(btf, line, &is))
		phrase_add(&is, "not there");
	if (!strcmp(is.text, expected)) {
		s->same++;
	} else if (is_renamed(line)) {
		s->unknown++;
	} else if (!s->different++) {
		phrase_print(s->first, sizeof(s->first),
			     "%s is %s, the handlers take it for %s", line,
			     is.text, expected);
	}
}

int signatures_compare(const char *path, struct signatures *s)
{
	char line[512];
	struct btf *btf;
	int rc;
	FILE *f;

	*s = (struct signatures){ 0 };
	libbpf_set_print(NULL);
	btf = btf__parse(path, NULL);
	rc = libbpf_get_error(btf);
	if (rc || !btf)
		return rc ? rc : -EINVAL;
	f = popen(access(HERE, R_OK) ? ASK "reusetrace 2>/dev/null" :
				       ASK HERE " 2>/dev/null", "re");
	while (f && fgets(line, sizeof(line), f))
		compare(btf, line, s);
	if (f)
		pclose(f);
	btf__free(btf);
	return s->same + s->unknown + s->different ? 0 : -ENOENT;
}

#else

int signatures_compare(const char *btf, struct signatures *s)
{
	(void)btf;
	*s = (struct signatures){ 0 };
	return -ENOTSUP;
}

#endif
