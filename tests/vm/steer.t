#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""The member that steer names is the one that accepts or receives, for every
TCP connection and every UDP datagram."""

import os
import select
import socket
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import rtlib  # noqa: E402

MEMBERS = 4
COUNT = int(os.environ.get("RT_STEER_COUNT", 1000))
ROUNDS = 2
BATCH = 100


def members(family, kind, addr):
    group = []
    port = 0
    for _ in range(MEMBERS):
        sock = socket.socket(family, kind)
        sock.setsockopt(socket.SOL_SOCKET, rtlib.SO_REUSEPORT, 1)
        sock.bind((addr, port))
        port = sock.getsockname()[1]
        if kind == socket.SOCK_STREAM:
            sock.listen(2 * BATCH)
        sock.setblocking(False)
        group.append(sock)
    return group, port


def tcp_batch(group, addr, port, family, got):
    clients = [socket.create_connection((addr, port)) for _ in range(BATCH)]
    left = BATCH
    while left:
        ready, _, _ = select.select(group, [], [], 30)
        if not ready:
            raise TimeoutError(f"{left} connections were never accepted")
        for member in ready:
            conn, peer = member.accept()
            got[peer[1]] = rtlib.cookie_of(member)
            conn.close()
            left -= 1
    for client in clients:
        client.close()


def udp_batch(group, addr, port, family, got):
    clients = [socket.socket(family, socket.SOCK_DGRAM) for _ in range(BATCH)]
    for client in clients:
        client.sendto(b"x", (addr, port))
    left = BATCH
    while left:
        ready, _, _ = select.select(group, [], [], 30)
        if not ready:
            raise TimeoutError(f"{left} datagrams never arrived")
        for member in ready:
            _, peer = member.recvfrom(16)
            got[peer[1]] = rtlib.cookie_of(member)
            left -= 1
    for client in clients:
        client.close()


def play(tap, family, kind, addr, target):
    proto = "tcp" if kind == socket.SOCK_STREAM else "udp"
    batch = tcp_batch if proto == "tcp" else udp_batch
    name = f"{proto} {addr} -> {target}"
    group, port = members(family, kind, addr)
    viewer = rtlib.Viewer("-e", "steer", "-P", str(port))
    agreed = picks = 0
    # A source port may come again, so batches are compared one by one.
    received = []
    for _ in range(COUNT // BATCH):
        got = {}
        batch(group, target, port, family, got)
        received.append(got)
    viewer.stop()
    steers = [e for e in viewer.of("steer")
              if proto == "udp" or "syn" in e["tcp_flags"]]
    picks = len(steers)
    at = 0
    for got in received:
        told = {e["sport"]: e["cookie"] for e in steers[at:at + len(got)]}
        at += len(got)
        agreed += sum(told.get(sport) == cookie
                      for sport, cookie in got.items())
    tap.same(f"{name}: one pick for each of them", COUNT, picks)
    tap.same(f"{name}: the member picked is the one that got it", COUNT,
             agreed)
    tap.same(f"{name}: all members are told, in a group of {MEMBERS}",
             ({rtlib.cookie_of(m) for m in group}, {MEMBERS}),
             ({e["cookie"] for e in steers}, {e["size"] for e in steers}))
    by_hash = sum((e["hash"] * e["size"]) >> 32 == e["index"] for e in steers)
    tap.same(f"{name}: index is the kernel's formula of the hash", COUNT,
             by_hash)
    for member in group:
        member.close()


def main():
    with rtlib.Tap() as tap:
        rtlib.load_module()
        for _ in range(ROUNDS):
            for kind in socket.SOCK_STREAM, socket.SOCK_DGRAM:
                play(tap, socket.AF_INET, kind, "0.0.0.0", "127.0.0.1")
                play(tap, socket.AF_INET6, kind, "::", "::1")
        play(tap, socket.AF_INET6, socket.SOCK_STREAM, "::",
             "::ffff:127.0.0.1")


main()
