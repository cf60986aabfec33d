#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Events that the ring buffer had no room for are counted, to the last one."""

import os
import signal
import socket
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import rtlib  # noqa: E402

BINDS = 20000
# Larger than any one drain of a stopped viewer, smaller than what happens.
BUFFER_KB = 64


def bind_many():
    for _ in range(BINDS):
        sock = socket.socket()
        sock.bind(("127.0.0.1", 0))
        sock.close()


def main():
    with rtlib.Tap() as tap:
        rtlib.load_module(f"buffer_kb={BUFFER_KB}")
        viewer = rtlib.Viewer(expect=(3,))
        viewer.process.send_signal(signal.SIGSTOP)
        bind_many()
        viewer.process.send_signal(signal.SIGCONT)
        viewer.stop()
        lost = viewer.of("lost")
        summary = viewer.events[-1]
        seen = len(viewer.of("bind"))
        tap.note(f"{seen} seen, {summary['lost']} lost of {BINDS}")
        tap.check("more was lost than seen", summary["lost"] > seen)
        tap.same("seen + lost = happened", BINDS, seen + summary["lost"])
        tap.same("the lost records add up to the summary", summary["lost"],
                 sum(e["count"] or 0 for e in lost))
        tap.check("each says where", lost and all(
            e["where"] == "ring-buffer" for e in lost), lost)
        tap.same("the exit status is 3", 3, viewer.status)


main()
