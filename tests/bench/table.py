#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""What columns.sh counted, as tables and verdicts.

    table.py --write PAGE TITLE=FILE...    between the page's two marks
    table.py --guard FILE                  TAP: what has been reached, 10 % allowed
"""

import sys

BEGIN, END = "<!-- bench: begin -->\n", "<!-- bench: end -->\n"
ROWS = {
    "bind": "bind on a free port",
    "bind6": "the same, IPv6",
    "bind-owners": "bind among 100 owners",
    "bind-fail": "bind refused, explained",
    "bind-time-wait": "bind over 10,000 TIME_WAITs",
    "pick-tcp": "connect to a group of 4",
    "tcp": "connect, accept, close there",
    "pick-udp": "UDP send, delivery to a group of 4",
    "tw-enter": "close that begins a TIME_WAIT",
    "tw-exit": "reset that ends it",
    "tw-life": "both",
    "ordinary": "a TCP connection of no interest",
}
SLACK = 1.1

# name, row, (column, reader) measured, (column, reader) it is held against,
# the budget, and what the guard keeps: the budget where it has held once, what
# has been reached where it has not; None: the guard does not count that
BUDGETS = (
    ("bind on a free port / floor", "bind",
     ("reusetrace", "idle"), ("floor-event", "idle"), 1.5, 2.02),
    ("refused bind / floor", "bind-fail",
     ("reusetrace", "idle"), ("floor-event", "idle"), 3.0, 3.40),
    ("refused bind / bpftrace printing the errno", "bind-fail",
     ("reusetrace", "idle"), ("bpftrace-errno", "live"), 0.5, None),
    ("TCP pick / floor", "pick-tcp",
     ("reusetrace", "idle"), ("floor-event", "idle"), 1.1, 1.49),
    ("UDP pick / floor", "pick-udp",
     ("reusetrace", "idle"), ("floor-event", "idle"), 1.1, 1.32),
    ("bind, viewer attached / nobody reading", "bind",
     ("reusetrace", "live"), ("reusetrace", "idle"), 1.3, 1.3),
    ("refused bind, viewer attached / nobody reading", "bind-fail",
     ("reusetrace", "live"), ("reusetrace", "idle"), 1.3, 1.40),
    ("TCP pick, viewer attached / nobody reading", "pick-tcp",
     ("reusetrace", "live"), ("reusetrace", "idle"), 1.3, 1.44),
    ("UDP pick, viewer attached / nobody reading", "pick-udp",
     ("reusetrace", "live"), ("reusetrace", "idle"), 1.3, 1.50),
    ("bind excluded by ports= / skipping kretprobe", "bind",
     ("excluded", "idle"), ("floor-skip", "idle"), 1.15, 3.16),
    ("TCP pick excluded / skipping kretprobe", "pick-tcp",
     ("excluded", "idle"), ("floor-skip", "idle"), 1.15, 1.55),
    ("UDP pick excluded / skipping kretprobe", "pick-udp",
     ("excluded", "idle"), ("floor-skip", "idle"), 1.15, 1.15),
    ("bind, events off / empty kretprobe", "bind",
     ("off", "idle"), ("floor-empty", "idle"), 1.1, 1.83),
    ("TCP pick, events off / empty kretprobe", "pick-tcp",
     ("off", "idle"), ("floor-empty", "idle"), 1.1, 1.1),
    ("UDP pick, events off / empty kretprobe", "pick-udp",
     ("off", "idle"), ("floor-empty", "idle"), 1.1, 1.1),
)
ORDINARY_MAX = 0.02
COST_MAX = 2.0


def read(path):
    with open(path, encoding="utf-8") as file:
        return [line.rstrip("\n").split("\t") for line in file]


def load(path):
    """(column, reader) -> {row: instructions}"""
    found = {}
    for words in read(path):
        if len(words) == 4:
            column, reader, row, count = words
            found.setdefault((column, reader), {})[row] = int(count)
    return found


def absent(path):
    """A line for each column that this kernel or this machine cannot have."""
    return [f"`{w[0]}` could not be counted: {w[2]}"
            for w in read(path) if len(w) == 3 and w[1] == "absent"]


def added(figures, column, row):
    """Instructions added, or None where that was not measured."""
    base = figures.get(("nothing", "idle"), {}).get(row)
    with_it = figures.get(column, {}).get(row)
    return None if base is None or with_it is None else with_it - base


def ratio(figures, budget):
    _, row, ours, other, _, _ = budget
    mine, theirs = added(figures, ours, row), added(figures, other, row)
    return mine / theirs if mine is not None and theirs else None


def ordinary(figures):
    more = added(figures, ("reusetrace", "idle"), "ordinary")
    base = figures.get(("nothing", "idle"), {}).get("ordinary")
    return more / base if more is not None and base else None


def table(figures):
    columns = [c for c in figures if c[0] != "nothing"]
    rows = [r for r in ROWS if r in figures[("nothing", "idle")]]
    # Operations across, so that the page stays narrow enough to read.
    lines = ["| | " + " | ".join(rows) + " |",
             "| --- |" + " ---: |" * len(rows)]
    base = figures[("nothing", "idle")]
    lines.append("| the operation itself | "
                 + " | ".join(f"{base[r]:,}" for r in rows) + " |")
    for column in columns:
        name = " ".join(column).replace(" idle", "").replace(
            " live", ", reader attached")
        cells = [added(figures, column, r) for r in rows]
        lines.append(f"| {name} | " + " | ".join(
            "" if c is None else f"{c:+,}" for c in cells) + " |")
    return lines


def against(figures, reader, other):
    """What we add as a part of what that column adds, for each row."""
    cells = {}
    for row in ROWS:
        mine = added(figures, ("reusetrace", reader), row)
        theirs = added(figures, (other, reader), row)
        if mine is not None and theirs and row != "ordinary":
            cells[row] = f"{mine / theirs:.2f}"
    return cells


def against_expert(figures):
    """Held against the hand-written BPF programs."""
    lines = []
    for other, what in (("libbpf", "libbpf"),
                        ("libbpf-same", "libbpf, same answers")):
        for reader, when in (("idle", "nobody reading"),
                             ("live", "with their readers")):
            cells = against(figures, reader, other)
            if cells and not lines:
                lines += ["| reusetrace / | | " + " | ".join(cells) + " |",
                          "| --- | --- |" + " ---: |" * len(cells)]
            if cells:
                lines.append(f"| {what} | {when} | "
                             + " | ".join(cells.values()) + " |")
    return lines + [""] if lines else []


def costs(path):
    """A bind over many TIME_WAITs, held against the kernel's own work."""
    lines = []
    for words in read(path):
        if len(words) != 5 or words[0] != "cost":
            continue
        name, result, without, with_it = words[1:]
        value = int(with_it) / int(without)
        good = "holds" if value <= COST_MAX else "**missed**"
        lines.append(f"| {name} | {result} | {int(without):,} | "
                     f"{int(with_it):,} | {value:.2f} | {good} |")
    return ["| bind() beside 10,000 TIME_WAITs | | without | with | ratio "
            f"| at most {COST_MAX:g} |",
            "| --- | --- | ---: | ---: | ---: | --- |", *lines,
            ""] if lines else []


def verdicts(figures):
    lines = ["| budget | at most | measured | |", "| --- | ---: | ---: | --- |"]
    for budget in BUDGETS:
        value = ratio(figures, budget)
        if value is not None:
            good = "holds" if value <= budget[4] else "**missed**"
            lines.append(f"| {budget[0]} | {budget[4]} | {value:.2f} | {good} |")
    value = ordinary(figures)
    if value is not None:
        good = "holds" if value <= ORDINARY_MAX else "**missed**"
        lines.append("| ordinary connection / itself "
                     f"| {ORDINARY_MAX:.0%} | {value:.2%} | {good} |")
    return lines


def write(page, sources):
    parts = []
    for source in sources:
        title, path = source.rsplit("=", 1)
        figures = load(path)
        parts += [f"### {title}", "", *table(figures), ""]
        for line in absent(path):
            parts += [line, ""]
        parts += [*against_expert(figures), *verdicts(figures), "",
                  *costs(path)]
    with open(page, encoding="utf-8") as file:
        text = file.read()
    head, rest = text.split(BEGIN, 1)
    tail = rest.split(END, 1)[1]
    with open(page, "w", encoding="utf-8") as file:
        file.write(head + BEGIN + "\n" + "\n".join(parts) + "\n" + END + tail)


def guard(path):
    figures, count, failed = load(path), 0, 0
    checks = [(b[0], ratio(figures, b), b[5]) for b in BUDGETS if b[5]]
    checks.append(("ordinary connection / itself", ordinary(figures),
                   ORDINARY_MAX))
    for name, value, most in checks:
        count += 1
        good = value is not None and value <= most * SLACK
        failed += not good
        shown = "not measured" if value is None else f"{value:.3f}"
        print(f"{'ok' if good else 'not ok'} {count} - {name}: {shown}, "
              f"at most {most} and a tenth")
    print(f"1..{count}")
    return 1 if failed else 0


def main():
    if sys.argv[1] == "--guard":
        return guard(sys.argv[2])
    write(sys.argv[2], sys.argv[3:])
    return 0


sys.exit(main())
