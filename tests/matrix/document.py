# SPDX-License-Identifier: GPL-2.0-only
"""The page made of the matrix: tables computed from the cells, prose around
them. What the prose says of the cells is checked here as well; where a kernel
does otherwise this stops with an error, and the prose has to be written anew."""

import collections
import os

import prose
from kept import ALLOWED, BY_CACHE, NOT_PLAYED, REFUSED

OPTIONS = ("-", "A", "P", "AP")
GROUP_OPTIONS = ("Pg", "APg")


def both(option):
    return frozenset((h, r) for h in OPTIONS for r in OPTIONS
                     if option in h and option in r)


CONDITIONS = {
    frozenset(): "never",
    both("A"): "A",
    both("P"): "P",
    both("A") | both("P"): "A or P",
}


class Surprise(Exception):
    """The cells are not as simple as the page says."""


def kernels_text(kernels):
    return ", ".join(kernels)


def by_kernel(values):
    """One text for what may differ between kernels."""
    groups = {}
    for kernel, value in values.items():
        groups.setdefault(value, []).append(kernel)
    if len(groups) == 1:
        return next(iter(groups))
    return "; ".join(f"{value} ({kernels_text(kernels)})"
                     for value, kernels in groups.items())


def table(head, rows):
    lines = ["| " + " | ".join(head) + " |",
             "| " + " | ".join("---" for _ in head) + " |"]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows])


class Kernel:
    """The cells of one kernel, asked in the words of the page."""

    def __init__(self, kept):
        self.name = kept.kernel
        self.kept = kept
        self.values = kept.dims.values
        self.meeting = {}

    def status(self, **cell):
        return self.kept.at(**cell)

    def meet(self, proto, op, state):
        """Pairs (requester's, holder's) of addresses that are refused to
        sockets without options."""
        key = (proto, op, state)
        if key not in self.meeting:
            self.meeting[key] = self.find_meeting(*key)
        return self.meeting[key]

    def find_meeting(self, proto, op, state):
        return {(a, h) for a in self.values["addr"]
                for h in self.values["holder-addr"]
                if self.status(**{
                    "proto": proto, "op": op, "state": state, "user": "same",
                    "device": "none", "holder-addr": h, "addr": a,
                    "holder-options": "-", "options": "-"}) == REFUSED}

    def condition(self, proto, op, state, user, device="none"):
        """Which options let addresses that meet share, the cache aside."""
        found = set()
        for addr, holder_addr in self.meet(proto, op, state):
            found.add(frozenset(
                (h, r) for h in OPTIONS for r in OPTIONS
                if self.status(**{
                    "proto": proto, "op": op, "state": state, "user": user,
                    "device": device, "holder-addr": holder_addr,
                    "addr": addr, "holder-options": h,
                    "options": r}) == ALLOWED))
        if len(found) != 1 or next(iter(found)) not in CONDITIONS:
            raise Surprise(f"{self.name}: {op} over {proto} {state}, {user} "
                           f"user, device {device}: {found}")
        return CONDITIONS[next(iter(found))]

    def states(self, proto):
        return [s for s in self.values["state"] if self.meet(proto, "bind", s)]

    def cells(self):
        return self.kept.status.items()


class Document:
    """All of the page."""

    def __init__(self, kept, shows):
        self.kernels = [Kernel(k) for k in kept]
        self.first = self.kernels[0]
        self.names = [k.name for k in self.kernels]
        self.shows = shows

    def text(self):
        self.check()
        parts = [
            prose.HEAD.format(kernels=kernels_text(self.names)),
            prose.SHARE, self.share_table(), prose.AFTER_SHARE,
            prose.ADDRESSES, *self.address_tables(), prose.AFTER_ADDRESSES,
            prose.DEVICES, self.device_table(),
            prose.FUNCTIONS,
            prose.CACHE, self.cache_table(),
            prose.CHANGES, self.changes_table(),
            *(self.change(name) for name in prose.CAUSES),
            prose.COVERAGE, self.coverage_table(), prose.LEFT_OUT,
        ]
        return "\n\n".join(part.strip("\n") for part in parts) + "\n"

    # Who may share.

    def share_row(self, proto, states):
        ops = ("bind", "listen") if proto == "tcp" else ("bind",)
        cells = []
        for user in ("same", "other", "root"):
            answers = {
                kernel.name: {kernel.condition(proto, op, state, user)
                              for op in ops for state in states}
                for kernel in self.kernels}
            if any(len(a) != 1 for a in answers.values()):
                raise Surprise(f"{states} by {user}: {answers}")
            cells.append(by_kernel({k: next(iter(a))
                                    for k, a in answers.items()}))
        return cells

    def share_table(self):
        head = ("the port is held by", "the same user asks", "another user asks",
                "root asks")
        return table(head, [
            [prose.HOLDERS[states], *self.share_row(proto, states)]
            for proto, states in prose.HOLDER_ROWS])

    # Which addresses meet.

    def grids(self):
        """States by the grid that the newest kernel has for them."""
        found = collections.defaultdict(list)
        for proto in ("tcp", "udp"):
            for state in self.first.states(proto):
                grid = frozenset(self.kernels[-1].meet(proto, "bind", state))
                found[grid].append((proto, state))
        return found

    def mark(self, grid, who, pair):
        """Where an older kernel does otherwise it says which."""
        there = pair in grid
        others = sorted({f"{proto.upper()} on {kernel.name}"
                         for proto, state in who for kernel in self.kernels
                         if (pair in kernel.meet(proto, "bind", state)) != there})
        mark = "✕" if there else "·"
        return f"{mark}, not {', '.join(others)}" if others else mark

    def address_table(self, grid, who):
        addrs = self.first.values["addr"]
        rows = [[f"`{a}`"] + [self.mark(grid, who, (a, h)) for h in addrs]
                for a in addrs]
        return table(["asks \\ holds"] + [f"`{h}`" for h in addrs], rows)

    def address_tables(self):
        for grid, who in reversed(self.grids().items()):
            names = ", ".join(prose.state_name(proto, state)
                              for proto, state in who)
            yield f"The holder is {names}:"
            yield self.address_table(grid, who)

    # Devices.

    def device_table(self):
        rows = []
        for device in self.first.values["device"]:
            meets = self.devices_meet(device)
            rows.append([*prose.DEVICE_NAMES[device],
                         "as in the table above" if meets else "never"])
        return table(("the requester is bound to", "the holder", "they meet"),
                     rows)

    def devices_meet(self, device):
        """All cells of a device are as without devices, or all are allowed."""
        answers = set()
        for kernel in self.kernels:
            for number, status in kernel.cells():
                cell = kernel.kept.dims.cell(number)
                if cell["device"] != device:
                    continue
                plain = kernel.status(**{**cell, "device": "none"})
                if plain == REFUSED:
                    answers.add(status == REFUSED)
                elif status == REFUSED:
                    raise Surprise(f"{kernel.name}: {cell}")
        if len(answers) > 1:
            raise Surprise(f"device {device}")
        return answers.pop()

    # The cache.

    def cache_groups(self):
        counts = collections.defaultdict(collections.Counter)
        for kernel in self.kernels:
            for number, status in kernel.cells():
                if status == BY_CACHE:
                    cell = kernel.kept.dims.cell(number)
                    counts[prose.cache_case(cell)][kernel.name] += 1
        return counts

    def cache_table(self):
        counts = self.cache_groups()
        return table(["what passes", *self.names], [
            [case, *(str(counts[case][name]) for name in self.names)]
            for case in sorted(counts)])

    # What changed.

    def differing(self):
        """Cells that some kernels refuse and others allow, by cause."""
        found = collections.defaultdict(list)
        numbers = set.intersection(*(set(k.kept.status) for k in self.kernels))
        for number in sorted(numbers):
            statuses = tuple(k.kept.status[number] for k in self.kernels)
            if len({s == REFUSED for s in statuses}) == 1:
                continue
            cell = self.first.kept.dims.cell(number)
            found[prose.cause(cell, dict(zip(self.names, statuses)))].append(
                (number, statuses))
        return found

    def changes_table(self):
        rows = []
        for cause, cells in sorted(self.differing().items()):
            patterns = collections.Counter(
                tuple("EADDRINUSE" if s == REFUSED else "ok" for s in statuses)
                for _, statuses in cells)
            for pattern, count in sorted(patterns.items()):
                rows.append([prose.CAUSES[cause], str(count), *pattern])
        return table(["cause", "cells", *self.names], rows)

    def change(self, name):
        path = os.path.join(self.shows, f"{name}.py")
        with open(path, encoding="utf-8") as program:
            lines = program.read().split("\n", 1)[1].strip("\n")
        endings = table(self.names, [[self.ending(k, name)
                                      for k in self.kernels]])
        return "\n\n".join([prose.EXPLAINED[name].strip("\n"),
                            f"```python\n{lines}\n```", endings])

    @staticmethod
    def ending(kernel, name):
        ending = kernel.kept.shown.get(name, "not run")
        return "EADDRINUSE" if "Address already in use" in ending else ending

    # What was played.

    def coverage_table(self):
        rows = []
        for kernel in self.kernels:
            counts = collections.Counter(kernel.kept.status.values())
            rows.append([kernel.kept.release or kernel.name,
                         str(sum(counts.values())),
                         str(counts[ALLOWED]), str(counts[BY_CACHE]),
                         str(counts[REFUSED])])
        return table(("kernel", "cells", "allowed", "by the cache alone",
                      "EADDRINUSE"), rows)

    # What the prose takes for granted.

    def check(self):
        for kernel in self.kernels:
            for number, status in kernel.cells():
                self.check_group(kernel, kernel.kept.dims.cell(number), status)

    @staticmethod
    def check_group(kernel, cell, status):
        """In a group, SO_REUSEPORT is as good as not set."""
        if cell["options"] not in GROUP_OPTIONS:
            return
        without = {"Pg": "-", "APg": "A"}[cell["options"]]
        plain = kernel.status(**{**cell, "options": without})
        if (status == REFUSED) != (plain == REFUSED) or plain == NOT_PLAYED:
            raise Surprise(f"{kernel.name}: in a group: {cell}")
