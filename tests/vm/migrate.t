#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""What becomes of a closing listener's connections, queued and half-open: told,
seen by the clients and counted by the kernel, three times the same."""

import os
import socket
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import bpflib  # noqa: E402
import rtlib  # noqa: E402

CLIENTS = int(os.environ.get("RT_MIGRATE_CLIENTS", 10))
HERE = "127.0.0.1"
PROBES = ("inet_csk_listen_stop", "inet_child_forget", "reuseport_migrate_sock",
          "__inet_csk_reqsk_queue_drop", "reuseport_add_sock")
ports = iter(range(9400, 9500))


def counters():
    """By name, of this namespace."""
    found = {}
    for path in "/proc/net/netstat", "/proc/net/snmp":
        with open(path, encoding="ascii") as file:
            lines = file.read().splitlines()
        for names, values in zip(lines[::2], lines[1::2]):
            found.update(zip(names.split()[1:], values.split()[1:]))
    return {name: int(value) for name, value in found.items()}


CAN_MIGRATE = "TCPMigrateReqSuccess" in counters()


class Scene:
    """A listener with clients in its queue, or half-open, and others beside."""

    def __init__(self, name, others, half_open=False, sysctl=0, program=False):
        self.name, self.port = name, next(ports)
        self.half_open = half_open
        rtlib.sysctl("tcp_migrate_req", sysctl)
        self.old = self.listener()
        self.array = None
        if half_open:
            self.old.setsockopt(socket.IPPROTO_TCP, socket.TCP_DEFER_ACCEPT, 30)
        if program:
            self.array = bpflib.sockarray([self.old])
            bpflib.attach(self.old, bpflib.select(
                self.array, 1, where=bpflib.SELECT_OR_MIGRATE))
        self.clients = [socket.create_connection((HERE, self.port), 60)
                        for _ in range(CLIENTS)]
        if not half_open:
            rtlib.wait_until(lambda: rtlib.queued(self.old) == CLIENTS,
                             "all connections to be in the queue")
        self.others = [self.listener() for _ in range(others)]
        if program:
            bpflib.map_set(self.array, 0, self.others[0])
        self.cookie = rtlib.cookie_of(self.old)
        self.cookies = [rtlib.cookie_of(s) for s in self.others]
        self.taken = {}
        self.accepted = []
        self.reset = 0

    def listener(self):
        s = socket.socket()
        s.setsockopt(socket.SOL_SOCKET, rtlib.SO_REUSEPORT, 1)
        s.bind((HERE, self.port))
        s.listen(2 * CLIENTS)
        s.setblocking(False)
        return s

    def close(self):
        self.before = counters()
        self.old.close()

    def speak(self):
        for client in self.clients:
            client.send(b"x")

    def accept(self):
        """What has come to the others, so far."""
        for other, cookie in zip(self.others, self.cookies):
            while True:
                try:
                    conn = other.accept()[0]
                except BlockingIOError:
                    break
                self.taken[cookie] = self.taken.get(cookie, 0) + 1
                conn.send(b"y")
                self.accepted.append(conn)

    def served(self):
        self.accept()
        return sum(self.taken.values()) == CLIENTS

    def hear(self):
        """How each client fared: served, or reset."""
        for client in self.clients:
            try:
                if client.recv(1) != b"y":
                    raise AssertionError("neither answer nor reset")
            except ConnectionResetError:
                self.reset += 1

    def end(self):
        self.after = counters()
        for s in self.clients + self.accepted + self.others:
            s.close()

    def rose(self, name):
        return self.after.get(name, 0) - self.before.get(name, 0)


def queued(name, others, **settings):
    scene = Scene(name, others, **settings)
    scene.close()
    scene.accept()
    scene.hear()
    scene.end()
    return scene


def half_open_speaks(name, others, **settings):
    scene = Scene(name, others, half_open=True, **settings)
    scene.close()
    scene.speak()
    if (settings.get("sysctl") or settings.get("program")) and others \
            and CAN_MIGRATE:
        rtlib.wait_until(scene.served, f"{name}: the clients to be served")
    scene.hear()
    scene.end()
    return scene


def told(events, scene):
    return [e for e in events if e["type"] == "migrate"
            and e["from"] == scene.cookie]


def half_open_silent(name, others, viewer, **settings):
    """Nobody speaks: the kernel's timer finds that the listener has gone."""
    scene = Scene(name, others, half_open=True, **settings)
    scene.close()
    if others and settings.get("sysctl") and CAN_MIGRATE:
        rtlib.wait_until(scene.served, f"{name}: the clients to be served")
    else:
        rtlib.wait_until(lambda: len(told(viewer.so_far(), scene)) >= CLIENTS,
                         f"{name}: each half-open connection's death")
    scene.end()
    return scene


def judge(tap, viewer, scene, moves, missed):
    """@moves: with migration they move; else, and on 5.10, they die."""
    moved = CLIENTS if moves and CAN_MIGRATE else 0
    events = told(viewer.events, scene)
    close = [e for e in viewer.of("listener_close")
             if e["cookie"] == scene.cookie]
    fate = {"migrated": 0, "failed": 0}
    for event in events:
        fate[event["result"]] += 1
    stage = {e["stage"] for e in events}
    expected = "syn-recv" if scene.half_open else "established"
    queue = 0 if scene.half_open else CLIENTS
    tap.check(f"{scene.name}: the close is told", len(close) == 1 or missed)
    if close:
        tap.same(f"{scene.name}: and what became of those not accepted",
                 (queue, 0 if moved else queue, moved if queue else 0),
                 (close[0]["unaccepted"], close[0]["reset"],
                  close[0]["migrated"]))
    tap.check(f"{scene.name}: {moved} move, each is told",
              moved - missed <= fate["migrated"] <= moved, (fate, events))
    tap.check(f"{scene.name}: all of them {expected}",
              stage <= {expected}, stage)
    by_cookie = {}
    for event in events:
        if event["to"]:
            by_cookie[event["to"]] = by_cookie.get(event["to"], 0) + 1
    tap.check(f"{scene.name}: to those who accepted them",
              by_cookie == scene.taken or missed, (by_cookie, scene.taken))
    if scene.half_open and not moved:
        tap.check(f"{scene.name}: each one's death is told",
                  CLIENTS - missed <= fate["failed"] <= CLIENTS, fate)
    judge_counters(tap, scene, events, moved, missed)


def judge_counters(tap, scene, events, moved, missed):
    in_group = sum(e["result"] == "failed" and e["group"] is not None
                   for e in events)
    if CAN_MIGRATE:
        tap.same(f"{scene.name}: TCPMigrateReqSuccess says the same", moved,
                 scene.rose("TCPMigrateReqSuccess"))
        failures = scene.rose("TCPMigrateReqFailure")
        tap.check(f"{scene.name}: TCPMigrateReqFailure, too",
                  failures - missed <= in_group <= failures,
                  (failures, in_group, events[:3]))
    else:
        tap.check(f"{scene.name}: this kernel has no counter of it, and moves "
                  "nothing", not any(e["to"] for e in events))
    if scene.reset:
        tap.same(f"{scene.name}: the clients are reset", CLIENTS - moved,
                 scene.reset)
        tap.same(f"{scene.name}: Tcp OutRsts says the same", scene.reset,
                 scene.rose("OutRsts"))
    elif not scene.half_open or moved:
        tap.same(f"{scene.name}: no client is reset", CLIENTS, moved)


def play(viewer):
    """Each with whether migration saves them."""
    yield queued("queued, no migration", 1), False
    yield queued("queued, tcp_migrate_req", 3, sysctl=1), True
    yield queued("queued, tcp_migrate_req, nobody else", 0, sysctl=1), False
    yield half_open_speaks("half-open, no migration", 1), False
    yield half_open_speaks("half-open, tcp_migrate_req", 3, sysctl=1), True
    yield half_open_speaks("half-open, tcp_migrate_req, nobody else", 0,
                           sysctl=1), False
    yield half_open_silent("half-open and silent", 1, viewer), False
    yield half_open_silent("half-open and silent, tcp_migrate_req", 1, viewer,
                           sysctl=1), True
    if CAN_MIGRATE:
        yield queued("queued, an eBPF program", 2, program=True), True
        yield half_open_speaks("half-open, an eBPF program", 2,
                               program=True), True


def main():
    with rtlib.Tap() as tap:
        rtlib.load_module()
        viewer = rtlib.Viewer("-e", "migrate,listener_close,group")
        scenes = list(play(viewer))
        rtlib.sysctl("tcp_migrate_req", 0)
        viewer.stop()
        missed = sum(e["count"] for e in viewer.losses(PROBES))
        tap.note(f"{missed} calls missed")
        for scene, moves in scenes:
            judge(tap, viewer, scene, moves, missed)
        if not CAN_MIGRATE:
            tap.same("no listener of this kernel stays in its group closed",
                     [], [e for e in viewer.of("group")
                          if e["action"] in ("close", "resurrect")])


main()
