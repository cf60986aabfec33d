#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Traces that are hard to record, made of one that was: variants.py TRACE DIR"""

import pathlib
import re
import shutil
import struct
import sys

PAGE, HEAD = 4096, 16
MISSED, STORED = 1 << 31, 1 << 30
EVENTS = "events/reusetrace"
RAW = "instances/reusetrace/per_cpu/cpu{}/trace_pipe_raw"


def edit(path, change):
    path.write_bytes(change(bytearray(path.read_bytes())))


def mark_missed(data, page, count):
    """As the kernel does: a flag in the page's head, the count after the data."""
    at = page * PAGE
    commit, = struct.unpack_from("<Q", data, at + 8)
    flags = MISSED
    if count is not None:
        struct.pack_into("<Q", data, at + HEAD + commit, count)
        flags |= STORED
    struct.pack_into("<Q", data, at + 8, commit | flags)
    return data


def lost(trace):
    edit(trace / RAW.format(1), lambda d: mark_missed(d, 0, 42))


def lost_uncounted(trace):
    edit(trace / RAW.format(0), lambda d: mark_missed(d, 1, None))


def other_field(trace):
    """A module whose bind event lacks a field the viewer needs."""
    edit(trace / EVENTS / "bind/format",
         lambda d: re.sub(rb"\bwhy\b", b"motive", bytes(d)))


def no_format(trace):
    shutil.rmtree(trace / EVENTS / "steer")


def cut(trace):
    edit(trace / RAW.format(1), lambda d: d[:PAGE - 100])


def damaged(trace):
    """The first record claims to reach far beyond its page."""
    def change(data):
        struct.pack_into("<II", data, HEAD, 0, 60000)
        return data
    edit(trace / RAW.format(1), change)


def probes(trace):
    lines = (trace / "probes").read_text().splitlines()
    rows = [line.split("\t") for line in lines]
    rows[0][4] = "3"
    rows[1][2:] = ["unavailable", "0", "0", "who stood in the way of a bind"]
    (trace / "probes").write_text("".join("\t".join(r) + "\n" for r in rows))


def odd_comm(trace):
    for cpu in (0, 1):
        edit(trace / RAW.format(cpu),
             lambda d: bytes(d).replace(b"python3\0", b"\xff\x1b[1m\"\n\0"))


def no_instance(trace):
    shutil.rmtree(trace / "instances")


def main():
    source, out = map(pathlib.Path, sys.argv[1:])
    for make in (lost, lost_uncounted, other_field, no_format, cut, damaged,
                 probes, odd_comm, no_instance):
        trace = out / make.__name__
        shutil.copytree(source, trace)
        make(trace)


main()
