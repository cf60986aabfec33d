#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""The functions we probe are what our handlers take them to be, by the running
kernel's own type information (BTF). No header would tell."""

import functools
import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import rtlib  # noqa: E402

BTF = "/sys/kernel/btf/vmlinux"


class Types:
    """The types of a kernel, by `bpftool btf dump format raw`."""

    def __init__(self, text):
        self.lines = {}
        self.functions = {}
        number = None
        for line in text.splitlines():
            if line.startswith("\t"):
                self.lines[number][1].append(line.strip())
                continue
            match = re.match(r"\[(\d+)\] (\w+) '([^']*)' ?(.*)", line)
            if not match:
                continue
            number, kind, name, rest = match.groups()
            self.lines[number] = ((kind, name, rest), [])
            if kind == "FUNC":
                self.functions[name] = self.reference(rest)

    @staticmethod
    def reference(text):
        return re.search(r"type_id=(\d+)", text).group(1)

    def name(self, number):
        """A type as our prototypes spell it: struct names bare, no const."""
        if number == "0":
            return "void"
        (kind, name, rest), _ = self.lines[number]
        if kind in ("CONST", "VOLATILE", "RESTRICT", "TYPE_TAG"):
            return self.name(self.reference(rest))
        if kind == "PTR":
            return self.name(self.reference(rest)) + "*"
        if kind == "TYPEDEF":
            return self.name(self.reference(rest))
        return {"_Bool": "bool"}.get(name, name)

    def prototype(self, function):
        if function not in self.functions:
            return None
        (_, _, rest), params = self.lines[self.functions[function]]
        result = re.search(r"ret_type_id=(\d+)", rest).group(1)
        return "{}({})".format(self.name(result), ", ".join(
            self.name(self.reference(p)) for p in params))


def arguments(prototype):
    return prototype[prototype.index("(") + 1:-1].split(", ")


@functools.cache
def symbols():
    with open("/proc/kallsyms") as file:
        return {line.split()[2] for line in file}


def renamed(function):
    """The compiler made a variant of it, which BTF leaves out."""
    names = symbols()
    return function not in names and f"{function}.isra.0" in names


def difference(function, expected, actual):
    if actual is None:
        return f"{function}: the kernel's BTF has no such function"
    if expected == actual:
        return None
    pairs = list(zip(arguments(expected), arguments(actual)))
    for number, (ours, theirs) in enumerate(pairs):
        if ours != theirs:
            return (f"{function}: argument {number} is {theirs}, our handlers "
                    f"take it for {ours}")
    return f"{function}: is {actual}, our handlers take it for {expected}"


def main():
    with rtlib.Tap() as tap:
        if not os.path.exists(BTF):
            tap.skip("signatures", f"{BTF} does not exist on {rtlib.series()}")
            return
        dump = subprocess.run(["bpftool", "btf", "dump", "file", BTF,
                               "format", "raw"], check=True,
                              capture_output=True, text=True).stdout
        types = Types(dump)
        expects = subprocess.run(
            ["modinfo", "-F", "expects", os.environ["REUSETRACE_KO"]],
            check=True, capture_output=True, text=True).stdout.splitlines()
        tap.check("the module says what it expects", expects)
        for line in expects:
            function, expected = line.split(" ", 1)
            actual = types.prototype(function)
            if actual is None and renamed(function):
                tap.skip(f"{function} is {expected}",
                         f"{function}.isra.0 has no type information")
                continue
            wrong = difference(function, expected, actual)
            tap.check(f"{function} is {expected}", not wrong, wrong)


main()
