#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Something to look at: five servers share a port, one of them of another name,
clients come and go, and somebody without options is refused. screen_load.py FILE:
until there is such a file."""

import os
import signal
import socket
import sys
import time

PORT = 9527


def program(name, call):
    """Returns when it is ready, or has ended."""
    ready, tell = os.pipe()
    if os.fork():
        os.close(tell)
        os.read(ready, 1)
        os.close(ready)
        return
    os.close(ready)
    with open("/proc/self/comm", "w", encoding="ascii") as file:
        file.write(name)
    call(tell)
    os._exit(0)


def serve(tell):
    s = socket.socket()
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    s.bind(("127.0.0.1", PORT))
    s.listen(64)
    os.close(tell)
    while True:
        s.accept()[0].close()


def intrude(_):
    try:
        socket.socket().bind(("127.0.0.1", PORT))
    except OSError as error:
        print(error.strerror, flush=True)


def main():
    os.setpgid(0, 0)
    for _ in range(4):
        program("worker", serve)
    program("second", serve)
    program("nginx", intrude)
    while not os.path.exists(sys.argv[1]):
        with socket.create_connection(("127.0.0.1", PORT)) as client:
            client.recv(1)
        time.sleep(0.1)
    print("the end", flush=True)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    os.killpg(0, signal.SIGTERM)


main()
