#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Thousands of TIME_WAITs at once: those that were there before the module,
those that die with their namespace, those that outlive the module."""

import json
import os
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import rtlib  # noqa: E402

# A TIME_WAIT lasts a minute on a debug kernel, too, where all else takes longer.
SLOW = bool(os.environ.get("VM_DEBUG_KERNEL"))
CROWD = int(os.environ.get("RT_TW_CROWD", 100 if SLOW else 500))
BEFORE = min(CROWD, 5000)
LEFT_TIMEOUT = 60 if SLOW or BEFORE > 1000 else 5  # s: they take long to make
FILL = os.path.join(os.path.dirname(os.path.abspath(__file__)),
                    "../bench/bin/tw_fill")
PROBES = ("tcp_timewait", "inet_twsk", "__inet_twsk")


class Crowd:
    """A network namespace with that many of them; .end() ends both."""

    def __init__(self, count, *how, fin_timeout=60):
        script = ("ip link set lo up; cd /proc/sys/net/ipv4; "
                  "echo 200000 >tcp_max_tw_buckets; "
                  f"echo {fin_timeout} >tcp_fin_timeout; exec \"$@\"")
        self.process = subprocess.Popen(
            ["unshare", "-n", "sh", "-c", script, "sh", FILL, str(count),
             *how], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.netns = None
        if self.process.stdout.readline() != b"ready\n":
            raise RuntimeError("tw_fill did not come to its end")
        self.netns = os.stat(f"/proc/{self.process.pid}/ns/net").st_ino

    def alive(self):
        with open(f"/proc/{self.process.pid}/net/sockstat") as table:
            words = next(x for x in table if x.startswith("TCP:")).split()
        return int(words[words.index("tw") + 1])

    def end(self):
        self.process.stdin.close()
        self.process.wait()


class Ended:
    """How many have ended so far; each line the viewer writes is read once."""

    def __init__(self, viewer):
        self.fd = viewer.out.fileno()
        self.at = 0
        self.count = {}

    def now(self, netns):
        text = os.pread(self.fd, 1 << 24, self.at)
        text = text[:text.rfind(b"\n") + 1]
        self.at += len(text)
        for line in text.splitlines():
            if b'"tw_exit"' in line:
                where = json.loads(line)["netns"]
                self.count[where] = self.count.get(where, 0) + 1
        return self.count.get(netns, 0)


def ends(events):
    """(reason, was its beginning seen) -> how many."""
    counts = {}
    for e in events:
        key = (e["reason"], e.get("seen_enter", True))
        counts[key] = counts.get(key, 0) + 1
    return counts


def main():
    with rtlib.Tap() as tap:
        tap.note(f"RT_TW_CROWD={CROWD}")
        rtlib.unload_module()
        old = Crowd(BEFORE)
        rtlib.load_module("buffer_kb=32768")
        viewer = rtlib.Viewer("-e", "tw_enter,tw_state,tw_exit")
        # Before the old one's end: the number of a namespace is used again.
        new = Crowd(CROWD)
        new_alive = new.alive()
        tap.note(f"alive at once: {new_alive}")
        old_alive = old.alive()
        ended = Ended(viewer)
        for crowd, alive in ((old, old_alive), (new, new_alive)):
            crowd.end()
            rtlib.wait_until(
                lambda c=crowd, n=alive: ended.now(c.netns) >= n,
                f"{alive} of them to end", limit=300)
        viewer.stop()

        left = Crowd(BEFORE, "half", fin_timeout=LEFT_TIMEOUT)
        rtlib.unload_module()
        left_alive = left.alive()
        rtlib.wait_until(lambda: left.alive() == 0, "timers to run out",
                         limit=300)
        left.end()
        judge(tap, viewer, (old, old_alive), (new, new_alive))
        tap.check("some outlived the module, and their timers ended them",
                  left_alive > 0, f"{left_alive} were alive")
        tap.check("the module left no instance behind", not os.path.isdir(
            "/sys/kernel/tracing/instances/reusetrace"))


def judge(tap, viewer, old, new):
    missed = sum(loss["count"] or 0 for loss in viewer.losses(PROBES))
    for loss in viewer.losses(PROBES):
        tap.note(f"lost: {loss}")
    same = tap.same if not missed else (
        lambda name, *_: tap.skip(name, f"probes missed {missed} calls"))
    of = {crowd.netns: [e for e in viewer.of("tw_exit")
                        if e["netns"] == crowd.netns]
          for crowd, _ in (old, new)}
    born = [e for e in viewer.of("tw_enter") if e["netns"] == new[0].netns]
    # On a slow kernel a minute can be over for some before we count those alive.
    over = [e for e in of[old[0].netns]
            if e["reason"] == "expired" and not e.get("seen_enter", True)]
    tap.note(f"{len(over)} had expired when {old[1]} were alive")
    tap.check("no more had expired than were not there any more",
              len(over) <= BEFORE - old[1], f"{len(over)} of {BEFORE}")
    same("all before us end with their namespace, their beginning unseen",
         {("purged", False): old[1]},
         ends(e for e in of[old[0].netns] if e not in over))
    # A late packet of the peer's can end one before we count those alive.
    early = [e for e in of[new[0].netns] if e["reason"] == "reset"]
    for event in early:
        tap.note(f"ended early: {event}")
    same("each of the crowd was seen to begin", new[1] + len(early), len(born))
    same("all others of the crowd end with their namespace",
         {("purged", True): new[1]},
         ends(e for e in of[new[0].netns] if e not in early))
    tap.check("the crowd was all there", len(born) >= CROWD, f"{len(born)}")


main()
