#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""insmod and rmmod over and over while binds, connections, datagrams,
TIME_WAITs and a reader keep every CPU busy: no splat, no leak, nothing left."""

import multiprocessing
import os
import random
import socket
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import rtlib  # noqa: E402

CYCLES = int(os.environ.get("RT_CYCLES", 2))
SEED = int(os.environ.get("RT_SEED", random.SystemRandom().randrange(1 << 32)))
INSTANCE = "/sys/kernel/tracing/instances/reusetrace"


def binds(rng):
    sock = socket.socket(rng.choice((socket.AF_INET, socket.AF_INET6)),
                         rng.choice((socket.SOCK_STREAM, socket.SOCK_DGRAM)))
    if rng.random() < .5:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        sock.bind(("", rng.choice((0, 21000, 21001))))
        if sock.type == socket.SOCK_STREAM:
            sock.listen()
    except OSError:
        pass
    sock.close()


class Group:
    """A reuseport group and clients that come and go; servers close first,
    so every connection leaves a TIME_WAIT."""

    def __init__(self, kind):
        self.port = 0
        self.kind = kind
        self.members = [self.member() for _ in range(3)]

    def member(self):
        sock = socket.socket(socket.AF_INET, self.kind)
        sock.setsockopt(socket.SOL_SOCKET, rtlib.SO_REUSEPORT, 1)
        sock.bind(("127.0.0.1", self.port))
        self.port = sock.getsockname()[1]
        if self.kind == socket.SOCK_STREAM:
            sock.listen(64)
        sock.setblocking(False)
        return sock

    def serve(self):
        for member in self.members:
            try:
                if self.kind == socket.SOCK_STREAM:
                    member.accept()[0].close()
                else:
                    member.recv(16)
            except BlockingIOError:
                pass

    def step(self, rng):
        with socket.socket(socket.AF_INET, self.kind) as client:
            client.settimeout(1)
            try:
                client.connect(("127.0.0.1", self.port))
                client.send(b"x")
            except OSError:
                pass
            self.serve()
        if rng.random() < .05:
            self.members.pop(0).close()
            self.members.append(self.member())


def churn(seed, what):
    # insmod and rmmod get a CPU at once; the load has the others, and this one
    # whenever they wait.
    os.nice(10)
    rng = random.Random(seed)
    step = binds if what is None else Group(what).step
    while True:
        step(rng)


def read(_seed, _what):
    """A reader that opens whatever instance there is and reads it."""
    os.nice(10)
    while True:
        try:
            fd = os.open(f"{INSTANCE}/per_cpu/cpu0/trace_pipe_raw",
                         os.O_RDONLY | os.O_NONBLOCK)
        except OSError:
            continue
        for _ in range(50):
            try:
                os.read(fd, 4096)
            except OSError:
                pass
        os.close(fd)


def start_all(rng):
    jobs = [(churn, None), (churn, socket.SOCK_STREAM),
            (churn, socket.SOCK_DGRAM), (read, None)]
    workers = [multiprocessing.Process(
        target=job, args=(rng.randrange(1 << 32), what), daemon=True)
        for job, what in jobs]
    for worker in workers:
        worker.start()
    return workers


def try_rmmod():
    return not subprocess.run(["rmmod", "reusetrace"],
                              stderr=subprocess.DEVNULL).returncode


def cycle(rng):
    """Load it, let it work for a moment, unload it. True when all went well."""
    ko = os.environ["REUSETRACE_KO"]
    if subprocess.run(["insmod", ko]).returncode:
        return False
    want = rng.randrange(1, 200)
    rtlib.wait_until(lambda: hits() >= want, f"{want} hits of our probes")
    rtlib.wait_until(try_rmmod, "rmmod to succeed")
    return True


def hits():
    with open("/sys/module/reusetrace/parameters/probes") as probes:
        return sum(int(line.split("\t")[3]) for line in probes)


def main():
    rng = random.Random(SEED)
    with rtlib.Tap() as tap:
        tap.note(f"RT_SEED={SEED} RT_CYCLES={CYCLES}")
        rtlib.unload_module()
        workers = start_all(rng)
        good = sum(cycle(rng) for _ in range(CYCLES))
        tap.same("every cycle of insmod and rmmod worked", CYCLES, good)
        tap.check("the workers still work",
                  all(worker.is_alive() for worker in workers))
        for worker in workers:
            worker.kill()
            worker.join()
        if os.path.isdir(INSTANCE):
            # A reader was in it at the last rmmod: one more cycle takes it.
            subprocess.run(["insmod", os.environ["REUSETRACE_KO"]])
            subprocess.run(["rmmod", "reusetrace"])
        tap.check("no instance is left", not os.path.exists(INSTANCE))


main()
