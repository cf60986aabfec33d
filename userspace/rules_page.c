// SPDX-License-Identifier: GPL-2.0-only
/* Prints Documentation/rules.md: `explain`, all of it, for reading at leisure. */
#include <stdio.h>

#include "rules.h"

static const char head[] =
	"<!-- Made of userspace/rules.c and rules_words.c; `make -C userspace rules-page` makes it anew. -->\n"
	"\n"
	"# The rules, in words\n"
	"\n"
	"What `reusetrace-view explain NAME` says, in one place. The names are those of\n"
	"the events' values; [bind-matrix.md](bind-matrix.md) has the rules for sharing a\n"
	"port as tables, each cell played on each kernel, [demos.md](demos.md) the\n"
	"experiments.\n";

static void put_heading(enum rules_kind kind)
{
	const char *name = rules_kind_name(kind);

	printf("\n## %c%s\n", *name - 'a' + 'A', name + 1);
}

static void put_part(const char *label, const char *text)
{
	if (text)
		printf("- **%s:** %s\n", label, text);
}

static void put_rule(const struct rules_rule *rule)
{
	printf("\n### `%s`\n\n", rule->id);
	put_part("What happened", rule->line);
	put_part("Why", rule->text);
	put_part("Kernel", rule->source);
	put_part("What to change", rule->change);
	put_part("Shown by", rule->lab);
}

int main(void)
{
	const struct rules_rule *rule, *before = NULL;
	size_t i;

	fputs(head, stdout);
	for (i = 0; (rule = rules_at(i)); i++) {
		if (!before || before->kind != rule->kind)
			put_heading(rule->kind);
		put_rule(rule);
		before = rule;
	}
	return fflush(stdout) || ferror(stdout);
}
