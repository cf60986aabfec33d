#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Something to look at: five servers share a port, one of them of another name,
clients come and go, and somebody without options is refused. For some seconds."""

import os
import signal
import socket
import sys
import time

PORT = 9527


def program(name, call):
    if os.fork():
        return
    with open("/proc/self/comm", "w", encoding="ascii") as file:
        file.write(name)
    call()
    os._exit(0)


def serve():
    s = socket.socket()
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    s.bind(("127.0.0.1", PORT))
    s.listen(64)
    while True:
        s.accept()[0].close()


def intrude():
    try:
        socket.socket().bind(("127.0.0.1", PORT))
    except OSError as error:
        print(error.strerror, flush=True)


def main():
    os.setpgid(0, 0)
    for _ in range(4):
        program("worker", serve)
    program("second", serve)
    time.sleep(0.5)
    program("nginx", intrude)
    end = time.monotonic() + float(sys.argv[1])
    while time.monotonic() < end:
        with socket.create_connection(("127.0.0.1", PORT)) as client:
            client.recv(1)
        time.sleep(0.02)
    print("the end", flush=True)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    os.killpg(0, signal.SIGTERM)


main()
