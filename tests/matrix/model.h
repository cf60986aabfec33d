/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a kernel should answer: the module's own rules, compiled unchanged, and
 * beside them what those rules do not know, the fast-reuse cache of TCP and the
 * order in which UDP looks at sockets. One port, with all who have it.
 */
#ifndef MATRIX_MODEL_H
#define MATRIX_MODEL_H

#include <stdbool.h>

#include "bind_rules.h"

#define MODEL_OWNERS	4

/* Where the kernels differ. */
struct model_kernel {
	const char *series;
	struct bind_kernel rules;
	bool cache_from_first;	/* the first owner of a port fills the cache */
	bool orphan_is_root;	/* the user of a closed socket counts as root */
};

/* tb->fastreuse, tb->fastreuseport and what goes with them. */
struct model_cache {
	bool reuse;
	enum { MODEL_NEVER, MODEL_STRICT, MODEL_ANY } reuseport;
	struct bind_party by;	/* user and address to compare with */
};

struct model_owner {
	const struct bind_party *party;
	bool bucket6;	/* who made its address's bucket was an IPv6 socket */
};

struct model_port {
	const struct model_kernel *kernel;
	bool udp;
	struct model_cache cache;
	struct model_owner owners[MODEL_OWNERS];	/* the list's head last */
	unsigned int n;
};

/* What the kernel should say to one request, and the module of it. */
struct model_answer {
	bool allowed;
	enum bind_why why;	/* allowed only */
	/* Of the owner that stands in the way, or of the only one. */
	struct bind_verdict verdict;
	unsigned int against;	/* owners that refuse, a bit each */
};

/**
 * model_kernel_find - by series, such as "6.1"; NULL when it is not known
 */
const struct model_kernel *model_kernel_find(const char *series);

/**
 * model_examine - what does one owner of the port say to a request?
 * @i: which of them
 */
struct bind_verdict model_examine(const struct model_port *port, unsigned int i,
				  const struct bind_party *req);

/**
 * model_ask - what will the kernel say?
 * @port: the port, unchanged
 * @req: who asks; may be one of its owners, as in listen()
 * @listening: in listen(), not in bind()
 */
struct model_answer model_ask(const struct model_port *port,
			      const struct bind_party *req, bool listening);

/**
 * model_grant - the kernel said yes
 * @port: gets another owner, unless it is one already; the cache is kept
 * @req: who asked; must outlive its ownership, and may change meanwhile
 * @listening: as for model_ask()
 */
void model_grant(struct model_port *port, const struct bind_party *req,
		 bool listening);

/**
 * model_replace - another socket has the port instead: an accepted connection,
 * its listener gone
 */
void model_replace(struct model_port *port, const struct bind_party *old,
		   const struct bind_party *new);

/**
 * model_leave - an owner gives the port back
 */
void model_leave(struct model_port *port, const struct bind_party *party);

#endif
