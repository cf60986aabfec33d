#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""What the golden trace tells of: one of each refusal, permission and pick."""

import os
import socket
import sys

HOME = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HOME, "..", "vm"))
import rtlib  # noqa: E402

TCP, UDP = socket.SOCK_STREAM, socket.SOCK_DGRAM
REUSEADDR, REUSEPORT = socket.SO_REUSEADDR, socket.SO_REUSEPORT
kept = []


def sock(kind=TCP, options=(), family=socket.AF_INET, v6only=None):
    s = socket.socket(family, kind)
    for option in options:
        s.setsockopt(socket.SOL_SOCKET, option, 1)
    if v6only is not None:
        s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, v6only)
    kept.append(s)
    return s


def attempt(s, addr, port, listen=False):
    try:
        s.bind((addr, port))
        if listen:
            s.listen(16)
    except OSError as error:
        print(f"{addr}:{port}: {error.strerror}", flush=True)
    return s


def as_user(uid, call):
    """A socket belongs to whoever creates it."""
    pid = os.fork()
    if not pid:
        os.setuid(uid)
        call()
        os._exit(0)
    os.waitpid(pid, 0)


def listener_and_restart():
    server = attempt(sock(options=[REUSEADDR]), "0.0.0.0", 9527, True)
    attempt(sock(), "127.0.0.1", 9527)
    again = attempt(sock(options=[REUSEADDR]), "0.0.0.0", 9527)
    client = sock()
    client.connect(("127.0.0.1", 9527))
    kept.append(server.accept()[0])
    server.close()
    attempt(sock(), "0.0.0.0", 9527)
    attempt(again, "0.0.0.0", 9527, True)


def bound_only():
    attempt(sock(), "127.0.0.1", 9600)
    attempt(sock(options=[REUSEADDR]), "127.0.0.1", 9600)
    attempt(sock(), "127.0.0.2", 9600)
    first = attempt(sock(options=[REUSEADDR]), "127.0.0.1", 9601)
    second = attempt(sock(options=[REUSEADDR]), "127.0.0.1", 9601)
    first.listen(1)
    try:
        second.listen(1)
    except OSError as error:
        print(f"listen: {error.strerror}", flush=True)


def time_wait():
    server = attempt(sock(), "127.0.0.1", 9700, True)
    client = sock()
    client.connect(("127.0.0.1", 9700))
    accepted = server.accept()[0]
    rtlib.close_first(accepted)
    server.close()
    rtlib.close_last(client)
    attempt(sock(options=[REUSEADDR]), "127.0.0.1", 9700)


def families():
    attempt(sock(family=socket.AF_INET6, v6only=1), "::", 9800, True)
    attempt(sock(), "0.0.0.0", 9800, True)
    attempt(sock(family=socket.AF_INET6), "::", 9800)
    attempt(sock(family=socket.AF_INET6), "::1", 0, True)


def group(kind, family, addr, port, members, clients):
    for _ in range(members):
        s = attempt(sock(kind, [REUSEPORT], family), addr, port)
        if kind == TCP:
            s.listen(16)
    for _ in range(clients):
        c = sock(kind, (), family)
        c.connect((addr, port))
        if kind == UDP:
            c.send(b"x")


def other_user():
    as_user(1000, lambda: attempt(sock(options=[REUSEPORT]), "127.0.0.1", 8080))


def main():
    listener_and_restart()
    bound_only()
    time_wait()
    families()
    group(TCP, socket.AF_INET, "127.0.0.1", 8080, 4, 8)
    other_user()
    group(UDP, socket.AF_INET6, "::1", 5353, 3, 4)
    attempt(sock(UDP), "127.0.0.1", 5454)
    attempt(sock(UDP), "0.0.0.0", 5454)


main()
