#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""The bind matrix: every cell is played on the real kernel, with the module
loaded, and held against the rules, the events and the table in
Documentation/bind-matrix.md. TAP on standard output.

    matrix.t [SERIES...]            on these kernels, $KERNELS or 6.1; in the VM: there
    matrix.t --update [SERIES...]   keep what all cells gave, and write the table anew

RT_MATRIX says how much: full is every cell, quick a seventh of them, sample a few
by chance; RT_MATRIX_THREES how many plays of three sockets there are. RT_SEED plays
a sample, and the three sockets, again."""

import os
import random
import shlex
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, HERE)
sys.path.insert(0, os.path.join(ROOT, "tests", "vm"))
import compare  # noqa: E402
import generate  # noqa: E402
import kept  # noqa: E402
import kernels  # noqa: E402
import results  # noqa: E402
from rtlib import Tap  # noqa: E402

TIMEOUT_S = 7200
DETAIL_MAX = 12

# Options of matrix, and plays of three sockets.
SIZES = {
    "full": ([], 10000),
    "quick": (["-q"], 1000),
    "sample": (["-b", "32"], 150),
}


class Settings:
    """What the arguments and the environment ask for."""

    def __init__(self, args):
        self.update = "--update" in args
        self.size = "full" if self.update else \
            os.environ.get("RT_MATRIX", "quick")
        options, threes = SIZES[self.size]
        self.threes = int(os.environ.get("RT_MATRIX_THREES", threes))
        self.seed = int(os.environ.get("RT_SEED",
                                       random.SystemRandom().randrange(1, 1 << 32)))
        self.options = [*options, "-t", str(self.threes), "-s", str(self.seed)]
        self.series = [a for a in args if not a.startswith("-")]
        if not self.series:
            self.series = self.default_series()

    def default_series(self):
        if "VM_KERNEL" in os.environ:
            return [os.environ["VM_KERNEL"]]
        series = os.environ.get("KERNELS", "all" if self.update else "6.1")
        return kernels.all_series() if series == "all" else series.split()


def play(series, out, options):
    """Has the VM play it, or plays it, being there."""
    program = [os.path.join(HERE, "play.sh")]
    if "VM_KERNEL" in os.environ:
        command = [*program, out, *options]
    else:
        command = [os.path.join(ROOT, "scripts", "vm.sh"),
                   "--kernel", series, "--mem", "2048", "--out", out,
                   "--timeout", str(TIMEOUT_S), "--", "sh", "-c",
                   'exec "$0" "$VM_OUT" "$@"', *program, *options]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True)
    if done.returncode:
        raise RuntimeError(f"{shlex.join(command)} ended with "
                           f"{done.returncode}: {done.stdout[-2000:]}")


def read_shows(path):
    with open(path, encoding="utf-8") as lines:
        return dict(line.rstrip("\n").split("\t")[1:] for line in lines)


def tell_checks(tap, comparison):
    for check in comparison.checks():
        tap.check(f"{check.name} ({check.count})",
                  not check.wrong,
                  f"{check.wrong} of {check.count}\n" +
                  "\n".join(check.shown[:DETAIL_MAX]))
    for text, count in sorted(comparison.notes.items()):
        tap.note(f"{count} {text}")


def tell_changes(tap, fresh):
    """The committed table and this run must agree."""
    old = kept.read(kernels.kept_path("matrix", fresh.kernel), results.Dims())
    changed = kept.differences(old, fresh)
    tap.check("the cells are as they were kept", not changed, "\n".join(
        f"{old.dims.cell(n)}: {old.status[n]} now {fresh.status[n]}"
        for n in changed[:DETAIL_MAX]))
    tap.same("the little programs end as they did", old.shown, fresh.shown)


def one_series(tap, settings, series, out):
    viewer = os.environ.get("VIEW", os.path.join(ROOT, "userspace",
                                                 "reusetrace-view"))
    play(series, out, settings.options)
    run = results.Run(os.path.join(out, "cells"))
    shown = read_shows(os.path.join(out, "shows"))
    fresh = kept.Kept.from_run(run, shown)
    tap.note(f"{series}: {len(fresh.status)} cells, {len(run.threes)} requests "
             f"in {settings.threes} plays of three sockets, "
             f"RT_SEED={settings.seed}")
    spoilt = sum(cell.kind == "spoilt" for cell in run.cells)
    tap.note(f"{spoilt} holders did not get into their state and were made anew")
    comparison = compare.Comparison(
        run, compare.events_of(viewer, os.path.join(out, "trace")))
    tell_checks(tap, comparison.go())
    if not settings.update:
        tell_changes(tap, fresh)
    elif not comparison.model.wrong:
        fresh.write(kernels.kept_path("matrix", series))


def main():
    settings = Settings(sys.argv[1:])
    with Tap() as tap:
        subprocess.run(["make", "-s", "-C", HERE], check=True,
                       stdout=subprocess.DEVNULL)
        for series in settings.series:
            with tempfile.TemporaryDirectory() as out:
                one_series(tap, settings, series, out)
        if settings.update:
            generate.write()
        if settings.size != "sample":
            tap.check("the table is what is kept of all kernels",
                      generate.is_current())


main()
