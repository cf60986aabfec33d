#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Files as trace-cmd writes them, made of a copied tracing folder.

    trace_dat.py TRACE DIR

makes in DIR, by the letter of trace-cmd.dat(5):
    v6.dat v7.dat v7z.dat   the same records, the last one compressed by zlib
    marks.dat               with what `reusetrace-view record` adds
    two.dat                 the same records in two buffers
    overrun.dat             whose statistics tell of 5 lost events
    cut6.dat cut7.dat       that end too early
    salvaged.dat            what a full disk left of a recording
    other.dat               without our events
"""

import pathlib
import struct
import sys
import zlib

PAGE = 4096
MAGIC = b"\x17\x08\x44tracing"
PRINT_FORMAT = b"""name: print
ID: 5
format:
\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;
\tfield:unsigned char common_flags;\toffset:2;\tsize:1;\tsigned:0;
\tfield:unsigned char common_preempt_count;\toffset:3;\tsize:1;\tsigned:0;
\tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;

\tfield:unsigned long ip;\toffset:8;\tsize:8;\tsigned:0;
\tfield:char buf[];\toffset:16;\tsize:0;\tsigned:0;

print fmt: "%ps: %s", (void *)REC->ip, REC->buf
"""


def u16(n):
    return struct.pack("<H", n)


def u32(n):
    return struct.pack("<I", n)


def u64(n):
    return struct.pack("<Q", n)


def sized(data):
    return u64(len(data)) + data


class Trace:
    """What both versions hold."""

    def __init__(self, folder):
        folder = pathlib.Path(folder)
        self.page_head = (folder / "events/header_page").read_bytes()
        self.formats = [path.read_bytes() for path in sorted(
            folder.glob("events/reusetrace/*/format"))]
        cpus = sorted(folder.glob("instances/reusetrace/per_cpu/cpu*"))
        pages = [(cpu / "trace_pipe_raw").read_bytes() for cpu in cpus]
        self.buffers = {"reusetrace": pages}
        self.system = b"reusetrace"
        self.stats = []
        self.version = b""
        self.clock = b"local global [mono]\n"

    def head_info(self):
        return (b"header_page\0" + sized(self.page_head) +
                b"header_event\0" + sized(b"# none\n"))

    def ftrace(self):
        return u32(1) + sized(PRINT_FORMAT)

    def events(self):
        return (u32(1) + self.system + b"\0" + u32(len(self.formats)) +
                b"".join(map(sized, self.formats)))


def aligned(data):
    return data + bytes(-len(data) % PAGE)


def option(number, data):
    return u16(number) + u32(len(data)) + data


def cpu_table(pages, at):
    table = b""
    for data in pages:
        table += u64(at) + u64(len(data))
        at += len(data)
    return table


def version6(trace):
    cpus = max(len(p) for p in trace.buffers.values())
    begin = MAGIC + b"6\0" + bytes([0, 8]) + u32(PAGE)
    begin += trace.head_info() + trace.ftrace() + trace.events()
    begin += u32(0) + u32(0) + u64(0) + u32(cpus) + b"options  \0"
    begin += option(4, trace.clock)
    for text in trace.stats:
        begin += option(2, text)
    if trace.version:
        begin += option(9, trace.version)
    names = [n.encode() + b"\0" for n in trace.buffers]
    size = len(begin) + sum(6 + 8 + len(n) for n in names) + 2 + 10 + cpus * 16
    at = size + -size % PAGE
    rest = b""
    offsets = []
    for pages in trace.buffers.values():
        pages = pages + [b""] * (cpus - len(pages))
        offsets.append(at + len(rest))
        head = b"flyrecord\0"
        first = len(head) + cpus * 16
        first += -first % PAGE
        rest += aligned(head + cpu_table(pages, at + len(rest) + first))
        rest += b"".join(pages)
    for name, offset in zip(names, offsets):
        begin += option(3, u64(offset) + name)
    begin += u16(0) + b"flyrecord\0" + cpu_table([b""] * cpus, at)
    return aligned(begin) + rest


def chunks(data, size):
    parts = [data[i:i + size] for i in range(0, len(data), size)]
    out = u32(len(parts))
    for part in parts:
        packed = zlib.compress(part)
        out += u32(len(packed)) + u32(len(part)) + packed
    return out


def version7(trace, packed):
    out = MAGIC + b"7\0" + bytes([0, 8]) + u32(PAGE)
    out += (b"zlib\0001.2\0" if packed else b"none\0\0")
    at_options = len(out)
    out += u64(0)

    def section(number, body):
        nonlocal out
        at = len(out)
        if packed and number != 0:
            small = zlib.compress(body)
            body = u32(len(small)) + u32(len(body)) + small
            out += u16(number) + u16(1) + u32(0) + u64(len(body)) + body
        else:
            out += u16(number) + u16(0) + u32(0) + u64(len(body)) + body
        return at

    options = b""
    for number, body in ((16, trace.head_info()), (17, trace.ftrace()),
                         (18, trace.events())):
        options += option(number, u64(section(number, body)))
    options += option(4, trace.clock)
    for text in trace.stats:
        options += option(2, text)
    for name, pages in trace.buffers.items():
        at = len(out)
        out += u16(3) + u16(1 if packed else 0) + u32(0) + u64(0)
        table = b""
        for cpu, data in enumerate(pages):
            out = aligned(out)
            body = chunks(data, 2 * PAGE) if packed else data
            # The number of chunks is not counted.
            size = len(body) - 4 if packed else len(body)
            table += u32(cpu) + u64(len(out)) + u64(size if data else 0)
            out += body
        options += option(3, u64(at) + name.encode() + b"\0local\0" +
                          u32(PAGE) + u32(len(pages)) + table)
    options += u16(0) + u32(8) + u64(0)
    begin = section(0, options)
    return out[:at_options] + u64(begin) + out[at_options + 8:]


def first_ts(pages):
    return min(struct.unpack_from("<Q", p)[0] for p in pages if p)


def print_event(text):
    data = u16(5) + bytes([0, 0]) + u32(77) + u64(0) + text + b"\0"
    data += b"\n" * (-len(data) % 4)    # rubbish, as the kernel leaves it
    return u32(0) + u32(len(data) + 4) + data


def mark(word, at, value, pid, comm, text):
    return b"reusetrace-view: %s %d %d %d %d %s: %s\n" % (
        word, at, value, pid, len(text), comm, text)


def marks(ts):
    """What `record` would have written, on a CPU of its own."""
    wall = 1_700_000_000_000_000_000
    probe = b"inet_csk_get_port\tkretprobe\tarmed\t%d\t%d\tTCP binds"
    texts = [
        mark(b"probe-before", 0, 0, 0, b"-", probe % (10, 2)),
        mark(b"start", ts - 1000, wall, 0, b"-", b""),
        b"somebody else wrote this\n",
        mark(b"stdout", ts - 900, ts - 900, 4242, b"se\\040rver", b"hello"),
        mark(b"stderr+", ts - 800, ts - 850, 4242, b"se\\040rver", b"in "),
        mark(b"stderr", ts - 800, ts - 850, 4242, b"se\\040rver",
             b"two pieces\t\xff"),
        mark(b"probe-after", 0, 0, 0, b"-", probe % (30, 5)),
        mark(b"end", ts + 3_600_000_000_000, 0, 0, b"-", b""),
    ]
    body = b"".join(map(print_event, texts))
    return (u64(ts) + u64(len(body)) + body).ljust(PAGE, b"\0")


def with_stats(trace):
    trace.stats = [b"\nBuffer: reusetrace\n\n\0",
                   b"CPU: 1\nentries: 0\noverrun: 2\ncommit overrun: 3\n"
                   b"bytes: 0\ndropped events: 0\nread events: 9\n\0"]
    return trace


def main():
    folder, out = sys.argv[1], pathlib.Path(sys.argv[2])

    def write(name, data):
        (out / name).write_bytes(data)

    trace = Trace(folder)
    write("v6.dat", version6(trace))
    write("v7.dat", version7(trace, False))
    write("v7z.dat", version7(trace, True))
    write("cut6.dat", version6(trace)[:-PAGE - 100])
    write("cut7.dat", version7(trace, False)[:-200])
    write("overrun.dat", version7(with_stats(Trace(folder)), True))

    pages = trace.buffers["reusetrace"]
    salvaged = Trace(folder)
    salvaged.version = b"reusetrace-view salvage\0"
    write("salvaged.dat", version6(salvaged))

    recorded = Trace(folder)
    recorded.buffers = {"": [], "reusetrace.99":
                        pages + [marks(first_ts(pages))]}
    write("marks.dat", version7(recorded, False))

    two = Trace(folder)
    two.buffers = {"reusetrace": pages, "other": pages[:1]}
    two.clock = b"[local] global mono\n"
    write("two.dat", version6(two))

    other = Trace(folder)
    other.system = b"sched"
    write("other.dat", version7(other, True))


if __name__ == "__main__":
    main()
