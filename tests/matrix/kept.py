# SPDX-License-Identifier: GPL-2.0-only
"""What is kept of a run: one character for each cell, in a text file small
enough for the repository and for reading a difference."""

import os

ALLOWED, BY_CACHE, REFUSED, NOT_PLAYED = ".", "c", "x", "-"
ROW_DIMS = ("addr", "options")          # a pattern has one of each pair
LINE_DIMS = ("holder-addr", "holder-options")   # a line lists their patterns

HEAD = """\
# SPDX-License-Identifier: GPL-2.0-only
# The cells of tests/matrix/ as Linux {kernel} answered them; `make matrix` writes this.
# A pattern: {allowed} allowed, {cache} allowed by the fast-reuse cache alone, {refused} EADDRINUSE,
# {none} not played; for each address of the requester all its options.
# A cells line: the patterns by the holder's addresses and options.
"""


def status_of(tried):
    if tried.errno:
        return REFUSED
    return BY_CACHE if tried.why == "cache" else ALLOWED


class Kept:
    """The outcome of all cells of one kernel, and of the little programs."""

    def __init__(self, kernel, dims, release=""):
        self.kernel = kernel
        self.release = release  # as uname -r says it
        self.dims = dims
        self.status = {}       # number -> character
        self.shown = {}        # name of a program -> what it ended with

    @classmethod
    def from_run(cls, run, shown):
        kept = cls(run.kernel, run.dims, run.release)
        for cell in run.cells:
            if cell.kind == "cell":
                kept.status[cell.number] = status_of(cell.first)
        kept.shown = dict(shown)
        return kept

    def at(self, **cell):
        return self.status.get(self.dims.number(cell), NOT_PLAYED)

    def size(self, names):
        n = 1
        for name in names:
            n *= len(self.dims.values[name])
        return n

    def lines(self):
        """All that there is but the dimensions within a line."""
        wide = self.size(ROW_DIMS)
        long = self.size(LINE_DIMS)
        for start in range(0, self.dims.count, wide * long):
            yield start, ["".join(self.status.get(i, NOT_PLAYED)
                                  for i in range(row, row + wide))
                          for row in range(start, start + wide * long, wide)]

    def write(self, path):
        patterns = {}
        body = []
        for start, rows in self.lines():
            if all(set(row) == {NOT_PLAYED} for row in rows):
                continue
            cell = self.dims.cell(start)
            names = [v for k, v in cell.items()
                     if k not in ROW_DIMS + LINE_DIMS]
            indices = [str(patterns.setdefault(row, len(patterns)))
                       for row in rows]
            body.append("\t".join(["cells", *reversed(names), *indices]))
        with open(path, "w", encoding="ascii") as out:
            out.write(HEAD.format(kernel=self.kernel, allowed=ALLOWED,
                                  cache=BY_CACHE, refused=REFUSED,
                                  none=NOT_PLAYED))
            out.write(f"kernel\t{self.kernel}\nrelease\t{self.release}\n")
            for name, values in self.dims.values.items():
                out.write("\t".join(["dim", name, *values]) + "\n")
            for name, ending in sorted(self.shown.items()):
                out.write(f"show\t{name}\t{ending}\n")
            for row, index in patterns.items():
                out.write(f"pattern\t{index}\t{row}\n")
            out.write("\n".join(body) + "\n")


def read(path, dims):
    """A file that Kept.write() wrote; dims is an empty results.Dims()."""
    kept = Kept(os.path.basename(path), dims)
    patterns = {}
    with open(path, encoding="ascii") as lines:
        for line in lines:
            words = line.rstrip("\n").split("\t")
            if words[0] == "kernel":
                kept.kernel = words[1]
            elif words[0] == "release":
                kept.release = words[1]
            elif words[0] == "dim":
                dims.add(words[1], words[2:])
            elif words[0] == "show":
                kept.shown[words[1]] = words[2]
            elif words[0] == "pattern":
                patterns[words[1]] = words[2]
            elif words[0] == "cells":
                read_line(kept, patterns, words[1:])
    return kept


def read_line(kept, patterns, words):
    names = [name for name in kept.dims.values
             if name not in ROW_DIMS + LINE_DIMS]
    cell = dict(zip(names, words))
    for name in ROW_DIMS + LINE_DIMS:
        cell[name] = kept.dims.values[name][0]
    number = kept.dims.number(cell)
    for index in words[len(names):]:
        for status in patterns[index]:
            if status != NOT_PLAYED:
                kept.status[number] = status
            number += 1


def differences(old, new):
    """Cells that both have, and not alike."""
    return [n for n, status in new.status.items()
            if old.status.get(n, status) != status]
