#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Plays the programs of the claims named, one after the other, each in a
process and a network namespace of its own. Runs below `reusetrace-view
record`; lines that begin with @ say where one begins and ends."""

import contextlib
import ctypes
import fcntl
import importlib
import os
import signal
import socket
import struct
import sys

from net import rtlib

CLONE_NEWNET = 0x40000000
SIOCSIFFLAGS = 0x8914
IFF_UP = 1
LIMIT = 400		# seconds for one program


def new_namespace():
    if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWNET):
        raise OSError(ctypes.get_errno(), "unshare() failed; be root")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        request = struct.pack("16sh22x", b"lo", IFF_UP)
        fcntl.ioctl(sock, SIOCSIFFLAGS, request)


def perform(claim):
    new_namespace()
    rtlib.keep_time_waits()
    signal.alarm(LIMIT)
    module = importlib.import_module(claim)
    getattr(module, "prepare", lambda: None)()
    namespace = os.stat("/proc/self/ns/net").st_ino
    print(f"@ {claim} {namespace}", flush=True)
    module.program()


def play(claim):
    """Its namespace is kept, so that its number does not come again. What it
    has started ends with it, whatever happens: the recorder waits for all who
    could still say something."""
    pid = os.fork()
    if pid == 0:
        os.setpgid(0, 0)
        status = 1
        try:
            perform(claim)
            status = 0
        finally:
            if status:
                sys.excepthook(*sys.exc_info())
            sys.stderr.flush()
            os._exit(status)
    kept = None
    try:
        kept = os.open(f"/proc/{pid}/ns/net", os.O_RDONLY)
    except OSError:
        pass
    _, status = os.waitpid(pid, 0)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)
    print(f"@ end {claim} {status}", flush=True)
    return kept


kept = [play(claim) for claim in sys.argv[1:]]
