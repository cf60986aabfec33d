#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""The live viewer, measured: how long until an event is in its output, what it
takes while nothing happens, and a burst with buffers as they are.

    scripts/vm.sh -- tests/bench/live.py [EVENTS [IDLE_SECONDS [BURST]]]

A bind and, on the same port, one that is refused, 40 ms and a bit after the ones
before, so that they fall anywhere between two looks of the viewer's; the first as
soon as the viewer has the ring buffer open. A line's time is when a reader of the
viewer's pipe, which does nothing else, has it; the event's is its own ts_ns, on the
same clock."""

import json
import os
import socket
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "../vm"))
import rtlib  # noqa: E402

EVENTS, IDLE, BURST = (int(arg) for arg in
                       sys.argv[1:4] + ["200", "120", "200000"][len(sys.argv) - 1:])
TICK = os.sysconf("SC_CLK_TCK")


def bind():
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))


def refuse():
    """Who holds the port is new each time: the viewer has to look for it."""
    with socket.socket() as holder, socket.socket() as other:
        holder.bind(("127.0.0.1", 0))
        try:
            other.bind(holder.getsockname())
        except OSError:
            return
    raise RuntimeError("two sockets on one port")


class Reader(threading.Thread):
    """Times of the lines of a viewer."""

    def __init__(self, *options):
        super().__init__()
        self.process = subprocess.Popen(["reusetrace-view", "--json", *options],
                                        stdout=subprocess.PIPE, bufsize=0)
        rtlib.wait_until(lambda: rtlib.reads_ring(self.process.pid), "a viewer")
        self.lines = []
        self.start()

    def run(self):
        rest = b""
        while chunk := os.read(self.process.stdout.fileno(), 65536):
            now = time.monotonic_ns()
            *whole, rest = (rest + chunk).split(b"\n")
            self.lines += [(now, line) for line in whole]

    def stop(self):
        self.process.send_signal(2)
        self.process.wait()
        self.join()


def cpu_ticks(pid):
    with open(f"/proc/{pid}/stat", encoding="ascii") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return int(fields[11]) + int(fields[12])


def run_ns(pid):
    with open(f"/proc/{pid}/schedstat", encoding="ascii") as file:
        return int(file.read().split()[0])


def latency():
    reader = Reader()
    for number in range(EVENTS // 3):
        refuse()
        time.sleep(0.040 + number % 13 * 0.001)
    reader.stop()
    took = sorted((now - event["ts_ns"]) / 1e6 for now, event in
                  ((now, json.loads(line)) for now, line in reader.lines)
                  if event["type"] in ("bind", "bind_conflict"))
    print(f"latency of {len(took)} events: median {took[len(took) // 2]:.1f} ms, "
          f"99 % within {took[len(took) * 99 // 100]:.1f} ms, "
          f"at most {took[-1]:.1f} ms; {sum(ms > 100 for ms in took)} after 100 ms")


def idle():
    reader = Reader()
    pid = reader.process.pid
    time.sleep(2)
    ticks, ran, begun = cpu_ticks(pid), run_ns(pid), time.monotonic()
    time.sleep(IDLE)
    span = time.monotonic() - begun
    ticks, ran = cpu_ticks(pid) - ticks, run_ns(pid) - ran
    print(f"idle for {span:.0f} s: {100 * ticks / TICK / span:.3f} % of a core "
          f"by /proc/PID/stat, {ran / 1e7 / span:.3f} % by schedstat, "
          f"{ran / 1e6 / span:.3f} ms a second")
    reader.stop()


def burst():
    reader = Reader()
    for _ in range(BURST):
        bind()
    with open(f"/proc/{reader.process.pid}/status", encoding="ascii") as file:
        memory = next(line.split()[1] for line in file if line.startswith("VmHWM"))
    reader.stop()
    summary = json.loads(reader.lines[-1][1])
    seen, lost = summary["events"].get("bind", 0), summary["lost"]
    print(f"burst: {BURST} happened, {seen} shown, {lost} lost, sum {seen + lost}, "
          f"{summary['missed']} calls missed, {memory} kB at most")


def main():
    rtlib.load_module()
    latency()
    idle()
    if BURST:
        burst()
    rtlib.unload_module()


main()
