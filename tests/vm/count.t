#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Picks counted instead of told (--count): as many for each member as it got,
TCP connections and UDP datagrams, IPv4 and IPv6; no event of them anywhere. Those
that the probe missed are counted there. RT_COUNT_PICKS is how many of each. With
RT_COUNT_CROWD, as many members more: what finds no room in a CPU's table, which has
4,096 places, is lost, and said to be."""

import collections
import os
import random
import resource
import socket
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import rtlib  # noqa: E402

COUNT = int(os.environ.get("RT_COUNT_PICKS", 200))
SEED = int(os.environ.get("RT_SEED", random.SystemRandom().randrange(1 << 30)))
FIRST_PORT = 7001
SLOTS = 4096  # module/count.c
CROWD = int(os.environ.get("RT_COUNT_CROWD", 0))
CROWD_PORT = 20000
PICKS = "/sys/kernel/debug/reusetrace/picks"
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


def send_to_crowd():
    """A datagram for each of more groups than have room, all on one CPU."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (2 * CROWD, 2 * CROWD))
    os.sched_setaffinity(0, {0})
    sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    crowd = []
    for port in range(CROWD_PORT, CROWD_PORT + CROWD):
        crowd.append(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
        crowd[-1].setsockopt(socket.SOL_SOCKET, rtlib.SO_REUSEPORT, 1)
        crowd[-1].bind(("127.0.0.1", port))
        sender.sendto(b"x", ("127.0.0.1", port))
    for sock in crowd:
        sock.close()
    sender.close()


def fill(tap):
    """The module's own account, and what a viewer makes of it."""
    viewer = rtlib.Viewer("--count")
    rtlib.wait_until(lambda: not logs_picks(), "the viewer to count")
    with open(PICKS, encoding="ascii") as file:
        send_to_crowd()
        head, *lines = file.read().splitlines()
    viewer.stop()
    lost = int(head.split()[1])
    counted = sum(sum(map(int, line.split()[-2:])) for line in lines)
    missed = sum(e["count"] for e in viewer.of("lost")
                 if e["probe"] == "reuseport_select_sock")
    tap.same(f"{CROWD} members: {counted} picks counted, {lost} lost, {missed} missed",
             CROWD, counted + lost + missed)
    tap.check(f"no more than {SLOTS} members have room",
              0 < len(lines) <= SLOTS and lost >= CROWD - SLOTS - missed,
              len(lines))
    summary = viewer.of("summary")[0]
    tap.same("the viewer says the same",
             (counted, lost), (summary["picks_counted"], sum(
                 e["count"] for e in viewer.of("lost")
                 if e["where"] == "picks")))


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
        if CROWD:
            fill(tap)
        tap.check("they are logged again when nobody counts", logs_picks())
        rtlib.unload_module()


main()
