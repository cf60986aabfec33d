#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""big_dat.py TRACE EVENTS FILE: a trace.dat with that many events or a few more,
the pages of a copied tracing folder again and again, each round later."""

import pathlib
import struct
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/golden"))
import trace_dat  # noqa: E402

PAGE, HEAD = 4096, 16
SIZE_MASK = 0xfffff
ROUND_NS = 100_000_000_000


def count_events(page):
    """Records with data; ring_buffer_event's first word says which."""
    size = struct.unpack_from("<Q", page, 8)[0] & SIZE_MASK
    at, end, events = HEAD, HEAD + size, 0
    while at < end:
        word = struct.unpack_from("<I", page, at)[0] & 31
        if word >= 30:
            at += 8
            continue
        if word == 29:
            at += 4 + struct.unpack_from("<I", page, at + 4)[0]
        else:
            length = word * 4 or struct.unpack_from("<I", page, at + 4)[0]
            at += 4 + length
            events += 1
    return events


def later(page, rounds):
    stamp = struct.unpack_from("<Q", page)[0] + rounds * ROUND_NS
    return struct.pack("<Q", stamp) + page[8:]


def main():
    source, wanted, out = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    trace = trace_dat.Trace(source)
    cpus = [[data[i:i + PAGE] for i in range(0, len(data), PAGE)]
            for data in trace.buffers["reusetrace"]]
    a_round = sum(count_events(page) for pages in cpus for page in pages)
    rounds = -(-wanted // a_round)
    trace.buffers = {"reusetrace": [
        b"".join(later(page, n) for n in range(rounds) for page in pages)
        for pages in cpus]}
    pathlib.Path(out).write_bytes(trace_dat.version6(trace))
    print(a_round * rounds)


main()
