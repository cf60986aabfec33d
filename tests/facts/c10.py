# SPDX-License-Identifier: GPL-2.0-only
"""C10: members come and go in the middle of handshakes."""

import select
import socket

from net import LIMIT, call, say, server, sysctl, states, wait_until

CLAIM = ("Adding or removing a member can drop connections in the middle of "
         "the handshake.")
DEMO = "E11"
VERDICTS = {
    "unless-migrated": ("only", "a member is removed while "
                        "net.ipv4.tcp_migrate_req is 0, which it is unless "
                        "somebody sets it: its half-open connections are reset. "
                        "With 1 they go to another member. Adding one drops "
                        "nothing."),
    "removing": ("only", "a member is removed: its half-open connections are "
                 "reset. On this kernel net.ipv4.tcp_migrate_req exists and "
                 "changes nothing. Adding one drops nothing."),
}
CLIENTS = 4
TCP_DEFER_ACCEPT = 9	# half-open, for the server, until the client speaks


def program():
    for migrate in 0, 1:
        sysctl("tcp_migrate_req", migrate)
        for change in "added", "removed":
            say(f"tcp_migrate_req={migrate}, a member is {change}: "
                f"{answered(change)} of {CLIENTS} clients are answered")


def answered(change):
    old = server("old", reuseport=True)
    old.setsockopt(socket.IPPROTO_TCP, TCP_DEFER_ACCEPT, 5)
    clients = [call() for _ in range(CLIENTS)]
    wait_until(lambda: states().count("SYN_RECV") == CLIENTS, "half-open connections")
    new = server("new", reuseport=True)
    if change == "removed":
        old.close()
    return sum(speak(client, old, new) for client in clients)


def speak(client, *listeners):
    """Does a server get what it says, or does it get a reset?"""
    client.send(b"x")
    there = [sock for sock in listeners if sock.fileno() >= 0]
    ready, _, _ = select.select([client, *there], [], [], LIMIT)
    if client in ready:
        return False
    return ready[0].accept()[0].recv(1) == b"x"


def verdict(trace):
    got = tuple(line.split(": ")[-1][0] for line in trace.lines("answered"))
    moved = len([e for e in trace.of("migrate") if e["result"] == "migrated"])
    return {(("4", "0", "4", "4"), CLIENTS): "unless-migrated",
            (("4", "0", "4", "0"), 0): "removing"}.get((got, moved))


SHOW = r" migrate +tcp |tcp_migrate_req="
