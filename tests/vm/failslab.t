#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""insmod on a kernel whose memory allocations fail: it works, or it fails and
leaves nothing behind. Wants a kernel with failslab: make check-debug."""

import ctypes
import errno
import os
import random
import re
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import rtlib  # noqa: E402

SEED = int(os.environ.get("RT_SEED", random.SystemRandom().randrange(1 << 32)))
ONE_FAILS = int(os.environ.get("RT_ONE_FAILS", 50))		# insmods in which one allocation fails,
MANY_FAIL = 10		# and in which every so manieth does
FAILSLAB = "/sys/kernel/debug/failslab"
FAIL_NTH = "/proc/thread-self/fail-nth"
MAKE_IT_FAIL = "/proc/thread-self/make-it-fail"
INSTANCE = "/sys/kernel/tracing/instances/reusetrace"
SYS_FINIT_MODULE = 313
NEVER = 1 << 30

libc = ctypes.CDLL(None, use_errno=True)


def write(path, value):
    with open(path, "w") as file:
        file.write(str(value))


def read(path):
    with open(path) as file:
        return file.read().strip()


def set_up():
    """Allocations that may sleep fail as well, and without a stack dump."""
    write(f"{FAILSLAB}/ignore-gfp-wait", "N")
    write(f"{FAILSLAB}/task-filter", "Y")
    write(f"{FAILSLAB}/verbose", 0)
    write(f"{FAILSLAB}/times", -1)


def insmod():
    """Load it from this very thread; 0 or the errno."""
    with open(os.environ["REUSETRACE_KO"], "rb") as ko:
        if not libc.syscall(SYS_FINIT_MODULE, ko.fileno(), b"", 0):
            return 0
    return ctypes.get_errno()


def insmod_failing_nth(nth):
    """Its nth allocation fails. The outcome, and how many are left to go."""
    with open(FAIL_NTH, "r+b", buffering=0) as file:
        file.write(b"%d" % nth)
        outcome = insmod()
        left = int(os.pread(file.fileno(), 32, 0))
        os.pwrite(file.fileno(), b"0", 0)
    return outcome, left


def insmod_failing_every(nth):
    """Every nth allocation fails, as long as it takes."""
    write(f"{FAILSLAB}/interval", nth)
    write(f"{FAILSLAB}/probability", 100)
    write(MAKE_IT_FAIL, 1)
    outcome = insmod()
    write(MAKE_IT_FAIL, 0)
    write(f"{FAILSLAB}/probability", 0)
    return outcome


def our_kprobes():
    return read("/sys/kernel/debug/kprobes/list")


def left_behind():
    """What a failed insmod, or rmmod, has left; nothing when all is well."""
    return [what for what, there in (
        ("the module", os.path.exists("/sys/module/reusetrace")),
        ("the instance", os.path.exists(INSTANCE)),
        ("kprobes", our_kprobes())) if there]


def half():
    """What a loaded module lacks; nothing when it is whole."""
    rows = read("/sys/module/reusetrace/parameters/probes").splitlines()
    return [row for row in rows if row.split("\t")[2] != "armed"]


class Tally:
    """What became of the insmods, and what was wrong with any of them."""

    def __init__(self):
        self.loaded = self.refused = 0
        self.wrong = []

    def add(self, what, outcome):
        if outcome:
            self.refused += 1
            if outcome != errno.ENOMEM:
                rtlib.Tap.note(f"{what}: {errno.errorcode[outcome]}")
        else:
            self.loaded += 1
            self.wrong += [f"{what}: loaded without {row}" for row in half()]
            subprocess.run(["rmmod", "reusetrace"], check=True)
        self.wrong += [f"{what}: left {rest}" for rest in left_behind()]


def count_allocations():
    outcome, left = insmod_failing_nth(NEVER)
    if outcome:
        raise OSError(outcome, "insmod without failures")
    subprocess.run(["rmmod", "reusetrace"], check=True)
    return NEVER - left


def spread(total, wanted, rng):
    """One number in each of so many equal parts of 1..total."""
    step = total / wanted
    return [1 + int(step * (i + rng.random())) for i in range(wanted)]


# The kernel warns when its own tracing gets no memory.
KERNELS_OWN = "event_define_fields|trace_rb_cpu_prepare|event_file_put"


def others_splats():
    """What the log has besides the kernel's own warnings, which it then lacks."""
    def unless_own(block):
        return "" if re.search(rf"RIP: 0010:({KERNELS_OWN})\+", block[0]) \
            else block[0]

    log = subprocess.run(["dmesg", "--level=emerg,alert,crit,err,warn"],
                         check=True, capture_output=True, text=True).stdout
    log = re.sub(r"[^\n]*\[ cut here \].*?\[ end trace [^\n]*", unless_own, log,
                 flags=re.DOTALL)
    splats = [line for line in log.splitlines()
              if re.search(os.environ["RT_SPLATS"], line)]
    if not splats:
        subprocess.run(["dmesg", "--clear"], check=True)
    return log if splats else ""


def main():
    rng = random.Random(SEED)
    with rtlib.Tap() as tap:
        if not (os.path.exists(FAILSLAB) and os.path.exists(FAIL_NTH)):
            tap.skip("insmod while allocations fail",
                     f"the {rtlib.series()} kernel here has no failslab")
            return
        tap.note(f"RT_SEED={SEED}")
        rtlib.unload_module()
        set_up()
        tap.same("nothing is there before", [], left_behind())
        total = count_allocations()
        tap.note(f"an insmod makes {total} allocations")
        tally = Tally()
        for nth in spread(total, ONE_FAILS, rng):
            tally.add(f"allocation {nth} fails", insmod_failing_nth(nth)[0])
        for nth in spread(total, MANY_FAIL, rng):
            tally.add(f"every {nth}. allocation fails",
                      insmod_failing_every(nth))
        tap.note(f"{tally.loaded} loaded, {tally.refused} refused")
        tap.check("failures were met", tally.refused)
        tap.same("each insmod worked or left nothing", [], tally.wrong)
        tap.same("and without failures it works", 0, insmod())
        tap.same("whole", [], half())
        rtlib.unload_module()
        tap.same("nothing is left", [], left_behind())
        tap.same("only the kernel's tracing warned, of its own allocations", "",
                 others_splats())


main()
