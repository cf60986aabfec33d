#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""In the VM: does peers/same.bpf.c give the answers that reusetrace gives?

Both watch the benchmark's operations; what each tells of a kind of event must be
the other's, in the same order. TAP on standard output. After make -C tests/bench
all peers: scripts/vm.sh --icount -- tests/bench/same.py
"""

import json
import os
import signal
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.realpath(__file__))
OPS = ("bind bind6 bind-owners bind-fail bind-fail-owners pick-tcp pick-udp "
       "tw-enter bind-time-wait").split()
STATES = ["-", "ESTABLISHED", "SYN_SENT", "SYN_RECV", "FIN_WAIT1", "FIN_WAIT2",
          "TIME_WAIT", "CLOSE", "CLOSE_WAIT", "LAST_ACK", "LISTEN", "CLOSING"]
NAMES = {
    "op": ["bind", "listen"],
    "why": [None, "port-free", "no-overlap", "reuseaddr", "reuseport",
            "reuseaddr+reuseport", "cache", "forced"],
    "rule": [None, "reuseport-other-user", "listener-holds-port",
             "time-wait-holds-port", "connection-holds-port",
             "bound-socket-holds-port"],
    "overlap": [None, "same-address", "holder-wildcard", "requester-wildcard",
                "both-wildcard"],
    "via": ["none", "hash", "incoming-cpu", "bpf", "cbpf", "bpf-fallback",
            "bpf-drop"],
    "reason": ["other", "expired", "syn-reuse", "connect-reuse", "reset",
               "purged", "destroyed"],
    "state": STATES, "substate": STATES, "from": STATES, "to": STATES,
}
SETS = {
    "reuseaddr_blocked_by": ["requester-unset", "holder-unset",
                             "holder-listening"],
    "reuseport_blocked_by": ["requester-unset", "holder-unset", "other-user",
                             "requester-in-group"],
}
SAME = {
    "bind": "op port bound_port result why owners over_time_wait netns pid "
            "cookie inode uid ifindex family addr reuseaddr reuseport v6only",
    "bind_conflict": "rule overlap reuseaddr_blocked_by reuseport_blocked_by "
                     "state port cookie inode uid ifindex family addr "
                     "reuseaddr reuseport v6only",
    "steer": "cookie inode hash group index size via family src sport dst "
             "dport proto netns",
    "tw_enter": "cookie netns family addr port peer_addr peer_port reuseaddr "
                "reuseport substate inode closer",
    "tw_exit": "cookie netns family addr port peer_addr peer_port substate "
               "reason",
}


def number(name):
    """How the hand-written program tells a word."""
    return {"inet": 2, "inet6": 10, "tcp": 6, "udp": 17, "ok": 0,
            "EADDRINUSE": -98}.get(name, name)


def plain(key, value):
    if key in NAMES and isinstance(value, int):
        value = NAMES[key][value]
    elif key in SETS and isinstance(value, int):
        value = [n for i, n in enumerate(SETS[key]) if value >> i & 1]
    if isinstance(value, bool) or value is None:
        return int(bool(value))
    return number(value) if isinstance(value, str) else value


def facts(event, keys):
    return tuple(str(plain(k, event.get(k))) for k in keys.split())


def events(path, kind):
    found = []
    with open(path, encoding="utf-8") as file:
        for line in file:
            event = json.loads(line)
            # Why a UDP bind went as it did the other one does not tell.
            if event["type"] != kind or (kind == "bind" and
                                         event["proto"] in ("udp", 17)):
                continue
            if kind == "bind_conflict" and "holder" in event:
                event = {**event, **event["holder"]}
            if event.get("owner_closed"):
                event["closer"] = event["owner"]["pid"]
            found.append(facts(event, SAME[kind]))
    return found


def is_ready(path):
    with open(path, encoding="utf-8") as file:
        return "ready" in file.read()


def watch():
    with open("/tmp/ours", "w", encoding="utf-8") as out:
        ours = subprocess.Popen(["reusetrace-view", "--json"], stdout=out)
    with open("/tmp/theirs", "w", encoding="utf-8") as out, \
            open("/tmp/theirs.err", "w", encoding="utf-8") as err:
        theirs = subprocess.Popen([f"{HERE}/obj/expert",
                                   f"{HERE}/obj/same.bpf.o", "-p"],
                                  stdout=out, stderr=err)
    while theirs.poll() is None and not is_ready("/tmp/theirs.err"):
        time.sleep(0.1)
    time.sleep(3)
    subprocess.run([f"{HERE}/bench-ops", "-n", "5", "-c", "300", *OPS],
                   check=True, stdout=subprocess.DEVNULL)
    time.sleep(2)
    ours.send_signal(signal.SIGINT)
    ours.wait()
    theirs.kill()


def main():
    subprocess.run(["insmod", os.environ["REUSETRACE_KO"]], check=True)
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    watch()
    failed = 0
    for i, kind in enumerate(SAME, 1):
        ours, theirs = events("/tmp/ours", kind), events("/tmp/theirs", kind)
        good = ours == theirs and bool(ours)
        failed += not good
        print(f"{'ok' if good else 'not ok'} {i} - {kind}: {len(ours)} told, "
              f"{len(theirs)} by the other program")
        for a, b in zip(ours, theirs):
            if a != b:
                print(f"# {SAME[kind]}\n# {a}\n# {b}")
                break
    print(f"1..{len(SAME)}")
    return 1 if failed else 0


sys.exit(main())
