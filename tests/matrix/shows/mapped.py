# SPDX-License-Identifier: GPL-2.0-only
import socket as s
a, b = s.socket(s.AF_INET6), s.socket(s.AF_INET6)
a.bind(("::ffff:0.0.0.0", 7777))
a.listen()
b.bind(("::ffff:127.0.0.1", 7777))
