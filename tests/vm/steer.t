#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""The member that steer names is the one that accepts or receives: for every
TCP connection and every UDP datagram, IPv4 and IPv6, in groups of 1 to 16 whose
members come and go. RT_STEER_COUNT is how many for each kind of group."""

import os
import random
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import rtlib  # noqa: E402

COUNT = int(os.environ.get("RT_STEER_COUNT", 150))
SEED = int(os.environ.get("RT_SEED", random.SystemRandom().randrange(1 << 30)))
STORM = min(2 * COUNT, 1000)
CHURN = 10
SIZES = (1, 2, 4, 16)
FIRST_PORT = 7001
SELECT = "reuseport_select_sock"


class Play:
    """One load and what it says of itself."""

    def __init__(self, port, name, *options):
        self.port = port
        self.name = name
        self.got = []
        self.said = {}
        for line in rtlib.load("-p", str(port), "-s", str(SEED), *options):
            word, *numbers = line.split()
            if word == "got":
                self.got.append([int(n) for n in numbers])
            else:
                self.said[word] = int(numbers[0])


def flags(proto, family):
    return (["-u"] if proto == "udp" else []) + (["-6"] if family == 6 else [])


def opens(event):
    return event["proto"] == "udp" or event["tcp_flags"] == ["syn"]


def by_hash(event):
    return event["hash"] * event["size"] >> 32


def wrong_of(event, cookie, size, index):
    """What is not as the load says it was."""
    told = [event["cookie"], event["size"], event["index"], by_hash(event),
            event["via"], event.get("inferred", False)]
    return told if told != [cookie, size, index, index, "hash", False] else None


def judge_spread(tap, play, picks, missed):
    by_port = {e["sport"]: e for e in picks}
    wrong = []
    for sport, *expected in play.got:
        event = by_port.get(sport)
        if event and wrong_of(event, *expected):
            wrong.append((sport, expected, wrong_of(event, *expected)))
    absent = len(play.got) - len(by_port)
    tap.same(f"{play.name}: one pick for each", len(by_port), len(picks))
    tap.check(f"{play.name}: all {COUNT} are told, or counted as missed",
              0 <= absent <= missed, f"{absent} absent, {missed} missed")
    tap.check(f"{play.name}: who is picked gets it; size, index and hash agree",
              not wrong, "\n".join(map(str, wrong)))


def judge_connected(tap, play, picks):
    """Picks that are not final: only the connected member's own peer differs."""
    got = {sport: cookie for sport, cookie, *_ in play.got}
    peer = min(got)
    other = [e for e in picks if e["sport"] != peer]
    differ = [e for e in other if got[e["sport"]] != e["cookie"]]
    tap.check(f"{play.name}: every pick is marked as not final",
              all(e.get("not_final") for e in picks))
    tap.check(f"{play.name}: {len(other)} picks not final came true, all but "
              "those for the peer of the connected member", not differ, differ)
    tap.check(f"{play.name}: none names the connected member",
              got[peer] not in {e["cookie"] for e in picks})


def judge_storm(tap, play, picks, missed):
    """A SYN that finds its listener gone is sent again: the last pick counts. A
    member found when it has left the group already makes no choice."""
    chosen = [e for e in picks if e["via"] != "none"]
    last = {e["sport"]: e for e in chosen}
    differ = [(sport, cookie, last[sport]) for sport, cookie in play.got
              if sport in last and last[sport]["cookie"] != cookie]
    absent = sum(sport not in last for sport, _ in play.got)
    changed = sum(e.get("inferred", False) for e in chosen)
    vague = [e for e in chosen if e["via"] != "hash" or not e["cookie"]]
    vague += [e for e in picks if e["via"] == "none" and e["cookie"]]
    odd = [e for e in chosen if by_hash(e) != e["index"]
           and not e.get("inferred")]
    tap.note(f"{play.name}: {len(picks)} picks, {len(play.got)} arrived, "
             f"{play.said['failed']} refused or reset at once, "
             f"{play.said['closed']} members closed meanwhile, "
             f"{changed} groups changed during a pick, "
             f"{len(picks) - len(chosen)} found a member that had left")
    tap.check(f"{play.name}: who is picked gets it", not differ, differ)
    tap.check(f"{play.name}: all that arrived are told, or counted as missed",
              absent <= missed, f"{absent} absent, {missed} missed")
    tap.check(f"{play.name}: each pick names a member and says how", not vague,
              vague)
    tap.check(f"{play.name}: index is the hash's, or marked as inferred",
              not odd, odd)


def play_all():
    ports = iter(range(FIRST_PORT, FIRST_PORT + 100))
    spreads, storms = [], []
    for proto in "tcp", "udp":
        for family in 4, 6:
            kind = flags(proto, family)
            for size in SIZES:
                spreads.append(Play(
                    next(ports), f"{proto} IPv{family}, {size} members", *kind,
                    "-m", str(size), "-n", str(COUNT), "-c", str(CHURN),
                    "spread"))
            storms.append(Play(next(ports), f"{proto} IPv{family}, storm",
                               *kind, "-m", "4", "-n", str(STORM), "storm"))
    connected = Play(next(ports), "udp, one member connected", "-u", "-l", "-k",
                     "-m", "4", "-n", str(COUNT), "-c", str(CHURN), "spread")
    return spreads, storms, connected


def main():
    with rtlib.Tap() as tap:
        tap.note(f"RT_SEED={SEED}")
        rtlib.build_load()
        rtlib.load_module("buffer_kb=16384")
        viewer = rtlib.Viewer("-e", "steer")
        spreads, storms, connected = play_all()
        viewer.stop()
        missed = sum(e["count"] for e in viewer.losses((SELECT,)))
        tap.note(f"{SELECT} missed {missed} calls")
        picks = {}
        for event in filter(opens, viewer.of("steer")):
            picks.setdefault(event["dport"], []).append(event)
        for play in spreads:
            judge_spread(tap, play, picks.get(play.port, []), missed)
        judge_connected(tap, connected, picks.get(connected.port, []))
        for play in storms:
            judge_storm(tap, play, picks.get(play.port, []), missed)


main()
