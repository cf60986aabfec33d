#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Picks counted instead of told (--count): as many for each member as it got,
TCP connections and UDP datagrams, IPv4 and IPv6; no event of them anywhere. Those
that the probe missed are counted there. RT_COUNT_PICKS is how many of each."""

import collections
import os
import random
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import rtlib  # noqa: E402

COUNT = int(os.environ.get("RT_COUNT_PICKS", 200))
SEED = int(os.environ.get("RT_SEED", random.SystemRandom().randrange(1 << 30)))
FIRST_PORT = 7001
ENABLE = ("/sys/kernel/tracing/instances/reusetrace/events/reusetrace/steer/"
          "enable")
KINDS = {
    "tcp IPv4": [],
    "tcp IPv6": ["-6"],
    "udp IPv4": ["-u"],
    "udp IPv6": ["-u", "-6"],
}


def logs_picks():
    with open(ENABLE, encoding="ascii") as file:
        return file.read().startswith("1")


def play(port, options):
    """How many each member, by cookie, says it got."""
    got = collections.Counter()
    for line in rtlib.load("-p", str(port), "-s", str(SEED), *options, "-m", "4",
                           "-n", str(COUNT), "-c", "10", "spread"):
        word, *numbers = line.split()
        if word == "got":
            got[int(numbers[1])] += 1
    return got


def counted_on(summary, port):
    picks = collections.Counter()
    for group in summary["groups"]:
        if group["port"] == port:
            picks.update({m["cookie"]: m["picks"] for m in group["members"]
                          if m["picks"]})
    return dict(picks)


def judge(tap, name, got, counted, missed):
    if not missed:
        tap.same(f"{name}: each member has as many as it got", dict(got), counted)
        return
    more = {c: n for c, n in counted.items() if n > got[c]}
    less = sum(got.values()) - sum(counted.values())
    tap.check(f"{name}: no member has more than it got, and {less} are missed",
              not more and 0 <= less <= missed, f"{missed} missed; {more}")


def main():
    with rtlib.Tap() as tap:
        tap.note(f"RT_SEED={SEED}")
        rtlib.build_load()
        rtlib.load_module()
        tap.check("picks are logged while nobody counts", logs_picks())
        viewer = rtlib.Viewer("--count")
        rtlib.wait_until(lambda: not logs_picks(), "the viewer to count")
        told = rtlib.Viewer("-e", "steer")
        got = {port: play(port, options)
               for port, options in enumerate(KINDS.values(), FIRST_PORT)}
        told.stop()
        viewer.stop()
        missed = sum(e["count"] for e in
                     viewer.losses(("reuseport_select_sock",)))
        summary = viewer.of("summary")[0]
        tap.check("none is told one by one", not viewer.of("steer"))
        for name, port in zip(KINDS, got):
            judge(tap, name, got[port], counted_on(summary, port), missed)
        happened = len(KINDS) * COUNT
        # An ACK, too, asks for a listener when its request is gone.
        others = sum(group["others"] for group in summary["groups"])
        opened = summary["picks_counted"] - others
        tap.check(f"{happened} happened: counted and missed are as many",
                  opened <= happened <= opened + missed,
                  f"{opened} counted, {others} others, {missed} missed")
        tap.check("a viewer beside it is told of each",
                  len(told.of("steer")) >= happened - missed,
                  len(told.of("steer")))
        tap.check("they are logged again when nobody counts", logs_picks())
        rtlib.unload_module()


main()
