#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Programs that pick the member, with a known answer for each client: the index
told is that answer, or the hash's where there is no such member. And packets
that sk_lookup sends to another port's group, and a socket without a group."""

import os
import socket
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import bpflib  # noqa: E402
import rtlib  # noqa: E402

MEMBERS = 4
MODULUS = 5		# 4 is an answer that no member has
DROP_FROM = 3
CLIENTS = int(os.environ.get("RT_BPF_CLIENTS", 25))
FIRST_CLIENT = 20000
INET, INET6 = socket.AF_INET, socket.AF_INET6
TCP, UDP = socket.SOCK_STREAM, socket.SOCK_DGRAM
HERE = {INET: "127.0.0.1", INET6: "::1"}
PROTO = {TCP: "tcp", UDP: "udp"}
ports = iter(range(9100, 9300))


class Group:
    """Members on one port."""

    def __init__(self, family, kind, size=MEMBERS):
        self.family, self.kind, self.port = family, kind, next(ports)
        self.name = f"{PROTO[kind]} IPv{4 if family == INET else 6}"
        self.members = [self.member() for _ in range(size)]
        self.cookies = [rtlib.cookie_of(m) for m in self.members]

    def member(self):
        sock = socket.socket(self.family, self.kind)
        sock.setsockopt(socket.SOL_SOCKET, rtlib.SO_REUSEPORT, 1)
        sock.bind((HERE[self.family], self.port))
        if self.kind == TCP:
            sock.listen(CLIENTS)
        return sock

    def call(self, sport, port=None):
        """From that port: the member's cookie, or None when none got it."""
        client = socket.socket(self.family, self.kind)
        client.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        client.bind((HERE[self.family], sport))
        client.settimeout(30)
        with client:
            try:
                client.connect((HERE[self.family], port or self.port))
                client.send(b"x")
                if self.kind == UDP:
                    return self.arrived(client, sport)
            except ConnectionRefusedError:
                return None
            got = self.arrived(client, sport)
            rtlib.reset_on_close(client)
            return got

    def arrived(self, client, sport):
        """A refused datagram comes back as an error on the client's socket."""
        while True:
            for member, cookie in zip(self.members, self.cookies):
                member.setblocking(False)
                try:
                    if self.kind == TCP:
                        conn, peer = member.accept()
                        rtlib.reset_on_close(conn)
                        conn.close()
                    else:
                        _, peer = member.recvfrom(8)
                except BlockingIOError:
                    continue
                assert peer[1] == sport
                return cookie
            if self.kind == UDP:
                error = client.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
                if error:
                    raise ConnectionRefusedError

    def close(self):
        for member in self.members:
            member.close()


def play(group, port=None):
    """Who got each client."""
    return {sport: group.call(sport, port)
            for sport in range(FIRST_CLIENT, FIRST_CLIENT + CLIENTS)}


def hash_place(event):
    return event["hash"] * event["size"] >> 32


def unseen(event, answer):
    """A classic program or socket filter is known by its answer alone."""
    place = answer if answer < MEMBERS else hash_place(event)
    return place, place == hash_place(event)


def expect_classic(event, answer):
    place, alike = unseen(event, answer)
    return place, "cbpf", alike


def expect_filter(event, answer):
    place, alike = unseen(event, answer)
    return place, "bpf", alike


def expect_select(event, answer):
    if answer < MEMBERS:
        return answer, "bpf", False
    return hash_place(event), "bpf-fallback", False


def expect_drop(_, answer):
    return (answer, "bpf", False) if answer < DROP_FROM else \
        (None, "bpf-drop", False)


def attach_classic(group):
    bpflib.classic(group.members[0], MODULUS, group.family)


def attach_filter(group):
    bpflib.attach(group.members[0], bpflib.socket_filter(MODULUS, group.family))


def attach_select(group, drop_from=1 << 30):
    array = bpflib.sockarray(group.members)
    bpflib.attach(group.members[0], bpflib.select(array, MODULUS, drop_from))


def attach_drop(group):
    attach_select(group, DROP_FROM)


WAYS = (("classic BPF", attach_classic, expect_classic),
        ("eBPF socket filter", attach_filter, expect_filter),
        ("eBPF SK_REUSEPORT", attach_select, expect_select),
        ("eBPF SK_REUSEPORT that drops", attach_drop, expect_drop))


class Judge:
    """Plays now, looks at the events at the end."""

    def __init__(self, tap):
        self.tap = tap
        self.later = []
        self.missed = 0

    def add(self, name, group, got, expect, port=None):
        self.later.append((name, group, got, expect, port or group.port))

    def go(self, viewer):
        self.missed = sum(e["count"] for e in viewer.losses(
            ("reuseport_select_sock", "bpf_run_sk_reuseport")))
        for name, group, got, expect, port in self.later:
            events = [e for e in viewer.of("steer") if e["dport"] == port
                      and (group.kind == UDP or e["tcp_flags"] == ["syn"])]
            self.judge(f"{name}, {group.name}", group, got, expect, events)

    def judge(self, name, group, got, expect, events):
        last = {e["sport"]: e for e in events}
        wrong = []
        for sport, cookie in got.items():
            if sport not in last:
                continue
            event = last[sport]
            want = expect(event, sport % MODULUS)
            told = (event["index"], event["via"], event.get("inferred", False))
            known = want[0] is not None and group.cookies[want[0]]
            if told != want or (known or None) != cookie or \
                    event["cookie"] != cookie:
                wrong.append((sport, cookie, want, event))
        absent = len(got) - len(last)
        self.tap.check(f"{name}: all {len(got)} clients are told",
                       0 <= absent <= self.missed, f"{absent} absent")
        self.tap.check(f"{name}: index, way and member are the known answer",
                       not wrong or self.missed >= len(wrong),
                       "\n".join(map(str, wrong)))


def expect_hash(event, _):
    return hash_place(event), "hash", False


def play_programs(judge):
    for name, attach, expect in WAYS:
        for kind in TCP, UDP:
            for family in INET, INET6:
                group = Group(family, kind)
                attach(group)
                judge.add(name, group, play(group), expect)
    group = Group(INET, TCP)
    attach_drop(group)
    bpflib.detach(group.members[0])
    judge.add("detached", group, play(group), expect_hash)


class Redirects:
    """What sk_lookup sends elsewhere, and what is seen of it."""

    def __init__(self, kind):
        self.kind = kind
        self.group = Group(INET, kind)
        self.port, self.quiet_port = next(ports), next(ports)
        link = bpflib.redirect(self.port, self.group.members[1])
        self.got = play(self.group, self.port)
        os.close(link)
        link = bpflib.redirect(self.quiet_port, self.group.members[1],
                               bpflib.NO_REUSEPORT)
        self.quiet = play(self.group, self.quiet_port)
        os.close(link)

    def judge(self, tap, viewer, missed):
        name = f"sk_lookup, {self.group.name}"
        events = [e for e in viewer.of("steer") if e["dport"] == self.port
                  and (self.kind == UDP or e["tcp_flags"] == ["syn"])]
        wrong = [e for e in events if not e.get("redirected")
                 or e["cookie"] != self.got[e["sport"]]
                 or e["index"] != hash_place(e)]
        tap.check(f"{name}: the group of the socket it names picks all the same",
                  CLIENTS - missed <= len(events) <= CLIENTS, len(events))
        tap.check(f"{name}: they say so, and name who got it", not wrong, wrong)
        tap.same(f"{name}: with BPF_SK_LOOKUP_F_NO_REUSEPORT that socket gets "
                 "all", {self.group.cookies[1]}, set(self.quiet.values()))
        tap.same(f"{name}: and there is no pick to be told", [],
                 [e for e in viewer.of("steer")
                  if e["dport"] == self.quiet_port])
        groups = [g for g in viewer.of("summary")[0]["groups"]
                  if g["port"] == self.group.port]
        tap.same(f"{name}: the viewer counts them for the group they went to",
                 (1, len(events)), (len(groups), groups[0]["picks"]))


def no_group(tap):
    """The option came after listen(): it is set, and there is no group."""
    port = next(ports)
    with socket.socket() as listener:
        listener.bind((HERE[INET], port))
        listener.listen(4)
        listener.setsockopt(socket.SOL_SOCKET, rtlib.SO_REUSEPORT, 1)
        with socket.create_connection((HERE[INET], port)):
            listener.accept()[0].close()

    def judge(viewer):
        told = [(e["via"], e["group"], e["cookie"], e["index"])
                for e in viewer.of("steer")
                if e["dport"] == port and e["tcp_flags"] == ["syn"]]
        tap.same("a listener without a group: no choice was made",
                 [("none", None, None, None)], told)
    return judge


def main():
    with rtlib.Tap() as tap:
        rtlib.load_module("buffer_kb=16384")
        viewer = rtlib.Viewer("-e", "steer")
        judge = Judge(tap)
        play_programs(judge)
        redirects = [Redirects(kind) for kind in (TCP, UDP)]
        judge_none = no_group(tap)
        viewer.stop()
        judge.go(viewer)
        for redirect in redirects:
            redirect.judge(tap, viewer, judge.missed)
        judge_none(viewer)


main()
