#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Each way to ask for a port has the events it should have, and no others: the
searches, the automatic binds, devices, namespaces, users, and what is left out."""

import ctypes
import errno
import os
import socket
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import rtlib  # noqa: E402

IP_BIND_ADDRESS_NO_PORT, SO_BINDTODEVICE, TCP_REPAIR = 24, 25, 19
IPPROTO_MPTCP, IPPROTO_UDPLITE, IPPROTO_SCTP = 262, 136, 132
IPPROTO_DCCP, SOCK_DCCP = 33, 6
CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000
FEW_PORTS = range(20000, 20004)
ANYWHERE, HERE, HERE6 = "0.0.0.0", "127.0.0.1", "::1"
MAPPED_ANYWHERE, MAPPED_HERE = "::ffff:0.0.0.0", "::ffff:127.0.0.1"
USER_OUTSIDE = 100000
OWNERS_SEEN = 256
VXLAN_PORT, RDS_PORT = 4790, 16385

libc = ctypes.CDLL(None, use_errno=True)
ports = iter(range(9000, 10000))


class Missing(Exception):
    """This kernel has no such thing."""


class Play:
    """Keeps the sockets open, and what each of them should have been told."""

    def __init__(self):
        self.sockets = []
        self.rows = []         # name, cookie, what its events should hold

    def make(self, kind=socket.SOCK_STREAM, proto=0, family=socket.AF_INET,
             device=None, **options):
        try:
            sock = socket.socket(family, kind, proto)
        except OSError as error:
            raise Missing(os.strerror(error.errno)) from error
        self.sockets.append(sock)
        if device:
            sock.setsockopt(socket.SOL_SOCKET, SO_BINDTODEVICE, device.encode())
        for name in options:
            sock.setsockopt(socket.SOL_SOCKET, getattr(socket, name), 1)
        return sock

    def expect(self, name, who, *events):
        cookie = who if isinstance(who, int) else rtlib.cookie_of(who)
        self.rows.append((name, cookie, events))


def bind(sock, addr, port):
    """None, or the errno's name."""
    try:
        sock.bind((addr, port))
    except OSError as error:
        return errno.errorcode[error.errno]
    return None


def port_of(sock):
    return sock.getsockname()[1]


def allowed(**keys):
    return {"type": "bind", "result": "ok", **keys}


def refused(**keys):
    return {"type": "bind", "result": "EADDRINUSE", "why": None, **keys}


def conflict(**keys):
    return {"type": "bind_conflict", **keys}


def write(path, text):
    with open(path, "w", encoding="ascii") as f:
        f.write(text)


def holder(sock, **keys):
    return {"cookie": rtlib.cookie_of(sock), **keys}


# The searches for any port.

def any_port(play, kind, passed_over, why):
    """Four ports to choose from: three taken, then all."""
    before = rtlib.sysctl("ip_local_port_range", f"{FEW_PORTS[0]} {FEW_PORTS[-1]}")
    for port in FEW_PORTS[:3]:
        bind(play.make(kind), HERE, port)
    last, none = play.make(kind), play.make(kind)
    bind(last, HERE, 0)
    bind(none, HERE, 0)
    rtlib.sysctl("ip_local_port_range", before)
    play.expect("the last free port", last, allowed(
        port=0, bound_port=FEW_PORTS[3], why=why,
        passed_over=None if passed_over is None else range(4)))
    play.expect("no port is left", none,
                conflict(rule="no-free-port", holder=None, fixes=[],
                         overlap=None, port=0),
                refused(port=0, bound_port=None, passed_over=passed_over))


def tcp_any_port(play):
    any_port(play, socket.SOCK_STREAM, len(FEW_PORTS), "port-free")


def udp_any_port(play):
    any_port(play, socket.SOCK_DGRAM, None, None)


def listen_unbound(play):
    sock = play.make()
    sock.listen()
    play.expect("listen() without bind()", sock, allowed(
        op="listen", port=0, addr=ANYWHERE, bound_port=port_of(sock),
        why="port-free"))


def listen_again(play):
    first, second = (play.make(SO_REUSEADDR=1) for _ in range(2))
    port = next(ports)
    bind(first, HERE, port)
    bind(second, HERE, port)
    first.listen()
    try:
        second.listen()
    except OSError:
        pass
    play.expect("bound beside it", second,
                allowed(op="bind", why="reuseaddr", owners=1),
                conflict(op="listen", rule="listener-holds-port",
                         reuseaddr_blocked_by=["holder-listening"],
                         holder=holder(first, state="LISTEN")),
                refused(op="listen", port=port))


def udp_sendto(play):
    for family, target in ((socket.AF_INET, HERE), (socket.AF_INET6, HERE6)):
        sock = play.make(socket.SOCK_DGRAM, family=family)
        sock.sendto(b"x", (target, 9))
        play.expect(f"sendto() to {target}", sock, allowed(
            op="bind", proto="udp", port=0, bound_port=port_of(sock)))


def udp_connect(play):
    for family, target in ((socket.AF_INET, HERE), (socket.AF_INET6, HERE6)):
        sock = play.make(socket.SOCK_DGRAM, family=family)
        sock.connect((target, 9))
        play.expect(f"connect() to {target}", sock, allowed(
            op="bind", proto="udp", port=0, bound_port=port_of(sock)))


def bind_address_no_port(play):
    server = play.make()
    server.listen()
    sock = play.make()
    sock.setsockopt(socket.IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1)
    bind(sock, HERE, 0)
    sock.connect((HERE, port_of(server)))
    play.expect("TCP: no word of the bind, nor of the connect", sock)
    sock = play.make(socket.SOCK_DGRAM)
    sock.setsockopt(socket.IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1)
    bind(sock, HERE, 0)
    sock.connect((HERE, 9))
    play.expect("UDP: one event, by connect()", sock, allowed(
        op="bind", port=0, addr=HERE, bound_port=port_of(sock)))


# Devices, namespaces, users.

def link(*words):
    done = subprocess.run(["ip", "link", *words], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, check=False, text=True)
    if done.returncode:
        raise Missing(done.stdout.strip())


def devices(play):
    link("add", "other", "type", "dummy")
    index = {name: socket.if_nametoindex(name) for name in ("lo", "other")}
    port = next(ports)
    first, second = (play.make(device=d) for d in ("lo", "other"))
    third = play.make()
    for sock in (first, second, third):
        bind(sock, ANYWHERE, port)
    play.expect("another device", second, allowed(
        why="no-overlap", owners=1, ifindex=index["other"]))
    play.expect("no device", third,
                conflict(ifindex=0, rule="bound-socket-holds-port",
                         overlap="both-wildcard"),
                refused(ifindex=0))
    fourth = play.make(device="lo")
    bind(fourth, HERE, port)
    play.expect("the same device", fourth,
                conflict(holder=holder(first, ifindex=index["lo"])), refused())


def vrfs(play):
    for i, name in enumerate(("red", "blue")):
        link("add", name, "type", "vrf", "table", str(100 + i))
        link("set", name, "up")
    red = socket.if_nametoindex("red")
    port = next(ports)
    first, second, third = (play.make(device=d) for d in ("red", "blue", "red"))
    outside = play.make()
    for sock in (first, second, third, outside):
        bind(sock, ANYWHERE, port)
    play.expect("the first VRF", first, allowed(why="port-free", ifindex=red))
    play.expect("another VRF", second, allowed(why="port-free", owners=0))
    play.expect("the same VRF", third,
                conflict(holder=holder(first, ifindex=red)), refused())
    play.expect("no VRF", outside, allowed(why="port-free", owners=0))
    first, second = (play.make(socket.SOCK_DGRAM, device=d)
                     for d in ("red", "blue"))
    for sock in (first, second):
        bind(sock, ANYWHERE, port)
    play.expect("UDP, another VRF: a device like others", second,
                allowed(why="no-overlap", owners=1))


def in_child(action, prepare=None):
    """What action() gave, as a list of numbers, in a process of its own that has
    asked for prepare's help in between, if there is any."""
    said, say = os.pipe()
    ready, go = os.pipe()
    pid = os.fork()
    if not pid:
        try:
            numbers = action(lambda: (os.write(say, b"!"), os.read(ready, 1)))
            os.write(say, " ".join(map(str, numbers)).encode())
        finally:
            os._exit(0)
    os.close(say)
    if prepare and os.read(said, 1):
        prepare(pid)
        os.write(go, b"!")
    text = os.read(said, 1000).decode()
    os.waitpid(pid, 0)
    for fd in (said, ready, go):
        os.close(fd)
    if not text:
        raise Missing("the child failed")
    return [int(word) for word in text.split()]


def unshare(flags):
    if libc.unshare(flags):
        raise OSError(ctypes.get_errno(), "unshare")


def namespaces(play):
    port = next(ports)

    def elsewhere(_):
        unshare(CLONE_NEWNET)
        sock = socket.socket()
        sock.bind((ANYWHERE, port))
        again = socket.socket()
        bind(again, ANYWHERE, port)
        return (rtlib.cookie_of(sock), rtlib.cookie_of(again),
                os.stat("/proc/self/ns/net").st_ino)

    here = play.make()
    bind(here, ANYWHERE, port)
    first, second, netns = in_child(elsewhere)
    play.expect("this namespace", here, allowed(
        netns=os.stat("/proc/self/ns/net").st_ino, why="port-free"))
    play.expect("another namespace", first,
                allowed(netns=netns, why="port-free", owners=0))
    play.expect("a conflict there", second,
                conflict(netns=netns, holder={"cookie": first}),
                refused(netns=netns))


def users(play):
    port = next(ports)

    def inside(wait):
        unshare(CLONE_NEWUSER)
        wait()
        os.setuid(0)
        sock = socket.socket()
        sock.bind((HERE, port))
        return [rtlib.cookie_of(sock)]

    def give_users(pid):
        write(f"/proc/{pid}/uid_map", f"0 {USER_OUTSIDE} 1000")

    cookie, = in_child(inside, give_users)
    play.expect("root of a container is who it is outside", cookie,
                allowed(uid=USER_OUTSIDE))


# Sockets of the kernel's own.

def kernel_udp(play):
    link("add", "vx", "type", "vxlan", "id", "7", "dstport", str(VXLAN_PORT),
         "dev", "lo")
    link("set", "vx", "up")
    sock = play.make(socket.SOCK_DGRAM)
    bind(sock, ANYWHERE, VXLAN_PORT)
    play.expect("vxlan's own socket is in the way", sock,
                conflict(rule="udp-socket-holds-port",
                         holder={"port": VXLAN_PORT, "state": "CLOSE",
                                 "orphan": False}),
                refused())


def kernel_tcp(play):
    done = subprocess.run(["modprobe", "rds_tcp"], check=False, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode:
        raise Missing(done.stdout.strip())
    sock = play.make()
    bind(sock, ANYWHERE, RDS_PORT)
    # It listens in every namespace: the tests to come do not ask for that.
    subprocess.run(["modprobe", "-r", "rds_tcp"], check=True)
    play.expect("RDS's own listener is in the way", sock,
                conflict(rule="listener-holds-port",
                         holder={"port": RDS_PORT, "state": "LISTEN",
                                 "orphan": False}),
                refused())


# Addresses and options.

def mapped(play):
    port = next(ports)
    first, second = play.make(), play.make(family=socket.AF_INET6)
    bind(first, HERE, port)
    bind(second, MAPPED_HERE, port)
    play.expect("the same address, mapped", second,
                conflict(family="inet6", addr=MAPPED_HERE,
                         overlap="same-address",
                         holder=holder(first, family="inet", addr=HERE)),
                refused(addr=MAPPED_HERE))


def wildcard_bucket(play):
    """0.0.0.0 and ::ffff:0.0.0.0 share an address bucket, and for 6.1 all in there
    are of the family of the one that made it: if that is IPv6 it sees nobody."""
    wildcards = {socket.AF_INET: ANYWHERE, socket.AF_INET6: MAPPED_ANYWHERE}
    for maker, other in (wildcards, reversed(wildcards)):
        port = next(ports)
        first, second, third = (play.make(family=family, SO_REUSEADDR=1)
                                for family in (maker, other, socket.AF_INET6))
        bind(first, wildcards[maker], port)
        bind(second, wildcards[other], port)
        second.listen()
        bind(third, MAPPED_HERE, port)
        name = f"a listener in the bucket of {wildcards[maker]}"
        if rtlib.series() == "6.1" and maker == socket.AF_INET6:
            play.expect(name, third, allowed(why="no-overlap", owners=2))
        else:
            play.expect(name, third,
                        conflict(rule="listener-holds-port", inferred="absent",
                                 overlap="holder-wildcard",
                                 holder=holder(second, state="LISTEN")),
                        refused(addr=MAPPED_HERE))


def repair(play):
    port = next(ports)
    first, second = play.make(), play.make()
    bind(first, HERE, port)
    first.listen()
    second.setsockopt(socket.IPPROTO_TCP, TCP_REPAIR, 1)
    bind(second, HERE, port)
    play.expect("TCP_REPAIR takes what it wants", second,
                allowed(why="forced", owners=1))


def many_owners(play):
    port = next(ports)
    for _ in range(OWNERS_SEEN + 1):
        bind(play.make(socket.SOCK_DGRAM, SO_REUSEADDR=1), HERE, port)
    last = play.make(socket.SOCK_DGRAM, SO_REUSEADDR=1)
    bind(last, HERE, port)
    play.expect("more owners than are looked at", last, allowed(
        why="reuseaddr", owners=OWNERS_SEEN, truncated=True))


# Other protocols.

def mptcp(play):
    """Its first subflow asks, which is a TCP socket."""
    port = next(ports)
    sock = play.make(proto=IPPROTO_MPTCP)
    bind(sock, HERE, port)
    sock.listen()
    other = play.make()
    bind(other, HERE, port)
    play.expect("MPTCP's subflow is in the way", other,
                conflict(rule="listener-holds-port",
                         holder={"port": port, "state": "LISTEN"}),
                refused())


def left_out(play, *arguments):
    port = next(ports)
    sock = play.make(*arguments)
    bind(sock, HERE, port)
    play.expect("has ports of its own, and no events", sock)


def udp_lite(play):
    left_out(play, socket.SOCK_DGRAM, IPPROTO_UDPLITE)


def sctp(play):
    left_out(play, socket.SOCK_STREAM, IPPROTO_SCTP)


def dccp(play):
    left_out(play, SOCK_DCCP, IPPROTO_DCCP)


WAYS = (tcp_any_port, udp_any_port, listen_unbound, listen_again, udp_sendto,
        udp_connect, bind_address_no_port, devices, vrfs, namespaces, users,
        kernel_udp, kernel_tcp, mapped, wildcard_bucket, repair, many_owners,
        mptcp, udp_lite, sctp, dccp)


def holds(event, keys):
    """Are these the event's values? A range: one of these; a dict: within it."""
    for key, value in keys.items():
        there = event.get(key, "absent")
        if isinstance(value, dict):
            good = isinstance(there, dict) and holds(there, value)
        elif isinstance(value, range):
            good = there in value
        else:
            good = there == value
        if not good:
            return False
    return True


def check(tap, way, play, told):
    for name, cookie, wanted in play.rows:
        events = told.get(cookie, [])
        tap.check(f"{way}: {name}",
                  len(events) == len(wanted) and
                  all(holds(e, keys) for e, keys in zip(events, wanted)),
                  f"expected: {wanted}\n     got: {events}")


def main():
    with rtlib.Tap() as tap:
        rtlib.load_module()
        viewer = rtlib.Viewer("-e", "bind,bind_conflict")
        plays, missing = {}, {}
        for way in WAYS:
            play = plays[way.__name__] = Play()
            try:
                way(play)
            except Missing as why:
                missing[way.__name__] = why
        viewer.stop()
        told = {}
        for event in viewer.of("bind", "bind_conflict"):
            told.setdefault(event["cookie"], []).append(event)
        for way, play in plays.items():
            if way in missing:
                tap.skip(way, f"this kernel says: {missing[way]}")
            else:
                check(tap, way, play, told)
        tap.same("nothing was lost or missed on the way of a bind", [],
                 viewer.losses(rtlib.BIND_PROBES))
        if "-v" in sys.argv:
            for event in viewer.of("bind", "bind_conflict"):
                tap.note(event)


main()
