# SPDX-License-Identifier: GPL-2.0-only
import socket as s
make = lambda addr: (x := s.socket(), x.setsockopt(1, s.SO_REUSEPORT, 1), x.bind((addr, 7777)))[0]
l = make("127.0.0.1"); l.listen(); c = s.create_connection(l.getsockname()); a, _ = l.accept()
a.setsockopt(6, s.TCP_LINGER2, 120); a.close(); l.close(); n = s.socket(); n.bind(("127.0.0.2", 7777))
make("127.0.0.1")
