/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Are the functions we probe what the module's handlers take them to be? The
 * module's file says what it expects (PROBE_EXPECTS), the kernel's BTF what is.
 */
#ifndef REUSETRACE_SIGNATURES_H
#define REUSETRACE_SIGNATURES_H

#include <stddef.h>

struct signatures {
	size_t same;
	size_t unknown;		/* a variant of the compiler's, not in BTF */
	size_t different;
	char first[200];	/* the first of these, in words */
};

/**
 * signatures_compare - compare them all
 * @btf: the kernel's type information
 * @s: set
 *
 * Return: 0, -ENOTSUP when the viewer was built without libbpf, -ENOENT when
 * there is no module that says what it expects, or what reading @btf gave.
 */
int signatures_compare(const char *btf, struct signatures *s);

#endif
