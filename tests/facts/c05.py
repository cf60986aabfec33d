# SPDX-License-Identifier: GPL-2.0-only
"""C5: when SO_REUSEPORT has to be set."""

import socket

from net import SO_REUSEPORT, call, server, tries

CLAIM = ("Every socket, the first included, must set SO_REUSEPORT before "
         "bind; setting it later has no effect.")
DEMO = "E6"
VERDICTS = {
    "later": ("only", "it is said of the one that binds later. The first may "
              "set it at any time before the next one binds, even while it "
              "listens: from then on the others may join, and it shares its "
              "clients with them."),
    "before": ("holds", "the first one, too."),
}


def program():
    first = server("s1")
    tries("s2", reuseport=True)
    first.setsockopt(socket.SOL_SOCKET, SO_REUSEPORT, 1)	# it listens by now
    joined = server("s3", reuseport=True)
    tries("s4")				# without it: what it set later is no help
    clients = [call() for _ in range(16)]
    for sock in first, joined, *clients:
        sock.close()


def verdict(trace):
    late = trace.result("s2"), trace.result("s3"), trace.result("s4")
    shared = {e["index"] for e in trace.of("steer") if e["size"] == 2}
    if late == ("EADDRINUSE", "ok", "EADDRINUSE"):
        return "later" if shared == {0, 1} else None
    return "before" if late == ("EADDRINUSE",) * 3 else None


SHOW = r" bind | join | steer .*member \d of 2"
