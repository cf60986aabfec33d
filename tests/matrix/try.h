/* SPDX-License-Identifier: GPL-2.0-only */
/* One request, as the kernel answered it and as the model did. */
#ifndef MATRIX_TRY_H
#define MATRIX_TRY_H

#include "model.h"
#include "sock.h"

struct try {
	int result;		/* errno; -1: not tried */
	struct model_answer model;
};

/**
 * try_ask - ask the model, then the kernel
 * @listening: for listen() of a socket that is bound to the port, else bind()
 * @number: of the port
 */
struct try try_ask(const struct model_port *port, struct sock *sock,
		   bool listening, unsigned int number);

/**
 * try_print - a word: errno, whether the model allows it, and its verdict in
 * numbers, with colons between
 */
void try_print(const struct try *try);

/**
 * try_print_verdict - the same for the verdict alone
 */
void try_print_verdict(const struct bind_verdict *verdict);

#endif
