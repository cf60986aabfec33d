#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""One TIME_WAIT at a time, each ended in a way of its own: the reason told is
the one that was brought about, for the right process, and nothing else."""

import errno
import os
import socket
import struct
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import rtlib  # noqa: E402

TCP_REPAIR, TCP_REPAIR_QUEUE, TCP_QUEUE_SEQ = 19, 20, 21
REPAIR_ON, REPAIR_OFF_NO_PROBE, RECV_QUEUE, SEND_QUEUE = 1, -1, 1, 2
RST, SYN, ACK = 0x04, 0x02, 0x10
ON_510 = rtlib.series() == "5.10"


def sysctl(name, value=None):
    path = f"/proc/sys/net/ipv4/{name}"
    if value is None:
        with open(path) as knob:
            return knob.read()
    with open(path, "w") as knob:
        knob.write(str(value))
    return None


def checksum(data):
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


class Side:
    """A pair of sockets on loopback. We have both, so the peer's next sequence
    number can be asked for before it is gone."""

    def __init__(self, family, addr, source_port=0, own_listener=None):
        self.family, self.addr = family, addr
        self.listener = own_listener or self.listen()
        self.port = self.listener.getsockname()[1]
        self.client = socket.socket(family)
        self.client.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if source_port:
            self.client.bind((addr, source_port))
        rtlib.wait_until(self.connects, "the port's last connection to be gone")
        self.server, _ = self.listener.accept()
        self.client_port = self.client.getsockname()[1]
        self.cookie = rtlib.cookie_of(self.server)
        self.client_cookie = rtlib.cookie_of(self.client)
        self.next, self.acked = self.sequence()

    def connects(self):
        """False while a softirq has yet to take the last ACK."""
        try:
            self.client.connect((self.addr, self.port))
        except OSError as error:
            if error.errno != errno.EADDRNOTAVAIL:
                raise
            return False
        return True

    def listen(self):
        listener = socket.socket(self.family)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((self.addr, 0))
        listener.listen(8)
        return listener

    def sequence(self):
        """What the client will send next, and what it has received."""
        numbers = []
        self.client.setsockopt(socket.IPPROTO_TCP, TCP_REPAIR, REPAIR_ON)
        for queue in (SEND_QUEUE, RECV_QUEUE):
            self.client.setsockopt(socket.IPPROTO_TCP, TCP_REPAIR_QUEUE, queue)
            numbers.append(self.client.getsockopt(
                socket.IPPROTO_TCP, TCP_QUEUE_SEQ) & 0xffffffff)
        self.client.setsockopt(socket.IPPROTO_TCP, TCP_REPAIR,
                               REPAIR_OFF_NO_PROBE)
        # The end of repairs takes this away.
        self.client.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        return numbers

    def server_waits(self):
        """The server's side is FIN_WAIT2, its FIN acknowledged."""
        self.server.close()
        self.client.recv(1)
        self.client.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)

    def server_first(self):
        """The server's side is TIME_WAIT proper afterwards."""
        self.server.close()
        self.client.recv(1)
        self.client.close()

    def send(self, flags):
        """A bare packet as if from the client, after its FIN."""
        header = struct.pack("!HHIIBBHHH", self.client_port, self.port,
                             (self.next + 1) & 0xffffffff,
                             (self.acked + 1) & 0xffffffff,
                             5 << 4, flags, 1024, 0, 0)
        if self.family == socket.AF_INET:
            host = socket.inet_aton(self.addr)
            pseudo = struct.pack("!4s4sBBH", host, host, 0,
                                 socket.IPPROTO_TCP, len(header))
        else:
            host = socket.inet_pton(self.family, self.addr)
            pseudo = struct.pack("!16s16sIxxxB", host, host, len(header),
                                 socket.IPPROTO_TCP)
        header = (header[:16] + struct.pack("!H", checksum(pseudo + header))
                  + header[18:])
        with socket.socket(self.family, socket.SOCK_RAW,
                           socket.IPPROTO_TCP) as raw:
            raw.sendto(header, (self.addr, 0))

    def alive(self):
        """What of ours is in TIME_WAIT on the listener's port."""
        out = subprocess.run(
            ["ss", "-Htan", "state", "time-wait", f"sport = :{self.port}"],
            check=True, capture_output=True, text=True).stdout
        return bool(out.strip())


class Ways:
    """Each method leaves one TIME_WAIT behind it and says what must be told:
    (name, cookie of its socket, {key: value} of tw_exit or None, how often its
    timer is set again)."""

    def __init__(self, family, addr):
        self.family, self.addr = family, addr
        self.kept = []

    def side(self, *args, **kwargs):
        side = Side(self.family, self.addr, *args, **kwargs)
        self.kept.append(side)
        return side

    def reset_in_time_wait(self):
        side = self.side()
        side.server_first()
        side.send(RST)
        return side.cookie, {"reason": "reset", "substate": "TIME_WAIT"}, 0

    def rfc1337_ignores_it(self):
        """With tcp_rfc1337 it lives on."""
        sysctl("tcp_rfc1337", 1)
        side = self.side()
        side.server_first()
        side.send(RST)
        return side.cookie, None, 0

    def rfc1337_and_fin_wait2(self):
        """That sysctl does not protect what is still FIN_WAIT2."""
        sysctl("tcp_rfc1337", 1)
        side = self.side()
        side.server_waits()
        side.client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                               struct.pack("ii", 1, 0))
        side.client.close()
        return side.cookie, {"reason": "reset", "substate": "FIN_WAIT2"}, 0

    def data_for_nobody(self):
        """The peer sends to a socket that is closed: we reset."""
        side = self.side()
        side.server_waits()
        side.client.send(b"x")
        return side.cookie, {"reason": "reset", "substate": "FIN_WAIT2"}, 0

    def ack_sets_the_timer_again(self):
        side = self.side()
        side.server_first()
        side.send(ACK)
        return side.cookie, None, 1

    def syn_takes_over(self):
        first = self.side()
        first.server_first()
        again = self.side(first.client_port, own_listener=first.listener)
        again.client.close()
        return first.cookie, {"reason": "syn-reuse"}, 0

    def syn_that_nobody_takes(self):
        """The note that a SYN may end it must not outlive the SYN."""
        sysctl("tcp_rfc1337", 1)
        side = self.side()
        side.server_first()
        side.listener.close()
        side.next += 1000
        side.send(SYN)
        subprocess.run(["ss", "-K", "-t", "state", "time-wait",
                        f"sport = :{side.port}"], check=False,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return (side.cookie, None if ON_510 else {"reason": "destroyed"}, 0)

    def shut_down_first(self):
        """The process still has its socket when the peer's FIN comes."""
        side = self.side()
        side.server.shutdown(socket.SHUT_WR)
        side.client.recv(1)
        side.client.close()
        side.send(RST)
        return side.cookie, {"reason": "reset", "substate": "TIME_WAIT"}, 0

    def connect_again(self, first, bound):
        """The client closed first; the same 4-tuple is called for again."""
        def works():
            with socket.socket(self.family) as again:
                again.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                if bound:
                    again.bind((self.addr, first.client_port))
                try:
                    again.connect((self.addr, first.port))
                except OSError as error:
                    if error.errno != errno.EADDRNOTAVAIL:
                        raise
                    return False
                first.listener.accept()[0].close()
                return True
        rtlib.wait_until(works, "connect() to take the TIME_WAIT over")

    def connect_over(self, tw_reuse, bound):
        sysctl("tcp_tw_reuse", tw_reuse)
        ports = sysctl("ip_local_port_range")
        first = self.side()
        first.client.close()
        first.server.recv(1)
        first.server.close()
        if not bound:
            sysctl("ip_local_port_range",
                   f"{first.client_port} {first.client_port}")
        self.connect_again(first, bound)
        sysctl("ip_local_port_range", ports)
        return first.client_cookie, {"reason": "connect-reuse",
                                     "tcp_tw_reuse": None if bound else tw_reuse}, 0

    def connect_with_tw_reuse_1(self):
        return self.connect_over(1, False)

    def connect_with_tw_reuse_2(self):
        return self.connect_over(2, False)

    def connect_from_a_bound_port(self):
        return self.connect_over(0, True)

    def all(self):
        return (self.reset_in_time_wait, self.rfc1337_ignores_it,
                self.rfc1337_and_fin_wait2, self.data_for_nobody,
                self.ack_sets_the_timer_again, self.syn_takes_over,
                self.syn_that_nobody_takes, self.shut_down_first,
                self.connect_with_tw_reuse_1, self.connect_with_tw_reuse_2,
                self.connect_from_a_bound_port)


def play(ways):
    told = []
    for way in ways.all():
        sysctl("tcp_rfc1337", 0)
        sysctl("tcp_tw_reuse", 2)
        cookie, end, moves = way()
        told.append((way.__name__.replace("_", " "), cookie, end, moves))
    sysctl("tcp_rfc1337", 0)
    return told


def well_told(life, end, again):
    """The later FIN is told once if it was to come, and nothing twice."""
    if not life or life[0]["type"] != "tw_enter":
        return False
    states = [(e["from"], e["to"]) for e in life if e["type"] == "tw_state"]
    last = end.get("substate") if end else None
    fin = life[0]["substate"] == "FIN_WAIT2" and last != "FIN_WAIT2"
    expected = ([("FIN_WAIT2", "TIME_WAIT")] * fin
                + [("TIME_WAIT", "TIME_WAIT")] * again)
    exits = [e for e in life[1:] if e["type"] == "tw_exit"]
    return (states == expected and len(exits) == (end is not None)
            and len(life) == 1 + len(states) + len(exits)
            and all(e.get(key) == end[key] and not e.get("inferred")
                    for e in exits for key in end))


def judge_one(tap, viewer, family, expected):
    name, cookie, end, again = expected
    life = [e for e in viewer.of("tw_enter", "tw_state", "tw_exit")
            if e["cookie"] == cookie]
    tap.check(f"{family}: {name}", well_told(life, end, again),
              f"expected {end}, set again {again} times; got\n"
              + "\n".join(map(str, life)))
    tap.check(f"{family}: {name}: whose it was",
              all((e["owner"] or {}).get("pid") == os.getpid() for e in life))


def main():
    with rtlib.Tap() as tap:
        rtlib.load_module("buffer_kb=4096")
        viewer = rtlib.Viewer()
        expected = []
        for family, addr in ((socket.AF_INET, "127.0.0.1"),
                             (socket.AF_INET6, "::1")):
            expected += [(family.name, way)
                         for way in play(Ways(family, addr))]
        viewer.stop()
        missed = viewer.losses(("tcp_t", "inet_twsk", "__inet_twsk"))
        for loss in missed:
            tap.note(f"lost: {loss}")
        for family, way in expected:
            judge_one(tap, viewer, family, way)


main()
