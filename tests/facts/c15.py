# SPDX-License-Identifier: GPL-2.0-only
"""C15: UDP and SO_REUSEADDR."""

from net import call, say, server, user

CLAIM = ("With SO_REUSEADDR, UDP allows a full duplicate bind and neither "
         "prevents hijack nor spreads datagrams.")
DEMO = "E8 E7"
VERDICTS = {
    "last": ("holds", "even another user's: whoever bound last gets everything, "
             "and the one before gets nothing and is not told."),
    "other": ("not", "another user is refused, or the datagrams are spread."),
}
SENDERS = 16


def program():
    with user(1001):
        first = server("s1", udp=True, reuseaddr=True)
    with user(1002):
        second = server("s2", udp=True, reuseaddr=True)
    for _ in range(SENDERS):
        call(udp=True).send(b"x")
    say(f"of {SENDERS} senders' datagrams, s1 (user 1001) gets {count(first)}, "
        f"s2 (user 1002) gets {count(second)}")


def count(sock):
    sock.setblocking(False)
    got = 0
    try:
        while sock.recv(1):
            got += 1
    except BlockingIOError:
        return got


def verdict(trace):
    line = "".join(trace.lines("datagrams"))
    allowed = trace.result("s2"), trace.why("s2")
    if allowed == ("ok", "reuseaddr") and not trace.of("steer"):
        return "last" if "gets 0, s2 (user 1002) gets 16" in line else None
    return "other"
