# SPDX-License-Identifier: GPL-2.0-only
"""C9: one UDP sender and one member."""

from net import call, say, server

CLAIM = ("One UDP client socket always reaches the same member, as long as "
         "that member exists.")
DEMO = "E8"
VERDICTS = {
    "set": ("only", "the group stays as it is. The hash stays the same, but it "
            "is scaled by the number of members: when another one joins or "
            "leaves, many senders get another member, though theirs is still "
            "there."),
    "always": ("holds", "others may come and go."),
}
SENDERS = 32


def program():
    group = [server(f"u{i + 1}", udp=True, reuseport=True) for i in range(4)]
    senders = [call(udp=True) for _ in range(SENDERS)]
    for sender in senders * 3:
        sender.send(b"x")
    say("another one joins, none leaves")
    group.append(server("u5", udp=True, reuseport=True))
    for sender in senders:
        sender.send(b"x")


def verdict(trace):
    before, after = trace.split("another one joins")
    first = members(before)
    if len(first) != SENDERS or any(len(m) != 1 for m in first.values()):
        return None
    moved = sum(members(after)[port] != had for port, had in first.items())
    trace.measured(f"{moved} of {SENDERS} senders got another member when a "
                   "fifth joined four")
    return "set" if moved else "always"


def members(events):
    """Sender's port -> the members its datagrams went to."""
    found = {}
    for event in events:
        if event["type"] == "steer":
            found.setdefault(event["sport"], set()).add(event["cookie"])
    return found


SHOW = r" steer |joins, none leaves"
