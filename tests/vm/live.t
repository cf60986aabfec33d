#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""A burst with buffers as they are, what the viewer takes of memory under it,
and pages of the ring buffer larger than usual. RT_BINDS=200000 is a large one."""

import os
import socket
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import rtlib  # noqa: E402

BINDS = int(os.environ.get("RT_BINDS", "10000"))
SUBBUF = "/sys/kernel/tracing/instances/reusetrace/buffer_subbuf_size_kb"
MEMORY_KB = 48 << 10	# reusetrace-view(1)


def bind_many(count):
    for _ in range(count):
        sock = socket.socket()
        sock.bind(("127.0.0.1", 0))
        sock.close()


def most_memory(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as file:
        return next(int(line.split()[1]) for line in file
                    if line.startswith("VmHWM"))


def burst(tap):
    viewer = rtlib.Viewer()
    bind_many(BINDS)
    memory = most_memory(viewer.process.pid)
    viewer.stop()
    summary = viewer.events[-1]
    seen, lost = summary["events"].get("bind", 0), summary["lost"]
    missed = sum(e["count"] for e in viewer.losses(rtlib.BIND_PROBES)
                 if e["probe"])
    tap.note(f"{seen} seen, {lost} lost, {missed} calls missed of {BINDS}, "
             f"{memory} kB at most")
    tap.check("seen + lost = happened",
              seen + lost <= BINDS <= seen + lost + missed)
    tap.same("each one is in the output", seen, len(viewer.of("bind")))
    tap.check("memory stays within what the manual says", memory <= MEMORY_KB,
              memory)


def large_pages(tap):
    if not os.path.exists(SUBBUF):
        tap.skip("pages of 8 KiB", "this kernel has pages of one size")
        return
    with open(SUBBUF, "w", encoding="ascii") as file:
        file.write("8")
    bind_many(500)
    viewer = rtlib.Viewer()
    bind_many(500)
    viewer.stop()
    tap.same("pages of 8 KiB: what the module kept, and the rest", 1000,
             viewer.events[-1]["events"].get("bind"))


def main():
    with rtlib.Tap() as tap:
        rtlib.load_module()
        burst(tap)
        large_pages(tap)
        rtlib.unload_module()


main()
