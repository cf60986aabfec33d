#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Steering when there is much of it: many members, a flood of datagrams, many
namespaces, sockets whose cookie nobody asked for. seen + lost = happened, and
the viewer's memory stays bounded. RT_MEMBERS, RT_FLOOD and RT_NAMESPACES say how
many; `make steer` has 1,000, 100,000 and 50."""

import os
import re
import resource
import socket
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import bpflib  # noqa: E402
import rtlib  # noqa: E402

FLOOD = int(os.environ.get("RT_FLOOD", 5000))
MEMBERS = int(os.environ.get("RT_MEMBERS", 200))
NAMESPACES = int(os.environ.get("RT_NAMESPACES", 10))
PICKS = 200
TEAM = 4
SELECT = "reuseport_select_sock"
# Without a hit of these, a pick, or a member that comes or goes, is not told;
TELL_GROUP = (SELECT, "reuseport_alloc", "reuseport_add_sock",
              "bpf_sk_reuseport_detach")
# and without a hit of this a bind.
TELL_ALL = (*TELL_GROUP, "udp_lib_get_port")
# What it remembers (Documentation/architecture.md), itself and its libraries.
MEMORY_MB = 40


def missed_of(viewer, *probes):
    return sum(e["count"] for e in viewer.losses(probes) if e["probe"])


def peak_mb(viewer):
    """The most memory it has had, its libraries and buffers included."""
    with open(f"/proc/{viewer.process.pid}/status", encoding="ascii") as file:
        return int(re.search(r"VmHWM:\s+(\d+)", file.read())[1]) / 1024


def many_members(tap):
    """By the hash, wherever it points to, and by a program, far behind it."""
    port = 7201
    viewer = rtlib.Viewer("-e", "group,steer", "-P", str(port))
    rows = [line.split() for line in rtlib.load(
        "-u", "-p", str(port), "-m", str(MEMBERS), "-n", str(PICKS), "spread")]
    viewer.stop()
    missed = missed_of(viewer, *TELL_GROUP)
    picks = {e["sport"]: e for e in viewer.of("steer")}
    wrong = [row for row in rows if int(row[1]) in picks and
             [picks[int(row[1])][k] for k in ("cookie", "size", "index")] !=
             [int(n) for n in row[2:]]]
    tap.check(f"{MEMBERS} members: all {PICKS} datagrams are told",
              PICKS - missed <= len(picks) <= PICKS, len(picks))
    tap.check(f"{MEMBERS} members: each with its member's place", not wrong,
              wrong[:5])
    sizes = [e["size"] for e in viewer.of("group")]
    tap.check(f"{MEMBERS} members: they join and leave one by one",
              sizes == [*range(1, MEMBERS + 1), *range(MEMBERS - 1, -1, -1)]
              or missed, sizes)
    group, = viewer.of("summary")[0]["groups"]
    tap.check(f"{MEMBERS} members: the viewer has them all",
              len(group["members"]) == MEMBERS or missed,
              len(group["members"]))


def far_member(tap):
    """A program's pick is looked for among so many, and then no more."""
    port, size, far = 7202, 1100, 1060
    viewer = rtlib.Viewer("-e", "steer", "-P", str(port))
    team = []
    for _ in range(size):
        s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        s.setsockopt(socket.SOL_SOCKET, rtlib.SO_REUSEPORT, 1)
        s.bind(("127.0.0.1", port))
        team.append(s)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        for place in 900, far:
            bpflib.constant(team[0], place)
            client.sendto(b"x", ("127.0.0.1", port))
            team[place].recv(1)
    for s in team:
        s.close()
    viewer.stop()
    told = [(e["cookie"], e["size"], e["index"]) for e in viewer.of("steer")]
    missed = missed_of(viewer, SELECT)
    cookies = [team_cookie for team_cookie, *_ in told]
    tap.check(f"{size} members and a program: place 900 is told, beyond 1024 "
              "there is a socket and no place",
              [(s, i) for _, s, i in told] == [(size, 900), (size, None)]
              and all(cookies) or missed, told)


def dropped():
    """Packets that were sent and found no place in a CPU's backlog: nobody steers
    them."""
    with open("/proc/net/softnet_stat", encoding="ascii") as file:
        return sum(int(line.split()[1], 16) for line in file)


def flood(tap, buffer_kb, lossy):
    """Nobody reads them; each is steered all the same. What is lost in the buffer
    has no name, so every kind that the viewer has there counts."""
    port = 7203 + lossy
    dropped_before = dropped()
    rtlib.load_module(f"buffer_kb={buffer_kb}")
    viewer = rtlib.Viewer("-e", "bind,group,steer", "-P", str(port))
    sent, = rtlib.load("-u", "-p", str(port), "-m", str(TEAM), "-n", str(FLOOD),
                       "flood")
    away = dropped() - dropped_before
    happened = FLOOD - away + 3 * TEAM		# a member binds, joins and leaves
    before = peak_mb(viewer)
    viewer.stop()
    seen = sum(len(viewer.of(kind)) for kind in ("bind", "group", "steer"))
    lost = sum(e["count"] or 0 for e in viewer.losses() if not e["probe"])
    missed = missed_of(viewer, *TELL_ALL)
    name = f"{FLOOD} datagrams, {buffer_kb} kB"
    tap.note(f"{name}: {away} dropped on the way, {seen} seen, {lost} lost in the "
             f"buffer, {missed} missed; the viewer's memory {before:.1f} MB")
    tap.same(f"{name}: all were sent", f"sent {FLOOD}", sent)
    tap.check(f"{name}: seen + lost = happened",
              happened - missed <= seen + lost <= happened, (seen, lost, missed))
    tap.check(f"{name}: the viewer's memory is bounded", before < MEMORY_MB,
              f"{before} MB")
    if lossy:
        tap.check(f"{name}: and the small buffer did lose some, said by status "
                  f"{viewer.status}", viewer.status == 3 or not lost)


NAMESPACE = """
import socket, sys
team = []
for i in range(2):
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.setsockopt(socket.SOL_SOCKET, 15, 1)
    s.bind(("127.0.0.1", 7205))
    team.append(s)
c = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
for i in range(int(sys.argv[1])):
    c.sendto(b"x", ("127.0.0.1", 7205))
"""


def namespaces(tap):
    """The same port and number of a group in each, one after the other, and
    nobody asks for a cookie there."""
    viewer = rtlib.Viewer("-e", "steer,group", "-P", "7205")
    for count in range(1, NAMESPACES + 1):
        subprocess.run(["unshare", "--net", "sh", "-c", "ip link set lo up && "
                        'exec python3 -S -c "$0" "$1"', NAMESPACE, str(count)],
                       check=True)
    viewer.stop()
    missed = missed_of(viewer, *TELL_GROUP)
    groups = viewer.of("summary")[0]["groups"]
    tap.check(f"{NAMESPACES} namespaces: as many groups",
              len(groups) == NAMESPACES or missed, len(groups))
    tap.check(f"{NAMESPACES} namespaces: no group has another's picks",
              sorted(g["picks"] for g in groups) ==
              list(range(1, NAMESPACES + 1)) or missed,
              [g["picks"] for g in groups])
    tap.note(f"numbers the kernel gave: {sorted({g['group'] for g in groups})}")
    cookies = [e["cookie"] for e in viewer.of("group")
               if e["action"] in ("create", "join")]
    tap.check("sockets whose cookie nobody asked for have one each",
              all(cookies) and len(set(cookies)) == len(cookies), cookies)


def main():
    with rtlib.Tap() as tap:
        rtlib.build_load()
        _, files = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))
        rtlib.load_module("buffer_kb=8192")
        many_members(tap)
        if MEMBERS >= 1000:
            far_member(tap)
        namespaces(tap)
        flood(tap, 32768, False)
        flood(tap, 64, True)


main()
