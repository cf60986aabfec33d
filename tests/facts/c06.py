# SPDX-License-Identifier: GPL-2.0-only
"""C6: the user of those who join."""

from net import server, tries, user

CLAIM = ("Later binders must have the same effective user ID as the first; "
         "capabilities or root can override that.")
DEMO = "E7"
VERDICTS = {
    "nobody": ("only", "its second half is left out: the same effective user "
               "it must be, as of the moment of socket(), and nothing overrides "
               "that. Root, with all "
               "capabilities, is refused as anyone else is, and so is a user "
               "where root was first."),
    "root": ("holds", "root may join a user's port."),
}


def program():
    with user(1001):
        first = server("s1", reuseport=True)
    with user(1002):
        tries("other", reuseport=True)
    tries("root", reuseport=True)
    with user(1001):
        tries("same", reuseport=True)
    first.close()

    first = server("s2", reuseport=True)	# root is first
    with user(1001):
        tries("user", reuseport=True)
    first.close()


def verdict(trace):
    got = [trace.result(who) for who in ("other", "root", "same", "user")]
    rules = {e["rule"] for e in trace.of("bind_conflict")}
    if got == ["EADDRINUSE", "EADDRINUSE", "ok", "EADDRINUSE"]:
        return "nobody" if rules == {"reuseport-other-user"} else None
    return "root" if got[:3] == ["EADDRINUSE", "ok", "ok"] else None
