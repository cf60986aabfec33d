# SPDX-License-Identifier: GPL-2.0-only
"""C16: four processes and four times the requests."""

import os
import time

from net import call, end_all, fork, say, server

CLAIM = ("Four SO_REUSEPORT processes serve close to four times the requests "
         "of one (15,000 to 58,000 a second in one article).")
DEMO = "E10 E5"
VERDICTS = {
    "bottleneck": ("only", "what the one process lacked is something four have "
                   "four times: CPUs to run on, or time spent waiting. Four on "
                   "one CPU serve no more than one where each request takes "
                   "CPU. Where each waits, for a disk or a database, they serve "
                   "up to four times as many, and less as far as the hash is "
                   "uneven: of 32 requests the busiest of four has 11 on "
                   "average, so 2.9 times is all there is to gain here."),
    "always": ("holds", "on one CPU, too."),
    "never": ("not", "not even where requests wait."),
}
REQUESTS = 32
WORKERS = 4
ROUNDS = 3		# the shortest counts: the machine may be busy with others


def program():
    cpus = os.cpu_count()
    compare("waits 50 ms", wait, 1, WORKERS)
    compare("computes", compute, 1, WORKERS)
    compare("computes", compute, cpus, cpus)


def compare(kind, work, cpus, workers):
    os.sched_setaffinity(0, range(cpus))
    rounds = [(took(1, work), took(workers, work)) for _ in range(ROUNDS)]
    one, several = map(min, zip(*rounds))
    say(f"each request {kind}, CPUs: {cpus}: {workers} workers serve "
        f"{one / several:.1f} times the requests of 1")


def wait():
    time.sleep(0.05)


def compute():
    for _ in range(60000):
        pass


def took(workers, work):
    """Seconds until all requests, there from the beginning, are answered."""
    pids = [fork(f"w{i + 1}", serve, work) for i in range(workers)]
    clients = [call() for _ in range(REQUESTS)]
    start = time.monotonic()
    for client in clients:
        client.send(b"x")
    for client in clients:
        client.recv(1)
    end_all(pids)
    return time.monotonic() - start


def serve(ready, work):
    listener = server("w", reuseport=True)
    ready()
    while True:
        conn, _ = listener.accept()
        conn.recv(1)
        work()
        conn.send(b"y")


def verdict(trace):
    waits, computes, cpus = [float(line.split("serve ")[1].split()[0])
                             for line in trace.lines("times the requests")]
    trace.measured(f"times the requests of one process: {waits:.1f} with four "
                   f"that wait, {computes:.1f} with four that compute on one "
                   f"CPU; {cpus:.1f} with as many as CPUs")
    if computes > 2:
        return "always"
    return "bottleneck" if waits > 1.5 * computes else "never"


SHOW = r"times the"
VARIES = r"(?<=serve )[0-9.]+"
