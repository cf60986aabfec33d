// SPDX-License-Identifier: GPL-2.0-only
#include "render_explain.h"

#include <stdio.h>
#include <string.h>

#define WIDTH	78
#define LABEL	10

static void put_word(const char *word, size_t len, size_t *column)
{
	if (*column + 1 + len > WIDTH) {
		printf("\n%*s", LABEL, "");
		*column = LABEL;
	}
	printf("%s%.*s", *column > LABEL ? " " : "", (int)len, word);
	*column += len + (*column > LABEL);
}

static void put_part(const char *label, const char *text)
{
	size_t column = LABEL, len;

	if (!text)
		return;
	printf("%-*s", LABEL, label);
	while (*text) {
		len = strcspn(text, " ");
		put_word(text, len, &column);
		text += len;
		text += strspn(text, " ");
	}
	printf("\n");
}

void render_explain(const struct rules_rule *rule)
{
	put_part("name", rule->id);
	put_part("tells", rules_kind_name(rule->kind));
	put_part("in short", rule->line);
	put_part("why", rule->text);
	put_part("kernel", rule->source);
	put_part("change", rule->change);
	put_part("lab", rule->lab);
}

void render_explain_list(void)
{
	const struct rules_rule *rule, *before = NULL;
	size_t i;

	for (i = 0; (rule = rules_at(i)); i++) {
		if (!before || before->kind != rule->kind)
			printf("%s%s:\n", before ? "\n" : "",
			       rules_kind_name(rule->kind));
		printf("  %-25s %s\n", rule->id, rule->line);
		before = rule;
	}
	printf("\nreusetrace-view explain NAME tells more of one.\n");
}
