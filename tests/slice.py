#!/usr/bin/python3 -IS
# SPDX-License-Identifier: GPL-2.0-only
"""Usage: slice.py MS COMMAND [ARG...]

Runs COMMAND as a batch job that takes turns on the CPU of MS milliseconds. The
kernel's own turns, of 1.4 ms to 3 ms, cost two emulated machines on one CPU half
as much again, for each finds its caches full of the other.

A kernel before Linux 6.12 takes the request and keeps its own turns; one that
refuses it changes nothing either. See sched_setattr(2).
"""

import ctypes
import os
import struct
import sys

SYS_SCHED_SETATTR = 314		# x86-64's
SIZE = 48			# SCHED_ATTR_SIZE_VER0


def take_turns(ms):
    nice = os.getpriority(os.PRIO_PROCESS, 0)
    attr = struct.pack("IIQiIQQQ", SIZE, os.SCHED_BATCH, 0, nice, 0, ms * 1000000, 0, 0)
    ctypes.CDLL(None).syscall(SYS_SCHED_SETATTR, 0, attr, 0)


take_turns(int(sys.argv[1]))
os.execvp(sys.argv[2], sys.argv[2:])
