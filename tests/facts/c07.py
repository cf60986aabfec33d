# SPDX-License-Identifier: GPL-2.0-only
"""C7: who can take part of a port's traffic."""

from net import call, server, tries, user

CLAIM = "Any process can take part of the traffic of a SO_REUSEPORT port."
DEMO = "E7"
VERDICTS = {
    "same-user": ("only", "the process runs as the same user, in the same "
                  "network namespace, and sets the option. Then it can, and "
                  "the server that was there is neither asked nor told."),
    "any": ("holds", "whoever asks."),
}


def program():
    with user(1001):
        first = server("s1", reuseport=True)
    with user(1002):
        tries("other", reuseport=True)
    with user(1001):
        taker = server("taker", reuseport=True)
    for sock in [call() for _ in range(16)] + [first, taker]:
        sock.close()


def verdict(trace):
    taker = {e["cookie"] for e in trace.of("bind") if e["comm"] == "taker"}
    taken = taker & {e["cookie"] for e in trace.of("steer")}
    got = trace.result("other"), trace.result("taker")
    if got == ("EADDRINUSE", "ok") and taken:
        return "same-user"
    return "any" if got[0] == "ok" else None


SHOW = r" bind | join | steer .*member \d of 2"
