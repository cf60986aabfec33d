# SPDX-License-Identifier: GPL-2.0-only
"""C8: how connections are spread."""

import select

from net import call, say, server

CLAIM = ("Connections are spread by a hash of the 4-tuple; the spread is even; "
         "it is not even; it avoids the thundering herd.")
DEMO = "E2 E10"
VERDICTS = {
    "chance": ("only", "\"even\" is meant as a thrown die is even. The hash of "
               "both addresses and ports picks, nothing else is asked, not who "
               "is busy: many connections spread as chance would spread them, "
               "and few of them unevenly. It does avoid the herd: one worker's "
               "epoll reports the connection, where a listener shared by all "
               "makes every worker's report it."),
}
MEMBERS = 4
CLIENTS = 200


def program():
    group = [server(f"w{i + 1}", reuseport=True) for i in range(MEMBERS)]
    for _ in range(CLIENTS):
        call().close()
    for sock in group:
        sock.close()

    own = [server(f"own{i + 1}", port=9528, reuseport=True)
           for i in range(MEMBERS)]
    say(f"one connection, {MEMBERS} listeners, an epoll on each: "
        f"{told(own, 9528)} of {MEMBERS} are told")
    shared = server("shared", port=9529)
    say(f"one connection, one listener, {MEMBERS} epolls on it: "
        f"{told([shared] * MEMBERS, 9529)} of {MEMBERS} are told")


def told(listeners, port):
    """How many workers' epolls report a connection to this port."""
    epolls = [select.epoll() for _ in listeners]
    for epoll, listener in zip(epolls, listeners):
        epoll.register(listener, select.EPOLLIN)
    call(port=port)
    return sum(bool(epoll.poll(0)) for epoll in epolls)


def verdict(trace):
    picks = [e for e in trace.of("steer") if e["dport"] == 9527]
    by_hash = all((e["hash"] * e["size"]) >> 32 == e["index"] for e in picks)
    counts = [sum(e["index"] == i for e in picks) for i in range(MEMBERS)]
    trace.measured(f"{len(picks)} connections over {MEMBERS} members: "
                   f"{', '.join(map(str, sorted(counts, reverse=True)))} "
                   "(chance alone: 50 each, give or take 6)")
    herd = [line.split(": ")[-1][0] for line in trace.lines("are told")]
    # One in a million throws of a fair die gives more than 30.7.
    if by_hash and len(picks) >= CLIENTS and chi_square(counts) < 30.7:
        return "chance" if herd == ["1", "4"] else None
    return None


def chi_square(counts):
    mean = sum(counts) / len(counts)
    return sum((n - mean) ** 2 for n in counts) / mean


SHOW = r" steer .*:9527 |are told"
