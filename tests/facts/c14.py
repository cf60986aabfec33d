# SPDX-License-Identifier: GPL-2.0-only
"""C14: both options and multicast."""

import socket

from net import PORT, new_socket, say, server, tries, user

CLAIM = "For multicast both options are the same."
DEMO = "E9"
VERDICTS = {
    "same-user": ("only", "all receivers run as one user and agree on one "
                  "option. With either of them every receiver gets every "
                  "datagram to the group, and nothing is picked. But "
                  "SO_REUSEPORT keeps other users out and SO_REUSEADDR does "
                  "not, they do not mix, and datagrams to one address instead "
                  "of the group are spread by one and not by the other (C15)."),
    "same": ("holds", "in all that was tried."),
}
GROUP = socket.inet_aton("239.9.5.27")
LOOPBACK = socket.inet_aton("127.0.0.1")


def program():
    for option in "reuseaddr", "reuseport":
        with user(1001):
            receivers = [server(f"r{i}", udp=True, **{option: True})
                         for i in (1, 2, 3)]
        for sock in receivers:
            sock.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP,
                            GROUP + LOOPBACK)
        send_to_group()
        got = [sock.recv(10) for sock in receivers].count(b"hello")
        say(f"one datagram to the group, SO_{option.upper()}: "
            f"{got} of {len(receivers)} receive it")
        with user(1002):
            tries("other", udp=True, **{option: True})
        for sock in receivers:
            sock.close()


def send_to_group():
    sender = new_socket(udp=True)
    sender.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, LOOPBACK)
    sender.sendto(b"hello", (socket.inet_ntoa(GROUP), PORT))


def verdict(trace):
    got = [line.split(": ")[-1][0] for line in trace.lines("receive it")]
    others = [(e["result"], e["reuseport"]) for e in trace.of("bind")
              if e["comm"] == "other"]
    if got != ["3", "3"] or trace.of("steer"):
        return None
    return {(("ok", False), ("EADDRINUSE", True)): "same-user",
            (("ok", False), ("ok", True)): "same"}.get(tuple(others))


SHOW = r"^(other|r2).* bind |one datagram"
