# SPDX-License-Identifier: GPL-2.0-only
import socket as s
a, b = s.socket(), s.socket()
[x.setsockopt(s.SOL_SOCKET, s.SO_REUSEADDR, 1) for x in (a, b)]
a.bind(("127.0.0.1", 7777)); a.setsockopt(s.SOL_SOCKET, s.SO_REUSEADDR, 0)
b.bind(("127.0.0.1", 7777))
