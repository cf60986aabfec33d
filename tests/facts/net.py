# SPDX-License-Identifier: GPL-2.0-only
"""What the programs of the fact-check use. One process plays all parts; it
takes the name of each (s1, s2, ...), so that the trace tells them apart."""

import contextlib
import ctypes
import errno
import os
import signal
import socket
import sys

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "vm"))
import rtlib  # noqa: E402

PORT = 9527
SO_REUSEPORT = rtlib.SO_REUSEPORT
sysctl = rtlib.sysctl
PR_SET_NAME = 15
LIMIT = 120		# seconds to wait for anything
LIBC = ctypes.CDLL(None)


def name(who):
    """As the trace is to call us from now on."""
    LIBC.prctl(PR_SET_NAME, who.encode(), 0, 0, 0)


def say(text):
    """A line among the events of the trace."""
    print(text, flush=True)


def new_socket(udp=False, reuseaddr=False, reuseport=False):
    sock = socket.socket(socket.AF_INET,
                         socket.SOCK_DGRAM if udp else socket.SOCK_STREAM)
    if reuseaddr:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if reuseport:
        sock.setsockopt(socket.SOL_SOCKET, SO_REUSEPORT, 1)
    sock.settimeout(LIMIT)
    return sock


def server(who, addr="0.0.0.0", port=PORT, listen=True, **options):
    """A bound and (TCP) listening socket; None when EADDRINUSE says no."""
    name(who)
    sock = new_socket(**options)
    try:
        sock.bind((addr, port))
        if listen and not options.get("udp"):
            sock.listen(512)
        return sock
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        sock.close()
        return None


def tries(who, *args, **options):
    """Start such a server and end it again: is it allowed?"""
    sock = server(who, *args, **options)
    if sock:
        sock.close()


def call(addr="127.0.0.1", port=PORT, udp=False):
    """A client that connects there."""
    name("client")
    client = new_socket(udp)
    client.connect((addr, port))
    return client


@contextlib.contextmanager
def user(uid):
    """This effective user in the block, root again after it."""
    os.seteuid(uid)
    try:
        yield
    finally:
        os.seteuid(0)


def wait_until(condition, what, limit=LIMIT):
    rtlib.wait_until(condition, what, limit)


STATES = {"01": "ESTABLISHED", "03": "SYN_RECV", "04": "FIN_WAIT1",
          "05": "FIN_WAIT2", "06": "TIME_WAIT", "08": "CLOSE_WAIT", "0A": "LISTEN"}


def states(port=PORT):
    """The states of the TCP sockets with that local port."""
    return [STATES.get(state, state) for state, _ in rtlib.tcp_ends(port)]


def wait_for_state(state, port=PORT):
    wait_until(lambda: state in states(port), f"{state} on port {port}")


def close_first(conn, client):
    """The server's side closes first, then the client's: TIME_WAIT is ours."""
    port = conn.getsockname()[1]
    conn.close()
    client.recv(1)
    client.close()
    wait_for_state("TIME_WAIT", port)


def fork(who, what, *args):
    """A process that does WHAT; its pid, once it has called ready()."""
    ready, tell = os.pipe()
    pid = os.fork()
    if pid == 0:
        name(who)
        what(lambda: os.write(tell, b"x"), *args)
        os._exit(0)
    os.close(tell)
    os.read(ready, 1)
    os.close(ready)
    return pid


def end_all(pids):
    for pid in pids:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
