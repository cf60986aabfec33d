#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""growth.py TITLE=FILE...: what growth_vm.sh counted, as tables."""

import sys

# What there is more and more of, and the operations that meet it.
TABLES = (
    ("owners of the port", (
        ("bind-owners", "bind that is allowed"),
        ("bind-fail-owners", "refused by the last of them"))),
    ("members of the group", (
        ("pick-udp", "UDP pick"),
        ("pick-tcp", "TCP pick"))),
    ("TIME_WAITs alive", (
        ("bind-time-wait", "bind over them"),
        ("tw-enter-among", "one begins"),
        ("tw-exit-among", "it ends"))),
    ("kprobes of others", (
        ("probes-bind", "bind on a free port"),
        ("probes-pick-udp", "UDP pick"))),
)


def load(path):
    """operation -> {how many: (without, added)}"""
    found = {}
    with open(path, encoding="utf-8") as file:
        for line in file:
            name, many, without, with_it = line.split("\t")
            found.setdefault(name, {})[int(many)] = (
                int(without), int(with_it) - int(without))
    return found


def cell(figures, many, part, sign):
    """The figure; in brackets what each one more has made of it."""
    if many not in figures:
        return ""
    value = figures[many][part]
    text = f"{value:{sign},}"
    before = [n for n in figures if n < many]
    if before:
        last = max(before)
        more = (value - figures[last][part]) / (many - last)
        text += f" ({more:.1f})" if abs(more) >= 0.05 else " (0)"
    return text


def table(found, what, operations):
    heads = [f"{text}, itself | added" for _, text in operations]
    lines = [f"| {what} | " + " | ".join(heads) + " |",
             "| ---: |" + " ---: | ---: |" * len(operations)]
    rows = sorted({n for name, _ in operations for n in found[name]})
    for many in rows:
        cells = [cell(found[name], many, part, sign)
                 for name, _ in operations for part, sign in ((0, ""), (1, "+"))]
        lines.append(f"| {many:,} | " + " | ".join(cells) + " |")
    return lines + [""]


def main():
    for source in sys.argv[1:]:
        title, path = source.rsplit("=", 1)
        found = load(path)
        print(f"### {title}\n")
        for what, operations in TABLES:
            print("\n".join(table(found, what, operations)))


main()
