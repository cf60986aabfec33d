# SPDX-License-Identifier: GPL-2.0-only
"""C20: SO_REUSEPORT and the CPU."""

import os

from net import call, server

CLAIM = ("SO_REUSEPORT keeps a connection on the same CPU or process, for "
         "better cache use.")
DEMO = "E14"
VERDICTS = {
    "no": ("not", "the hash knows nothing of CPUs: connections that arrive on "
           "one CPU go to all members, and a client that comes again comes from "
           "another port and gets another member. That an accepted connection "
           "stays with its process is so with every listener. The CPU counts "
           "only where SO_INCOMING_CPU (from 6.1 on) or a BPF program says so."),
    "yes": ("holds", "one CPU's connections go to one member."),
}
CLIENTS = 24


def program():
    os.sched_setaffinity(0, {0})
    group = [server(f"w{i + 1}", reuseport=True) for i in range(4)]
    for _ in range(CLIENTS):
        call().close()
    for sock in group:
        sock.close()


def verdict(trace):
    picks = trace.of("steer")
    if len(picks) < CLIENTS or {e["cpu"] for e in picks} != {0}:
        return None
    members = {e["cookie"] for e in picks}
    trace.measured(f"{len(picks)} connections, all on CPU 0, to "
                   f"{len(members)} of 4 members")
    return "no" if len(members) > 1 else "yes"


SHOW = r" steer "
