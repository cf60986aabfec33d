# SPDX-License-Identifier: GPL-2.0-only
"""What the viewer tells of one program, for its verdict and for the page."""

import re

# What is the same in each claim and proves nothing.
BESIDE_THE_POINT = re.compile(
    r" listen +\S+ \S+ +ok | steer | group .*(create|leave)| close +tcp "
    r"| tw_\w+ | bind +\S+ \S+:0 ")
# What differs from run to run, and what stands for it.
NORMAL = (
    (re.compile(r"^(\S+)\[\d+\] *"), lambda m: f"{m[1]:<11} "),
    (re.compile(r"^kernel +"), lambda m: f"{'kernel':<11} "),
    (re.compile(r"^\S+ +\| +"), lambda m: f"{'program':<11} | "),
    (re.compile(r"\[\d+\]"), ""),
    (re.compile(r"member \d+ of (\d+): \S+"), r"member * of \1: *"),
    (re.compile(r":\d{5}\b"), ":*"),
    (re.compile(r"hash 0x[0-9a-f]+"), "hash *"),
    (re.compile(r"gone after [\d.]+ m?s"), "gone after *"),
    (re.compile(r"[\d.]+ m?s (left|before)"), r"* s \1"),
    (re.compile(r"free in [\d.]+ s"), "free in * s"),
    (re.compile(r" +$"), ""),
)
MORE = "    ... and so on"


class Trace:
    """The events of one program, in order, and the text of them."""

    def __init__(self, events, text):
        self.events = events
        self.text = text
        self.figures = None

    def of(self, *types):
        return [e for e in self.events if e["type"] in types]

    def lines(self, part):
        """What the program said that has this in it."""
        return [e["line"] for e in self.of("output") if part in e["line"]]

    def split(self, part):
        """Events before and after the program said this."""
        at = next((i for i, e in enumerate(self.events)
                   if e["type"] == "output" and part in e["line"]), None)
        if at is None:
            return self.events, []
        return self.events[:at], self.events[at:]

    def result(self, who):
        """What became of that one's bind() and listen()."""
        got = [e["result"] for e in self.of("bind") if e.get("comm") == who]
        return next((r for r in got if r != "ok"), got[0] if got else None)

    def why(self, who):
        """Why its bind() was allowed."""
        return next((e["why"] for e in self.of("bind")
                     if e.get("comm") == who and e["op"] == "bind"), None)

    def measured(self, text):
        """Figures for the page; no part of the verdict."""
        self.figures = text


def blocks(text):
    """A line and those that belong to it, which are indented."""
    block = []
    for line in text:
        if block and not line.startswith(" "):
            yield block
            block = []
        block.append(line)
    if block:
        yield block


def normal(line, varies):
    for pattern, instead in NORMAL:
        line = pattern.sub(instead, line)
    return re.sub(varies, "*", line) if varies else line


def once(before, block):
    """What only repeats the line before is told once."""
    if len(block) != 1 or not before:
        return block
    if before[-1] == MORE:
        return [] if before[-2] == block[0] else block
    return [MORE] if before[-1] == block[0] else block


def proof(text, show, varies):
    """The lines for the page, the same in each run."""
    lines = []
    for block in blocks(text):
        wanted = (re.search(show, block[0]) if show
                  else not BESIDE_THE_POINT.search(block[0]))
        if wanted:
            lines += once(lines, [normal(line, varies) for line in block])
    return lines
