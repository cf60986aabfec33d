#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Who joins a group, leaves it, closes and stays, comes back; programs that come
and go; the numbers after each. And what the text says of two servers on one
port, and of one listener that many processes have."""

import os
import signal
import socket
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import bpflib  # noqa: E402
import rtlib  # noqa: E402

HERE = "127.0.0.1"
TCP, UDP = socket.SOCK_STREAM, socket.SOCK_DGRAM
DEMO = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..",
                    "userspace", "demo")
ports = iter(range(9500, 9600))


def can_migrate():
    with open("/proc/net/netstat", encoding="ascii") as file:
        return "TCPMigrateReqSuccess" in file.read()


CLOSES = can_migrate()


class Story:
    """What is done on one port, and the events that must come of it."""

    def __init__(self, name):
        self.name, self.port = name, next(ports)
        self.expected = []
        self.other_port = None

    def socket(self, kind=TCP, addr=HERE):
        s = socket.socket(socket.AF_INET, kind)
        s.setsockopt(socket.SOL_SOCKET, rtlib.SO_REUSEPORT, 1)
        s.bind((addr, self.port))
        return s

    def expect(self, action, sock, size, closed=0):
        cookie = sock if isinstance(sock, int) else rtlib.cookie_of(sock)
        self.expected.append((action, cookie, size, closed))

    def joins(self, size, kind=TCP, addr=HERE):
        s = self.socket(kind, addr)
        if kind == TCP:
            s.listen(8)
        self.expect("create" if size == 1 else "join", s, size)
        return s

    def leaves(self, s, size, closed=0):
        self.expect("leave", s, size, closed)
        s.close()

    def judge(self, tap, viewer, missed):
        told = [(e["action"], e["cookie"], e["size"], e["closed"])
                for e in viewer.of("group")
                if e["port"] == self.port or e["cookie"] in self.cookies()]
        if missed and told != self.expected:
            tap.skip(f"{self.name}: what happened, in order",
                     f"{missed} calls were missed")
            return
        tap.same(f"{self.name}: what happened, in order", self.expected, told)

    def cookies(self):
        return {cookie for _, cookie, *_ in self.expected}


def comings_and_goings(kind):
    story = Story(f"members of a {'TCP' if kind == TCP else 'UDP'} group")
    a, b, c = (story.joins(size, kind) for size in (1, 2, 3))
    bpflib.classic(b, 3)
    story.expect("prog-attach", b, 3)
    bpflib.detach(c)
    story.expect("prog-detach", c, 3)
    story.leaves(b, 2)
    d = story.joins(3, kind)
    story.leaves(a, 2)
    story.leaves(d, 1)
    story.leaves(c, 0)
    return story


def early_program():
    """It makes a group before there is a port."""
    story = Story("a program before bind()")
    a = socket.socket(socket.AF_INET, UDP)
    a.setsockopt(socket.SOL_SOCKET, rtlib.SO_REUSEPORT, 1)
    bpflib.classic(a, 2)
    story.expect("create", a, 1)
    story.expect("prog-attach", a, 1)
    a.bind((HERE, story.port))
    b = story.joins(2, UDP)
    story.leaves(b, 1)
    story.leaves(a, 0)
    return story


def connected_member():
    """connect() gives a wildcard socket an address: it is hashed anew."""
    story = Story("a UDP member that connects")
    a = story.joins(1, UDP, "")
    b = story.joins(2, UDP, "")
    b.connect((HERE, next(ports)))
    story.expect("leave", b, 1)
    story.leaves(a, 0)
    b.close()
    return story


def accepted(listener):
    """The connection that moved to it, or all that is known of why it did not."""
    listener.settimeout(rtlib.LIMIT)
    try:
        return listener.accept()[0]
    except TimeoutError as error:
        known = subprocess.run(
            "ss -tanoei; nstat -asz | grep -v ' 0 *0.0$'; cat /proc/net/softnet_stat "
            "/proc/sys/net/ipv4/tcp_migrate_req /sys/module/reusetrace/parameters/probes",
            shell=True, check=False, capture_output=True, text=True).stdout
        raise RuntimeError(f"nobody to accept\n{known}") from error


def closes_and_stays():
    story = Story("a listener that closes with a connection in its queue")
    rtlib.sysctl("tcp_migrate_req", 1)
    a = story.joins(1)
    client = socket.create_connection((HERE, story.port))
    # connect() can return before ksoftirqd has shown the listener the last ACK.
    rtlib.wait_until(lambda: rtlib.queued(a), "the connection to be in the queue")
    b = story.joins(2)
    cookie = rtlib.cookie_of(a)
    a.close()
    if CLOSES:
        story.expect("close", cookie, 1, 1)
        story.expect("leave", cookie, 1, 0)
        accepted(b).close()
    else:
        story.expect("leave", cookie, 1)
    client.close()
    cookie = rtlib.cookie_of(b)
    b.close()
    if CLOSES:
        story.expect("close", cookie, 0, 1)
    story.expect("leave", cookie, 0)
    rtlib.sysctl("tcp_migrate_req", 0)
    return story


def comes_back():
    """shutdown() and listen() again, first beside another member, then alone."""
    story = Story("a listener that comes back")
    rtlib.sysctl("tcp_migrate_req", 1)
    a, b = story.joins(1), story.joins(2)
    stays = "close" if CLOSES else "leave"
    a.shutdown(socket.SHUT_RD)
    story.expect(stays, a, 1, int(CLOSES))
    a.listen(8)
    story.expect("resurrect" if CLOSES else "join", a, 2)
    rtlib.sysctl("tcp_migrate_req", 0)
    story.leaves(b, 1)
    rtlib.sysctl("tcp_migrate_req", 1)
    a.shutdown(socket.SHUT_RD)
    story.expect(stays, a, 0, int(CLOSES))
    a.listen(8)
    if CLOSES:
        # Into a new group: no program of the old one goes with it.
        story.expect("leave", a, 0)
    story.expect("resurrect" if CLOSES else "create", a, 1)
    rtlib.sysctl("tcp_migrate_req", 0)
    story.leaves(a, 0)
    return story


def judge_numbers(tap, viewer):
    """A number is told before the group's first pick and goes with it."""
    live = {}
    wrong = []
    for event in viewer.of("group"):
        number = event["group"]
        if event["action"] == "create" and number in live:
            wrong.append(event)
        live[number] = event["size"] + event["closed"]
        if not live[number]:
            del live[number]
    tap.check("a group's number is one group's at a time", not wrong, wrong)
    tap.same("every group has ended", {}, live)


class Demo:
    """One of the demo programs, until it is stopped."""

    def __init__(self, program, *options):
        self.process = subprocess.Popen(
            [os.path.join(DEMO, program), *options], text=True,
            stdout=subprocess.PIPE, stdin=subprocess.DEVNULL)

    def until(self, word):
        for line in self.process.stdout:
            if word in line:
                return line
        raise RuntimeError(f"it never said {word!r}")

    def stop(self):
        self.process.terminate()
        self.process.communicate(timeout=60)


class Text:
    """The viewer's text beside what is played."""

    def __init__(self, port, *options):
        self.out = tempfile.TemporaryFile("w+")
        self.viewer = subprocess.Popen(
            ["reusetrace-view", "-P", str(port), *options], stdout=self.out,
            stdin=subprocess.DEVNULL)
        rtlib.wait_until(lambda: rtlib.reads_ring(self.viewer.pid),
                         "the viewer")

    def count(self, word):
        return self.so_far().count(word)

    def so_far(self):
        fd = self.out.fileno()
        return os.pread(fd, os.fstat(fd).st_size, 0).decode()

    def stop(self):
        self.viewer.send_signal(signal.SIGINT)
        self.viewer.wait(60)
        return " ".join(self.so_far().split())


def has(tap, name, text, *words):
    missing = [w for w in words if w not in text]
    tap.check(name, not missing, f"missing: {missing}\n{text}")


def two_servers(tap):
    port = next(ports)
    text = Text(port)
    servers = []
    for name in "alpha", "beta":
        servers.append(Demo("demo-server", "--reuseport", "--port", str(port),
                            "--name", name))
        servers[-1].until("listening")
    pids = [s.process.pid for s in servers]
    client = Demo("demo-client", "--clients", "8", "--port", str(port))
    client.until("clients: ")
    client.process.wait(60)
    for server in servers:
        server.stop()
    has(tap, "a second server on the port: the text says so", text.stop(),
        f"beta[{pids[1]}]", f"joined the group of alpha[{pids[0]}]",
        "they now share the port, 2 members",
        "Another program: new clients now go to either")


def prefork(listener):
    """One more process that accepts from it."""
    pid = os.fork()
    if not pid:
        while True:
            listener.accept()[0].close()
    return pid


def one_listener(tap):
    """A server that makes one socket, with SO_REUSEPORT, and then forks."""
    story = Story("one listener")
    text = Text(story.port, "-v")
    listener = story.socket()
    listener.listen(8)
    workers = [prefork(listener) for _ in range(3)]
    # The viewer counts processes now and then, and looks at /proc meanwhile.
    count = "and 3 more processes with the same socket"
    rtlib.wait_until(lambda: knock(story.port) and text.count(count),
                     "the viewer to count the processes")
    for pid in workers:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    has(tap, "one listener, four processes: the summary says so", text.stop(),
        count, "one socket for 4 processes: the hash has nothing to choose "
        "from; whoever asks first gets what has come")
    listener.close()


def knock(port):
    with socket.create_connection((HERE, port)) as client:
        return client.recv(1) == b""


def main():
    with rtlib.Tap() as tap:
        rtlib.load_module()
        viewer = rtlib.Viewer("-e", "group")
        stories = [comings_and_goings(TCP), comings_and_goings(UDP),
                   early_program(), connected_member(), closes_and_stays(),
                   comes_back()]
        viewer.stop()
        missed = sum(e["count"] for e in viewer.losses())
        for story in stories:
            story.judge(tap, viewer, missed)
        if not missed:
            judge_numbers(tap, viewer)
        two_servers(tap)
        one_listener(tap)


main()
