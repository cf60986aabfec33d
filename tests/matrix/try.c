// SPDX-License-Identifier: GPL-2.0-only
#include "try.h"

#include <stdio.h>

struct try try_ask(const struct model_port *port, struct sock *sock,
		   bool listening, unsigned int number)
{
	struct try try = {
		.model = model_ask(port, &sock->party, listening),
	};

	try.result = listening ? sock_listen(sock) : sock_bind(sock, number);
	return try;
}

void try_print_verdict(const struct bind_verdict *v)
{
	printf("%d:%d:%d:%d", v->overlap, v->rule, v->reuseaddr_blocked,
	       v->reuseport_blocked);
}

void try_print(const struct try *try)
{
	if (try->result < 0) {
		putchar('-');
		return;
	}
	printf("%d:%d:%d:", try->result, try->model.allowed, try->model.why);
	try_print_verdict(&try->model.verdict);
}
