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
TCP_ESTABLISHED = 1
FIN_WAIT2, TIME_WAIT = "05", "06"	# in /proc/net/tcp,
KEEPALIVE, TIME_WAIT_TIMER = "02", "03"	# and so are their timers
CLOSES_MAX = 5
RST, SYN, ACK = 0x04, 0x02, 0x10
ON_510 = rtlib.series() == "5.10"
PROBES = ("tcp_t", "tcp_check", "inet_twsk", "__inet_twsk")


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
        self.source_port = source_port
        self.listener = own_listener or self.listen()
        self.port = self.listener.getsockname()[1]
        self.connect()

    def connect(self):
        self.client = socket.socket(self.family)
        self.client.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if self.source_port:
            self.client.bind((self.addr, self.source_port))
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
        """The server's side is FIN_WAIT2, its FIN acknowledged.

        An acknowledgement that comes in the last instant of close(), when
        tcp_close() has looked for it and still owns the socket, leaves a whole
        socket there, with the keepalive timer: then there is no TIME_WAIT.
        """
        for _ in range(CLOSES_MAX):
            if self.leaves_time_wait():
                return
            self.client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                                   struct.pack("ii", 1, 0))
            self.client.close()
            self.connect()
        raise TimeoutError(f"{CLOSES_MAX} times no TIME_WAIT in FIN_WAIT2")

    def leaves_time_wait(self):
        self.server.close()
        self.client.recv(1)
        self.client.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
        whole, left = (FIN_WAIT2, KEEPALIVE), (FIN_WAIT2, TIME_WAIT_TIMER)
        rtlib.wait_until(lambda: self.is_in(whole, left), "FIN_WAIT2")
        return self.is_in(left)

    def wait_for(self, state):
        """A packet sent from another CPU can come after the next one."""
        rtlib.wait_until(lambda: self.is_in((state, TIME_WAIT_TIMER)),
                         f"state {state}")

    def is_in(self, *wanted):
        """WANTED: states and timers of the server's side."""
        ends = rtlib.tcp_ends(self.port, self.client_port, self.family)
        return any(end in wanted for end in ends)

    def server_first(self):
        """The server's side is TIME_WAIT proper afterwards."""
        self.server.close()
        self.client.recv(1)
        self.client.close()
        self.wait_for(TIME_WAIT)

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

    def is_established(self):
        """The client has yet to see the server's FIN."""
        info = self.client.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 8)
        return info[0] == TCP_ESTABLISHED

    def alive(self):
        """What of ours is in TIME_WAIT on the listener's port."""
        out = subprocess.run(
            ["ss", "-Htan", "state", "time-wait", "state", "fin-wait-2",
             f"sport = :{self.port}"],
            check=True, capture_output=True, text=True).stdout
        return bool(out.strip())


class Told:
    """What must be told of one TIME_WAIT."""

    def __init__(self, cookie, end, again=0, closer=None, absent=None,
                 **enter):
        self.cookie = cookie  # of the socket it was
        self.end = end  # keys of tw_exit, or None: it has none
        self.again = again  # how often its timer is set again; None: may be
        self.closer = closer or os.getpid()
        self.absent = absent  # why there is no such thing here
        self.enter = enter  # keys of tw_enter
        self.name = None


def run(*command):
    return subprocess.run(command, stdout=subprocess.DEVNULL,
                          stderr=subprocess.PIPE, text=True, check=False)


class Ways:
    """Each method leaves one TIME_WAIT behind it, ended in its own way."""

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
        return Told(side.cookie, {"reason": "reset", "substate": "TIME_WAIT"})

    def rfc1337_ignores_it(self):
        """With tcp_rfc1337 it lives on."""
        rtlib.sysctl("tcp_rfc1337", 1)
        side = self.side()
        side.server_first()
        side.send(RST)
        return Told(side.cookie, None)

    def rfc1337_and_fin_wait2(self):
        """That sysctl does not protect what is still FIN_WAIT2."""
        rtlib.sysctl("tcp_rfc1337", 1)
        side = self.side()
        side.server_waits()
        side.client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                               struct.pack("ii", 1, 0))
        side.client.close()
        return Told(side.cookie, {"reason": "reset", "substate": "FIN_WAIT2"})

    def data_for_nobody(self):
        """The peer sends to a socket that is closed: we reset."""
        side = self.side()
        side.server_waits()
        side.client.send(b"x")
        return Told(side.cookie, {"reason": "reset", "substate": "FIN_WAIT2"})

    def ack_sets_the_timer_again(self):
        side = self.side()
        side.server_first()
        side.send(ACK)
        return Told(side.cookie, None, again=1)

    def syn_takes_over(self):
        first = self.side()
        first.server_first()
        again = self.side(first.client_port, own_listener=first.listener)
        again.client.close()
        return Told(first.cookie, {"reason": "syn-reuse"})

    def syn_that_nobody_takes(self):
        """The note that a SYN may end it must not outlive the SYN."""
        rtlib.sysctl("tcp_rfc1337", 1)
        side = self.side()
        side.server_first()
        side.listener.close()
        side.next += 1000
        side.send(SYN)
        subprocess.run(["ss", "-K", "-t", "state", "time-wait",
                        f"sport = :{side.port}"], check=False,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return Told(side.cookie, None if ON_510 else {"reason": "destroyed"})

    def shut_down_first(self):
        """The process still has its socket when the peer's FIN comes."""
        side = self.side()
        side.server.shutdown(socket.SHUT_WR)
        side.client.recv(1)
        side.client.close()
        side.send(RST)
        return Told(side.cookie, {"reason": "reset", "substate": "TIME_WAIT"},
                    inode=rtlib.inode_of(side.server))

    def timer_runs_out(self):
        """That of FIN_WAIT2, which a sysctl makes short."""
        rtlib.sysctl("tcp_fin_timeout", 1)
        side = self.side()
        side.server_waits()
        rtlib.sysctl("tcp_fin_timeout", 60)
        return Told(side.cookie, {"reason": "expired",
                                  "substate": "FIN_WAIT2"})

    def closed_by(self, side):
        """Another process has the last copy of the server's socket."""
        told, tell = os.pipe()
        pid = os.fork()
        if not pid:
            os.close(tell)
            os.read(told, 1)
            side.server.close()
            os._exit(0)
        side.server.close()
        os.close(tell)
        os.close(told)
        os.waitpid(pid, 0)
        return pid

    def child_closes(self):
        side = self.side()
        pid = self.closed_by(side)
        side.client.recv(1)
        side.client.close()
        side.send(RST)
        return Told(side.cookie, {"reason": "reset"}, closer=pid)

    def delayed(self, closes):
        """The peer's packets take their time: it begins in softirq."""
        side = self.side()
        run("tc", "qdisc", "add", "dev", "lo", "root", "netem", "delay",
            "200ms").check_returncode()
        told = closes(side)
        rtlib.wait_until(side.alive, "TIME_WAIT to begin")
        run("tc", "qdisc", "del", "dev", "lo", "root")
        return told

    def closes_far_away(self):
        def closes(side):
            return Told(side.cookie, None, closer=self.closed_by(side),
                        substate="FIN_WAIT2")
        return self.delayed(closes)

    def both_close_at_once(self):
        def closes(side):
            side.server.close()
            crossed = side.is_established()
            side.client.close()
            return Told(side.cookie, None, again=None,
                        substate="TIME_WAIT" if crossed else "FIN_WAIT2",
                        both_closed=crossed or None)
        return self.delayed(closes)

    def proxy_takes_over(self):
        """A transparent proxy's listener gets the new SYN."""
        if run("nft", "list tables").returncode:
            return Told(None, None, absent="this kernel has no nftables")
        first = self.side()
        proxy = first.listen()
        first.server_first()
        family = "ip" if self.family == socket.AF_INET else "ip6"
        where = f"{family} to [{self.addr}]" if family == "ip6" else (
            f"{family} to {self.addr}")
        run("nft", "add table inet exits; add chain inet exits pre "
            "{ type filter hook prerouting priority mangle; }; "
            f"add rule inet exits pre tcp dport {first.port} tproxy "
            f"{where}:{proxy.getsockname()[1]}").check_returncode()
        again = self.side(first.client_port, own_listener=first.listener)
        run("nft", "delete table inet exits")
        again.client.close()
        return Told(first.cookie, {"reason": "other", "tproxy": True})

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
        rtlib.sysctl("tcp_tw_reuse", tw_reuse)
        ports = rtlib.sysctl("ip_local_port_range")
        first = self.side()
        first.client.close()
        first.server.recv(1)
        first.server.close()
        if not bound:
            rtlib.sysctl("ip_local_port_range",
                         f"{first.client_port} {first.client_port}")
        self.connect_again(first, bound)
        rtlib.sysctl("ip_local_port_range", ports)
        return Told(first.client_cookie, {
            "reason": "connect-reuse",
            "tcp_tw_reuse": None if bound else tw_reuse})

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
                self.connect_from_a_bound_port, self.timer_runs_out,
                self.child_closes, self.closes_far_away,
                self.both_close_at_once, self.proxy_takes_over)

    def play(self):
        for way in self.all():
            rtlib.sysctl("tcp_rfc1337", 0)
            rtlib.sysctl("tcp_tw_reuse", 2)
            told = way()
            told.name = f"{self.family.name}: {way.__name__}".replace("_", " ")
            yield told


DIES = """
import socket, sys
sys.path.insert(0, sys.argv[1])
import rtlib
for family, addr in (socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1"):
    listener = socket.socket(family)
    listener.bind((addr, 0))
    listener.listen(8)
    client = socket.socket(family)
    client.connect(listener.getsockname())
    server, _ = listener.accept()
    print(rtlib.cookie_of(server), flush=True)
    server.close()
    client.recv(1)
    client.close()
"""


def namespace_dies():
    """With one TIME_WAIT of each family in it."""
    child = subprocess.Popen(
        ["unshare", "-n", "sh", "-c", "ip link set lo up && exec \"$@\"",
         "sh", sys.executable, "-c", DIES, os.path.dirname(
             os.path.abspath(__file__))], stdout=subprocess.PIPE, text=True)
    for family, cookie in zip(("AF_INET", "AF_INET6"),
                              child.communicate()[0].split()):
        told = Told(int(cookie), {"reason": "purged"}, closer=child.pid)
        told.name = f"{family}: namespace dies"
        yield told


def wrong(told, life):
    """The later FIN is told once if it was to come, and nothing twice."""
    if not life or life[0]["type"] != "tw_enter":
        return "it does not begin"
    states = [(e["from"], e["to"]) for e in life if e["type"] == "tw_state"]
    exits = [e for e in life[1:] if e["type"] == "tw_exit"]
    end = told.end or {}
    fin = (life[0]["substate"] == "FIN_WAIT2" and not told.enter.get("substate")
           and end.get("substate") != "FIN_WAIT2")
    expected = ([("FIN_WAIT2", "TIME_WAIT")] * fin
                + [("TIME_WAIT", "TIME_WAIT")] * (told.again or 0))
    if told.again is not None and states != expected:
        return f"its timer was to be set again for {expected}"
    if len(exits) != (told.end is not None):
        return f"{len(exits)} ends"
    if len(life) != 1 + len(states) + len(exits):
        return "it begins twice"
    if any(life[0].get(key) != told.enter[key] for key in told.enter):
        return f"it was to begin with {told.enter}"
    if any(exits[0].get(key) != end[key] for key in end):
        return f"it was to end with {end}"
    return "its end is inferred" if any("inferred" in e for e in exits) else ""


def judge(tap, told, life):
    tap.check(told.name, not wrong(told, life),
              "\n".join([wrong(told, life)] + [str(e) for e in life]))
    tap.check(f"{told.name}: whose it was",
              {(e["owner"] or {}).get("pid") for e in life} == {told.closer},
              "\n".join([f"{told.closer}'s"] + [str(e) for e in life]))


def ended(viewer, cookies):
    return cookies <= {e["cookie"] for e in viewer.so_far()
                       if e["type"] == "tw_exit"}


def main():
    with rtlib.Tap() as tap:
        rtlib.load_module("buffer_kb=4096")
        viewer = rtlib.Viewer()
        # Kept, since what is freed is closed.
        ways = [Ways(socket.AF_INET, "127.0.0.1"), Ways(socket.AF_INET6, "::1")]
        expected = [told for way in ways for told in way.play()]
        rtlib.sysctl("tcp_rfc1337", 0)
        expected += namespace_dies()
        late = {told.cookie for told in expected if told.end
                and told.end["reason"] in ("expired", "purged")}
        rtlib.wait_until(lambda: ended(viewer, late),
                         "timers to run out and the namespace to die")
        viewer.stop()
        for loss in viewer.losses(PROBES):
            tap.note(f"lost: {loss}")
        missed = sum(loss["count"] or 0 for loss in viewer.losses(PROBES))
        for told in expected:
            life = [e for e in viewer.of("tw_enter", "tw_state", "tw_exit")
                    if e["cookie"] == told.cookie]
            if told.absent:
                tap.skip(told.name, told.absent)
            elif missed and wrong(told, life):
                tap.skip(told.name, f"probes missed {missed} calls")
            else:
                judge(tap, told, life)


main()
