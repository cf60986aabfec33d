#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Random TCP and UDP binds and listens: each has one bind event with its errno, each
EADDRINUSE one bind_conflict whose holder really has the port."""

import errno
import os
import random
import socket
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import rtlib  # noqa: E402

ATTEMPTS = int(os.environ.get("RT_ATTEMPTS", 1500))
SEED = int(os.environ.get("RT_SEED", random.SystemRandom().randrange(1 << 32)))
PORTS = (20001, 20002, 20003)
POOL_MAX = 14
V4 = ("0.0.0.0", "127.0.0.1", "127.0.0.2")
V6 = ("::", "::1", "::ffff:127.0.0.1", "::ffff:0.0.0.0", "::ffff:127.0.0.2")
SO_BINDTODEVICE = 25


class Attempt:
    """What the program asked for and got."""

    def __init__(self, op, sock, addr, port):
        self.op = op
        self.cookie = rtlib.cookie_of(sock)
        self.family = "inet6" if sock.family == socket.AF_INET6 else "inet"
        self.proto = "tcp" if sock.type == socket.SOCK_STREAM else "udp"
        self.addr = addr
        self.port = port
        self.bound_port = None
        self.result = "ok"

    def run(self, call, sock):
        try:
            call()
            self.bound_port = sock.getsockname()[1]
        except OSError as error:
            self.result = errno.errorcode[error.errno]
        return self.result == "ok"

    def told_by(self, event):
        return (event["op"] == self.op and event["result"] == self.result
                and event["port"] == self.port
                and event["addr"] == self.addr
                and event["family"] == self.family
                and event["proto"] == self.proto
                and (self.result != "ok" or
                     event["bound_port"] == self.bound_port))

    def __str__(self):
        return str(vars(self))


class Play:
    """A pool of sockets in all states on a few ports, changed at random."""

    def __init__(self, rng):
        self.rng = rng
        self.attempts = []
        self.ports_of = {}     # cookie -> ports it ever had
        self.pool = []         # [socket, state, addr]

    def know(self, sock, port):
        self.ports_of.setdefault(rtlib.cookie_of(sock), set()).add(port)

    def new_socket(self, kind=socket.SOCK_STREAM):
        rng = self.rng
        family = rng.choice((socket.AF_INET, socket.AF_INET6))
        os.seteuid(rng.choice((0, 0, 1000, 1001)))
        sock = socket.socket(family, kind)
        os.seteuid(0)
        if rng.random() < .5:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if rng.random() < .5:
            sock.setsockopt(socket.SOL_SOCKET, rtlib.SO_REUSEPORT, 1)
        if rng.random() < .1:
            sock.setsockopt(socket.SOL_SOCKET, SO_BINDTODEVICE, b"lo")
        if family == socket.AF_INET6 and rng.random() < .4:
            sock.setsockopt(socket.IPPROTO_IPV6, rtlib.IPV6_V6ONLY, 1)
        return sock

    def attempt(self, op, sock, addr, port, call):
        attempt = Attempt(op, sock, addr, port)
        good = attempt.run(call, sock)
        self.attempts.append(attempt)
        if good:
            self.know(sock, attempt.bound_port)
        return good

    def bind(self):
        tcp = self.rng.random() < .7
        sock = self.new_socket(socket.SOCK_STREAM if tcp else
                               socket.SOCK_DGRAM)
        v6 = sock.family == socket.AF_INET6
        v6only = v6 and sock.getsockopt(socket.IPPROTO_IPV6, rtlib.IPV6_V6ONLY)
        addr = self.rng.choice(V6[:2] if v6only else V6 if v6 else V4)
        port = 0 if self.rng.random() < .05 else self.rng.choice(PORTS)
        if self.attempt("bind", sock, addr, port,
                        lambda: sock.bind((addr, port))):
            self.pool.append([sock, "bound" if tcp else "udp", addr])
            if tcp and self.rng.random() < .6:
                self.listen(self.pool[-1])
        else:
            sock.close()

    def listen(self, entry):
        sock, _, addr = entry
        port = sock.getsockname()[1]
        if self.attempt("listen", sock, addr, port, lambda: sock.listen(8)):
            entry[1] = "listening"

    def listen_unbound(self):
        sock = self.new_socket()
        addr = "::" if sock.family == socket.AF_INET6 else "0.0.0.0"
        if self.attempt("listen", sock, addr, 0, lambda: sock.listen(8)):
            self.pool.append([sock, "listening", addr])

    def target_of(self, entry):
        addr = {"::": "::1", "0.0.0.0": "127.0.0.1",
                "::ffff:0.0.0.0": "::ffff:127.0.0.1"}.get(entry[2], entry[2])
        return addr, entry[0].getsockname()[1]

    def connect(self):
        listening = [e for e in self.pool if e[1] == "listening"]
        if not listening:
            return
        entry = self.rng.choice(listening)
        target = self.target_of(entry)
        client = socket.socket(entry[0].family)
        client.settimeout(5)
        try:
            client.connect(target)
        except OSError:
            client.close()
            return
        self.know(client, client.getsockname()[1])
        client.setblocking(True)
        self.pool.append([client, "connected", None])
        self.accept_all()

    def accept_all(self):
        """Another listener may have got the connection: ask them all."""
        for entry in [e for e in self.pool if e[1] == "listening"]:
            entry[0].setblocking(False)
            try:
                child, _ = entry[0].accept()
            except OSError:
                continue
            self.know(child, child.getsockname()[1])
            self.pool.append([child, "connected", None])

    def relisten(self):
        bound = [e for e in self.pool if e[1] == "bound"]
        if bound:
            self.listen(self.rng.choice(bound))

    def close(self):
        if self.pool:
            self.pool.pop(self.rng.randrange(len(self.pool)))[0].close()

    def step(self):
        self.rng.choices((self.bind, self.listen_unbound, self.connect,
                          self.relisten, self.close),
                         (60, 2, 12, 6, 20))[0]()
        while len(self.pool) > POOL_MAX:
            self.close()



def compare(tap, play, events):
    told = {}
    for event in events:
        told.setdefault(event["cookie"], []).append(event)

    wrong, unexplained, strangers, guessed = [], [], [], []
    for attempt in play.attempts:
        mine = told.get(attempt.cookie, [])
        conflict = None
        if mine and mine[0]["type"] == "bind_conflict":
            conflict = mine.pop(0)
        event = mine.pop(0) if mine else None
        if not event or event["type"] != "bind" or not attempt.told_by(event):
            wrong.append(f"{attempt}\n   event {event}")
            continue
        refused = attempt.result == "EADDRINUSE"
        if refused != (conflict is not None):
            unexplained.append(f"{attempt}\n   conflict {conflict}")
        elif refused and attempt.port:
            if conflict.get("inferred"):
                guessed.append(f"{attempt}\n   conflict {conflict}")
            holder = conflict["holder"]
            if attempt.port not in play.ports_of.get(holder["cookie"], ()):
                strangers.append(f"{attempt}\n   holder {holder}")
    extra = [e for left in told.values() for e in left]

    tap.check("each attempt has one bind event with its errno", not wrong,
              "\n".join(wrong))
    tap.check("no event without an attempt", not extra, extra)
    tap.check("each EADDRINUSE is preceded by one bind_conflict",
              not unexplained, "\n".join(unexplained))
    tap.check("each holder named is a socket of ours on that port",
              not strangers, "\n".join(strangers))
    tap.check("no holder had to be guessed", not guessed, "\n".join(guessed))


def main():
    rng = random.Random(SEED)
    with rtlib.Tap() as tap:
        tap.note(f"RT_SEED={SEED} RT_ATTEMPTS={ATTEMPTS}")
        rtlib.load_module()
        viewer = rtlib.Viewer("-e", "bind,bind_conflict")
        play = Play(rng)
        while len(play.attempts) < ATTEMPTS:
            play.step()
        viewer.stop()
        refused = sum(a.result == "EADDRINUSE" for a in play.attempts)
        tap.note(f"{len(play.attempts)} attempts, {refused} refused")
        tap.check("a fair share was refused and allowed",
                  ATTEMPTS / 5 < refused < ATTEMPTS * 4 / 5)
        compare(tap, play, viewer.of("bind", "bind_conflict"))
        tap.same("nothing was lost or missed on the way of a bind", [],
                 viewer.losses(rtlib.BIND_PROBES))


main()
