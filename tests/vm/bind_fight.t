#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Threads that fight for a port: each request has its event, by cookie and errno,
and each holder named had the port, even where it closed in that instant or the
port went to another while the viewer was slow."""

import collections
import errno
import os
import random
import signal
import socket
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import rtlib  # noqa: E402

BINDS = int(os.environ.get("RT_BINDS", 150))
SEED = int(os.environ.get("RT_SEED", random.SystemRandom().randrange(1, 1 << 31)))
STRESS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "stress")
EVENTS = "/sys/kernel/tracing/instances/reusetrace/events/reusetrace"
PORT = 9527
BUFFER_KB = max(16384, 8 * BINDS)

Request = collections.namedtuple("Request", "netns cookie op result")


def fight(*options):
    """What the threads asked for, and got."""
    done = subprocess.run(
        [os.path.join(STRESS, "bin", "fight"), "-p", str(PORT), "-s", str(SEED),
         *options], check=True, stdout=subprocess.PIPE, text=True)
    for line in done.stdout.splitlines():
        netns, cookie, op, number = line.split()
        yield Request(int(netns), int(cookie), op,
                      errno.errorcode.get(int(number), "ok"))


def counts(results):
    return dict(sorted(collections.Counter(results).items()))


class Account:
    """The requests of a fight, and the events of it."""

    def __init__(self, requests, viewer):
        self.requests = requests
        self.binds = viewer.of("bind")
        self.conflicts = viewer.of("bind_conflict")
        self.namespace = {r.cookie: r.netns for r in requests}
        self.had = {r.cookie for r in requests if r.result == "ok"}

    def refused(self):
        return [r for r in self.requests if r.result == "EADDRINUSE"]

    def strangers(self):
        """Conflicts whose holder never had the port there."""
        return [c for c in self.conflicts if not self.had_port(c)]

    def had_port(self, conflict):
        holder = conflict["holder"]
        if not holder:
            return conflict.get("inferred", False)
        return (holder["cookie"] in self.had and holder["port"] == PORT
                and holder["cookie"] != conflict["cookie"]
                and self.namespace[holder["cookie"]] ==
                self.namespace[conflict["cookie"]])


def by_cookie(rows):
    """What was asked with each socket, in the order of time."""
    found = collections.defaultdict(list)
    for cookie, op, result in rows:
        found[cookie].append((op, result))
    return found


def play(tap, name, *options):
    viewer = rtlib.Viewer("-P", str(PORT), "-e", "bind,bind_conflict",
                          "-b", str(BUFFER_KB))
    requests = list(fight(*options))
    viewer.stop()
    account = Account(requests, viewer)
    inferred = sum(c.get("inferred", False) for c in account.conflicts)
    tap.note(f"{name}: {len(requests)} requests, {len(account.refused())} "
             f"refused, {inferred} holders inferred")
    missing = sum(e["count"] or 0 for e in viewer.losses(rtlib.BIND_PROBES))
    if missing:
        tap.note(f"{name}: {viewer.losses(rtlib.BIND_PROBES)}")
        told = len(account.binds)
        tap.check(f"{name}: seen <= happened <= seen + missed",
                  told <= len(requests) <= told + missing)
    else:
        tap.same(f"{name}: seen = happened, by errno",
                 counts(r.result for r in requests),
                 counts(e["result"] for e in account.binds))
        tap.check(f"{name}: socket by socket",
                  by_cookie((r.cookie, r.op, r.result) for r in requests) ==
                  by_cookie((e["cookie"], e["op"], e["result"])
                            for e in account.binds))
        tap.same(f"{name}: each EADDRINUSE is explained",
                 counts(r.cookie for r in account.refused()),
                 counts(c["cookie"] for c in account.conflicts))
    strangers = account.strangers()
    tap.check(f"{name}: each holder had the port, in that namespace",
              not strangers, "\n".join(map(str, strangers[:5])))


def only_binds():
    """What else happens is lost uncounted, as it is not there at all."""
    for event in os.listdir(EVENTS):
        if os.path.isdir(f"{EVENTS}/{event}"):
            with open(f"{EVENTS}/{event}/enable", "w", encoding="ascii") as f:
                f.write("1" if event.startswith("bind") else "0")


def overflow(tap):
    """A buffer that is too small: seen + lost = happened."""
    rtlib.load_module("buffer_kb=64")
    viewer = rtlib.Viewer("-e", "bind,bind_conflict", expect=(0, 3))
    only_binds()
    viewer.process.send_signal(signal.SIGSTOP)
    requests = list(fight("-t", "8", "-n", "300"))
    viewer.process.send_signal(signal.SIGCONT)
    viewer.stop()
    happened = len(requests) + sum(r.result == "EADDRINUSE" for r in requests)
    seen = len(viewer.of("bind", "bind_conflict"))
    lost = viewer.events[-1]["lost"]
    tap.note(f"{seen} seen, {lost} lost of {happened}")
    if viewer.losses(rtlib.BIND_PROBES) and viewer.events[-1]["missed"]:
        tap.check("a small buffer: seen + lost <= happened",
                  seen + lost <= happened)
    else:
        tap.same("a small buffer: seen + lost = happened", happened,
                 seen + lost)


def bound():
    sock = socket.socket()
    sock.bind(("127.0.0.1", PORT))
    return sock


def in_child(action):
    """The child's pid, and what it had to say: a cookie."""
    read, write = os.pipe()
    pid = os.fork()
    if not pid:
        os.write(write, str(action()).encode())
        os._exit(0)
    os.close(write)
    said = os.read(read, 100).decode()
    os.close(read)
    os.waitpid(pid, 0)
    return pid, int(said)


def refusal_inside():
    """In one process: get the port, have another socket refused, end."""
    holder, asking = bound(), socket.socket()
    try:
        asking.bind(("127.0.0.1", PORT))
    except OSError:
        pass
    return rtlib.cookie_of(holder)


def slow_viewer(tap):
    """The holder is gone, and others have had its port, before anybody reads."""
    viewer = rtlib.Viewer("-P", str(PORT), "-e", "bind,bind_conflict")
    viewer.process.send_signal(signal.SIGSTOP)
    in_child(lambda: rtlib.cookie_of(bound()))
    pid, cookie = in_child(refusal_inside)
    last = bound()
    viewer.process.send_signal(signal.SIGCONT)
    viewer.stop()
    conflict, = viewer.of("bind_conflict")
    tap.same("a slow viewer names who had the port then, not before or now",
             (cookie, pid),
             (conflict["holder"]["cookie"], conflict["holder"]["pid"]))
    last.close()


def main():
    subprocess.run(["make", "-s", "-C", STRESS], check=True,
                   stdout=subprocess.DEVNULL)
    with rtlib.Tap() as tap:
        tap.note(f"RT_SEED={SEED} RT_BINDS={BINDS}")
        rtlib.load_module(f"buffer_kb={BUFFER_KB}")
        play(tap, "8 threads", "-t", "8", "-n", str(BINDS))
        play(tap, "8 threads, UDP", "-u", "-t", "8", "-n", str(max(BINDS // 4, 50)))
        play(tap, "64 threads", "-t", "64", "-n", str(max(BINDS // 10, 10)))
        slow_viewer(tap)
        overflow(tap)


main()
