#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""profile.py CALLS MANY FEW MANY_WITHOUT FEW_WITHOUT: files of count_pc, with the
guest's symbols in FILE.d/kallsyms. By function: instructions added to a call."""

import array
import bisect
import collections
import sys


def by_function(path):
    symbols = []
    with open(path + ".d/kallsyms", encoding="ascii") as file:
        for line in file:
            words = line.split()
            if words[1] in "tTwW":
                symbols.append((int(words[0], 16), " ".join(words[2:])))
    symbols.sort()
    starts = [s[0] for s in symbols]
    words = array.array("Q")
    with open(path, "rb") as file:
        words.frombytes(file.read())
    found = collections.Counter()
    for pc, count in zip(words[0::2], words[1::2]):
        if count:
            at = bisect.bisect_right(starts, pc) - 1
            found[symbols[at][1]] += count
    return found


def main():
    calls = int(sys.argv[1])
    many, few, many_without, few_without = map(by_function, sys.argv[2:6])
    added = {name: (many[name] - few[name]
                    - many_without[name] + few_without[name]) / calls
             for name in many}
    rows = [(n, name) for name, n in added.items() if abs(n) >= 1]
    for n, name in sorted(rows, reverse=True):
        print(f"{n:8.1f}  {name}")
    ours = sum(n for name, n in added.items() if "[reusetrace]" in name)
    print(f"{sum(added.values()):8.1f}  in all, {ours:.1f} of them in reusetrace")


main()
