#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""What the golden trace "lives" tells of: TIME_WAITs and what ends them, groups
and who joins them, listeners that close, and holders that are hard to come by."""

import ctypes
import os
import signal
import socket
import struct
import subprocess
import sys

HOME = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HOME, "..", "vm"))
import rtlib  # noqa: E402

TCP, UDP = socket.SOCK_STREAM, socket.SOCK_DGRAM
REUSEADDR, REUSEPORT = socket.SO_REUSEADDR, socket.SO_REUSEPORT
ATTACH_CBPF, DETACH_BPF = 51, 68
HERE = "127.0.0.1"
TOLD = "/sys/kernel/tracing/instances/reusetrace/trace"


def sysctl(name, value):
    """Older kernels lack some."""
    if os.path.exists(f"/proc/sys/net/ipv4/{name}"):
        rtlib.sysctl(name, value)


def sock(options=(), kind=TCP, family=socket.AF_INET):
    s = socket.socket(family, kind)
    for option in options:
        s.setsockopt(socket.SOL_SOCKET, option, 1)
    return s


def listener(port, options=(), addr=HERE, family=socket.AF_INET):
    s = sock(options, family=family)
    s.bind((addr, port))
    s.listen(16)
    return s


def client(port, addr=HERE, family=socket.AF_INET):
    s = sock(family=family)
    s.connect((addr, port))
    return s


def refused(port, options=()):
    with sock(options) as s:
        try:
            s.bind((HERE, port))
        except OSError as error:
            print(f"port {port}: {error.strerror}", flush=True)


def no_free_port():
    sysctl("ip_local_port_range", "40000 40003")
    held = [listener(port) for port in range(40000, 40004)]
    refused(0)
    for s in held:
        s.close()
    sysctl("ip_local_port_range", "32768 60999")


def orphan():
    """Closed with data that the client does not take."""
    server = listener(9001)
    c = client(9001)
    accepted = server.accept()[0]
    accepted.setblocking(False)
    try:
        while True:
            accepted.send(bytes(65536))
    except BlockingIOError:
        pass
    accepted.close()
    server.close()
    refused(9001, [REUSEADDR])
    rtlib.reset_on_close(c)
    c.close()


def ends_of_time_wait():
    server = listener(9002, [REUSEADDR])

    def pair(own):
        """The kernel refuses while the port's last TIME_WAIT is a second old."""
        c = sock([REUSEADDR])
        c.bind((HERE, own))
        rtlib.wait_until(lambda: c.connect_ex((HERE, 9002)) == 0,
                         f"port {own} to be free for a connection")
        return c, server.accept()[0]

    # The server closes first, then the client; the client comes again.
    c, accepted = pair(9101)
    rtlib.close_first(accepted)
    rtlib.close_last(c)
    c, accepted = pair(9101)
    # It closes first, with a reset for an answer.
    rtlib.close_first(accepted)
    rtlib.reset_on_close(c)
    c.close()
    # The client closes first, and uses its port again.
    c, accepted = pair(9102)
    rtlib.close_first(c)
    rtlib.close_last(accepted)
    again, accepted2 = pair(9102)
    again.close()
    accepted2.close()
    # The client never closes, and the server's patience is short.
    sysctl("tcp_fin_timeout", 1)
    c, accepted = pair(9103)
    ports = rtlib.close_first(accepted)
    rtlib.wait_until(lambda: not rtlib.tcp_ends(*ports), "FIN_WAIT2 to run out")
    sysctl("tcp_fin_timeout", 60)
    c.close()
    server.close()
    refused(9002)


def killed():
    """Two of them keep a port, until they are destroyed."""
    server = listener(9003)
    for _ in range(2):
        c = client(9003)
        accepted = server.accept()[0]
        rtlib.close_first(accepted)
        rtlib.close_last(c)
    server.close()
    refused(9003, [REUSEADDR])
    subprocess.run(["ss", "-K", "state", "time-wait", "sport", "=", "9003"],
                   stdout=subprocess.DEVNULL, check=False)


def too_many():
    sysctl("tcp_max_tw_buckets", 0)
    server = listener(9004)
    c = client(9004)
    accepted = server.accept()[0]
    rtlib.close_first(accepted)
    rtlib.close_last(c)
    sysctl("tcp_max_tw_buckets", 65536)


def namespace():
    """Run again in a network of its own, which then ends."""
    subprocess.run(["unshare", "--net", sys.argv[0], "in-namespace"],
                   check=True)
    rtlib.wait_until(purged, "the module to tell of the network's end")


def purged():
    with open(TOLD, encoding="ascii") as trace:
        return "purged" in trace.read()


def in_namespace():
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    server = listener(9005)
    c = client(9005)
    accepted = server.accept()[0]
    rtlib.close_first(accepted)
    rtlib.close_last(c)


def as_program(name, call):
    """In a process of that name, until it is killed."""
    done, ready = os.pipe()
    pid = os.fork()
    if not pid:
        with open("/proc/self/comm", "w", encoding="ascii") as file:
            file.write(name)
        kept = call()
        os.write(ready, b"x")
        signal.pause()
        del kept
    os.read(done, 1)
    os.close(done)
    os.close(ready)
    return pid


def end_program(pid):
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)


def two_servers():
    s1 = as_program("s1", lambda: listener(9006, [REUSEPORT]))
    s2 = as_program("s2", lambda: listener(9006, [REUSEPORT]))
    clients = [client(9006) for _ in range(6)]
    end_program(s1)
    for c in clients:
        c.close()
    end_program(s2)


def workers():
    team = [as_program("worker", lambda: listener(9007, [REUSEPORT]))
            for _ in range(3)]
    for c in [client(9007) for _ in range(12)]:
        c.close()
    for pid in team:
        end_program(pid)


def inet6_group():
    team = [listener(9008, [REUSEPORT], "::1", socket.AF_INET6)
            for _ in range(2)]
    clients = [client(9008, addr="::1", family=socket.AF_INET6)
               for _ in range(3)]
    for s in clients + team:
        s.close()


def udp_servers():
    def server():
        s = sock([REUSEPORT], UDP)
        s.bind((HERE, 9009))
        return s

    team = [as_program("u1", server), as_program("u2", server)]
    c = sock(kind=UDP)
    for _ in range(5):
        c.sendto(b"x", (HERE, 9009))
    for pid in team:
        end_program(pid)


def attach(s, place):
    """A classic program that always returns one number: BPF_RET | BPF_K."""
    code = ctypes.create_string_buffer(struct.pack("HBBI", 6, 0, 0, place))
    prog = struct.pack("HL", 1, ctypes.addressof(code))
    s.setsockopt(socket.SOL_SOCKET, ATTACH_CBPF, prog)


def program():
    team = [listener(9010, [REUSEPORT]) for _ in range(3)]
    attach(team[0], 1)
    clients = [client(9010) for _ in range(4)]
    attach(team[0], 77)
    clients += [client(9010) for _ in range(2)]
    team[0].setsockopt(socket.SOL_SOCKET, DETACH_BPF, 0)
    clients.append(client(9010))
    for s in clients + team:
        s.close()


def resets():
    server = listener(9011)
    clients = [client(9011) for _ in range(3)]
    server.close()
    for c in clients:
        c.close()


def migration():
    sysctl("tcp_migrate_req", 1)
    team = [listener(9012, [REUSEPORT]) for _ in range(2)]
    clients = []
    while min(map(rtlib.queued, team)) < 2:
        clients.append(client(9012))
    team[0].shutdown(socket.SHUT_RD)
    team[0].listen(16)
    team[0].close()
    sysctl("tcp_migrate_req", 0)
    team[1].close()
    for c in clients:
        c.close()


def main():
    no_free_port()
    orphan()
    ends_of_time_wait()
    killed()
    too_many()
    namespace()
    two_servers()
    workers()
    inet6_group()
    udp_servers()
    program()
    resets()
    migration()


if len(sys.argv) > 1:
    in_namespace()
else:
    main()
