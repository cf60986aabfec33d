# SPDX-License-Identifier: GPL-2.0-only
"""C18: who is woken at a shared listener."""

import os
import select

from net import call, end_all, fork, name, say, server, wait_until

CLAIM = ("With a shared listening socket, wake-ups are unfair: a factor of "
         "three between the busiest and the idlest worker.")
DEMO = "E10"
VERDICTS = {
    "epoll": ("only", "the workers wait in epoll. Those that block in accept() "
              "are woken in turn, the one that waits longest first, and get the "
              "same. In epoll with EPOLLEXCLUSIVE the first of the queue is "
              "woken as long as it is idle, so that under little load one "
              "worker gets everything and no factor is large enough; without "
              "EPOLLEXCLUSIVE all are woken and the fastest gets it."),
    "unfair": ("holds", "blocked in accept(), too."),
    "fair": ("not", "all get the same."),
}
WORKERS = max(2, os.cpu_count())
CLIENTS = 12 * WORKERS


def program():
    listener = server("s1")
    for how, wait in ("accept()", block), ("EPOLLEXCLUSIVE", exclusive):
        name("s1")
        pids = [fork(f"w{i + 1}", serve, listener, wait)
                for i in range(WORKERS)]
        got = dict.fromkeys(pids, 0)
        for _ in range(CLIENTS):		# one after the other
            wait_until(lambda: all(map(sleeps, pids)), "all to sleep")
            got[int(call().recv(10))] += 1
        end_all(pids)
        say(f"{WORKERS} workers wait by {how}: accepted "
            f"{' '.join(map(str, sorted(got.values(), reverse=True)))}")


def serve(ready, listener, wait):
    wait = wait(listener)
    ready()
    while True:
        wait()
        conn, _ = listener.accept()
        conn.send(str(os.getpid()).encode())
        conn.close()


def block(listener):
    listener.setblocking(True)
    return lambda: None


def exclusive(listener):
    epoll = select.epoll()
    epoll.register(listener, select.EPOLLIN | select.EPOLLEXCLUSIVE)
    return epoll.poll


def sleeps(pid):
    with open(f"/proc/{pid}/stat", encoding="ascii") as stat:
        return stat.read().rsplit(")", 1)[1].split()[0] == "S"


def verdict(trace):
    counts = [list(map(int, line.split("accepted ")[1].split()))
              for line in trace.lines("workers wait by")]
    trace.measured("accepted by each worker, clients one at a time: "
                   + "; ".join(f"{', '.join(map(str, got))} ({how})" for how, got
                               in zip(("accept()", "EPOLLEXCLUSIVE"), counts)))
    unfair = tuple(max(got) >= 3 * min(got) for got in counts)
    return {(False, True): "epoll", (True, True): "unfair",
            (False, False): "fair"}.get(unfair)


SHOW = r" bind |workers wait"
VARIES = r"(?<=accepted )[0-9 ]+"
