# SPDX-License-Identifier: GPL-2.0-only
"""What the VM tests share: TAP, the module, a viewer beside the test."""

import faulthandler
import json
import os
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time

SO_REUSEPORT = 15
SO_COOKIE = 57
IPV6_V6ONLY = 26
ESTABLISHED, FIN_WAIT1 = "01", "04"	# in /proc/net/tcp

# No test waits this long unless something hangs; a debug kernel is slow.
LIMIT = 600 if os.environ.get("VM_DEBUG_KERNEL") else 60

# A test that hangs says where, before tests/vm/run.sh ends it.
if "RT_TEST_LIMIT" in os.environ:
    faulthandler.dump_traceback_later(int(os.environ["RT_TEST_LIMIT"]) - 20, exit=True)


class Tap:
    """Counts and prints results; `with Tap() as tap:` ends with the plan."""

    def __init__(self):
        self.count = 0
        self.failed = 0

    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        if kind is not None:
            self.check(f"the test ran to its end ({kind.__name__}: {value})",
                       False)
            import traceback
            for line in "".join(traceback.format_exception(
                    kind, value, trace)).splitlines():
                self.note(line)
        Viewer.kill_all()
        print(f"1..{self.count}", flush=True)
        os._exit(1 if self.failed else 0)

    def check(self, name, good, detail=None):
        self.count += 1
        if not good:
            self.failed += 1
            if detail is not None:
                for line in str(detail).splitlines()[:40]:
                    self.note(line)
        print(f"{'ok' if good else 'not ok'} {self.count} - {name}",
              flush=True)

    def same(self, name, expected, actual):
        self.check(name, expected == actual,
                   f"expected: {expected}\n     got: {actual}")

    def skip(self, name, reason):
        self.count += 1
        print(f"ok {self.count} - {name} # SKIP {reason}", flush=True)

    @staticmethod
    def note(text):
        print(f"# {text}", flush=True)


def load_module(*params):
    """Load the module afresh with these parameters."""
    unload_module()
    subprocess.run(["insmod", os.environ["REUSETRACE_KO"], *params], check=True)


def unload_module():
    if os.path.isdir("/sys/module/reusetrace"):
        subprocess.run(["rmmod", "reusetrace"], check=True)


def reads_ring(pid):
    """Has this viewer opened the ring buffer?"""
    fds = f"/proc/{pid}/fd"
    try:
        return any("trace_pipe_raw" in os.readlink(f"{fds}/{fd}")
                   for fd in os.listdir(fds))
    except FileNotFoundError:
        return False


BIND_PROBES = ("inet_csk_", "inet_bhash2_", "udp_lib_")


class Viewer:
    """reusetrace-view --json beside the test; .stop() gives its objects."""

    running = []

    def __init__(self, *options, expect=(0, 3)):
        self.expect = expect
        self.out = tempfile.TemporaryFile("w+")
        self.err = tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen(
            ["reusetrace-view", "--json", *options], stdout=self.out,
            stderr=self.err, stdin=subprocess.DEVNULL)
        self.running.append(self)
        wait_until(self.reads, "the viewer to open the ring buffer")

    @classmethod
    def kill_all(cls):
        """One left over would take the next test's events."""
        for viewer in cls.running:
            viewer.process.kill()
            viewer.process.wait()

    def reads(self):
        if self.process.poll() is not None:
            self.err.seek(0)
            raise RuntimeError(f"the viewer ended: {self.err.read()}")
        return reads_ring(self.process.pid)

    def stop(self):
        """End it; every event that happened before this call is in."""
        self.process.send_signal(signal.SIGINT)
        self.status = self.process.wait(timeout=2 * LIMIT)
        self.err.seek(0)
        self.messages = self.err.read()
        self.out.seek(0)
        self.events = [json.loads(line) for line in self.out]
        if self.status not in self.expect:
            raise RuntimeError(f"viewer ended with {self.status}, "
                               f"not {self.expect}: {self.messages} "
                               f"{self.of('lost', 'summary')}")
        return self.events

    def so_far(self):
        """What it has printed up to now; it goes on printing."""
        fd = self.out.fileno()
        text = os.pread(fd, os.fstat(fd).st_size, 0).decode()
        return [json.loads(line) for line in text.splitlines(True)
                if line.endswith("\n")]

    def of(self, *types):
        return [e for e in self.events if e["type"] in types]

    def losses(self, prefixes=("",)):
        """What was lost in the ring buffer or at probes named like these."""
        return [e for e in self.of("lost")
                if not e["probe"] or e["probe"].startswith(tuple(prefixes))]


STEER = os.path.join(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))), "steer")


def build_load():
    """tests/run.sh has done it before; in the VM it takes its time."""
    subprocess.run(["make", "-s", "-C", STEER], check=True)


def load(*options):
    """The lines of tests/steer's load."""
    done = subprocess.run([os.path.join(STEER, "bin", "steer-load"), *options],
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          check=True, text=True, timeout=600)
    return done.stdout.splitlines()


def cookie_of(sock):
    raw = sock.getsockopt(socket.SOL_SOCKET, SO_COOKIE, 8)
    return struct.unpack("=Q", raw)[0]


def reset_on_close(sock):
    """No TIME_WAIT will stay."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                    struct.pack("ii", 1, 0))


def inode_of(sock):
    return os.fstat(sock.fileno()).st_ino


def wait_until(condition, what, limit=LIMIT):
    """Poll for a condition that another party brings about."""
    end = time.monotonic() + limit
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError(f"waited {limit} s for {what}")
        time.sleep(0.005)


def tcp_ends(own_port, peer_port=None, family=socket.AF_INET):
    """States and timers, in /proc/net/tcp's numbers, of the ends that have these
    ports, whatever the peer's is without one; none when all are gone."""
    table = "tcp6" if family == socket.AF_INET6 else "tcp"
    with open(f"/proc/net/{table}", encoding="ascii") as file:
        rows = [line.split() for line in file]
    return [(row[3], row[5][:2]) for row in rows
            if row[1].endswith(f":{own_port:04X}")
            and (peer_port is None or row[2].endswith(f":{peer_port:04X}"))]


def ports_of(sock):
    return sock.getsockname()[1], sock.getpeername()[1]


def close_first(sock):
    """Until the peer has taken note of it; gives the ports of both ends."""
    ports = ports_of(sock)
    sock.close()
    wait_until(lambda: all(state not in (ESTABLISHED, FIN_WAIT1)
                           for state, _ in tcp_ends(*ports)),
               "the FIN's acknowledgement")
    return ports


def close_last(sock):
    """Until nothing is left of it."""
    ports = ports_of(sock)
    sock.close()
    wait_until(lambda: not tcp_ends(*ports), "the last acknowledgement")


def sysctl(name, value=None):
    """Set one of net.ipv4, if there is a value; gives what it was."""
    path = f"/proc/sys/net/ipv4/{name}"
    with open(path, encoding="ascii") as knob:
        before = knob.read()
    if value is not None:
        with open(path, "w", encoding="ascii") as knob:
            knob.write(str(value))
    return before


def keep_time_waits():
    """No reset ends one. On a busy machine that was seen to happen to some,
    milliseconds after they had begun."""
    sysctl("tcp_rfc1337", 1)


def queued(listener):
    """How many connections wait in it: tcpi_unacked says so of a listener."""
    info = listener.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 104)
    return struct.unpack_from("I", info, 24)[0]


def series():
    return os.environ.get("VM_KERNEL", os.uname().release)
