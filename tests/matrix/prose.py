# SPDX-License-Identifier: GPL-2.0-only
"""The words of the page, and the names by which it sorts cells."""

from kept import BY_CACHE, REFUSED

HEAD = """\
<!-- Made by tests/matrix/generate.py; `make matrix` makes it anew. -->

# Who may share a port

Every table here was counted, not written: two sockets, every combination of
address, option, state, user and device, were played on Linux {kernels} (Debian's
kernels), with each answer held against the kernel's own rules as
`module/bind_rules.c` has them and against what `reusetrace` said of it. `make
matrix` plays all of it and writes this page; `make check` plays some of it by
chance, and fails where a kernel does not do what stands here.

`A` is SO_REUSEADDR, `P` is SO_REUSEPORT. An option helps only if **both** sockets
have it, and it is looked at when the second one asks: each time a socket calls
`bind()`, and again when it calls `listen()`.

A request is refused with EADDRINUSE when another socket has the port, in the same
network namespace, VRF and protocol, and

1. their addresses meet (second table), and
2. their devices meet (third table), and
3. neither option lets them share (first table).

A single one of three not being so is enough for them to share."""

SHARE = """\
## Which option lets two sockets share"""

AFTER_SHARE = """\
- *The holder's* user is never root here. Users are compared for being the same;
  root is one more user and has no privilege. Only a TIME_WAIT has no user.
- A connection shares as the socket it came from: an accepted one has the options
  its listener had, a TIME_WAIT those of the connection. That is why a server needs
  SO_REUSEADDR in the run *before* the one that is refused.
- bind() and listen() are refused alike. The famous second listener with
  SO_REUSEADDR is bound while the first one does not listen yet; then listen()
  finds a listener.
- A requester that is in a SO_REUSEPORT group already, because it got a BPF program
  before its port, is refused as if it had no SO_REUSEPORT."""

HOLDER_ROWS = (
    ("tcp", ("bound",)),
    ("tcp", ("listening",)),
    ("tcp", ("established", "client")),
    ("tcp", ("orphan",)),
    ("tcp", ("time-wait", "time-wait/fin-wait2")),
    ("udp", ("bound", "connected")),
)

HOLDERS = {
    ("bound",): "TCP socket, bound only",
    ("listening",): "TCP listener",
    ("established", "client"):
        "TCP connection: accepted, its listener gone, or a client bound to the port",
    ("orphan",): "TCP connection that its program closed, in FIN_WAIT2",
    ("time-wait", "time-wait/fin-wait2"): "TIME_WAIT, either substate",
    ("bound", "connected"): "UDP socket, connected or not",
}

STATE_NAMES = {
    "time-wait": "a TIME_WAIT", "time-wait/fin-wait2": "one in FIN_WAIT2",
    "orphan": "an orphan", "established": "an accepted connection",
    "client": "a connected client", "listening": "a listener",
    "bound": "a bound socket", "connected": "a connected socket",
}


def state_name(proto, state):
    return f"{STATE_NAMES[state]} ({proto.upper()})"


ADDRESSES = """\
## Which addresses meet

A row asks for its address, a column has its own; ✕: they meet, ·: both can be had."""

AFTER_ADDRESSES = """\
A socket that has a peer has one address, whatever it was bound to: `0.0.0.0` has
become `127.0.0.1`, `::` has become `::1`. One that was `::` without v6only still
stands in the way of `0.0.0.0`, though all it has is `::1`; bound to `::1` it would
not, and `::ffff:0.0.0.0` gets by in both cases."""

DEVICE_NAMES = {
    "none": ("no device", "no device"),
    "requester-lo": ("`lo`", "no device"),
    "holder-lo": ("no device", "`lo`"),
    "both-lo": ("`lo`", "`lo`"),
    "different": ("another", "`lo`"),
}

DEVICES = """\
## Which devices meet"""

FUNCTIONS = """\
## Which function decides

| protocol | kernel | request | decided by |
| --- | --- | --- | --- |
| TCP | 5.10 | any | `inet_csk_bind_conflict()`, over all sockets of the port, with `inet_rcv_saddr_equal()` for the addresses |
| TCP | 6.1 on | `0.0.0.0`, `::`, `::ffff:0.0.0.0` | the same; the options in `inet_bind_conflict()` |
| TCP | 6.1 on | one address | `inet_bhash2_addr_any_conflict()`, over those that have a wildcard, then `inet_csk_bind_conflict()` with `inet_bhash2_conflict()`, over those that have that address |
| TCP | all | any, before these | `sk_reuseport_match()` and `tb->fastreuse` in `inet_csk_get_port()`: the cache |
| UDP | all | any | `udp_lib_lport_inuse()`; with more than ten sockets in the slot `udp_lib_lport_inuse2()` |

All of TCP's are in `net/ipv4/inet_connection_sock.c`, UDP's in `net/ipv4/udp.c`.

UDP stops at the first socket that meets the requester and does not share by
SO_REUSEADDR: what it says of that one holds for all. So with three sockets the
answer can depend on the order in which the first two came (the newest is looked at
first; an IPv6 one with SO_REUSEPORT goes to the end)."""

CACHE = """\
## What the cache lets pass

A port remembers the options of those that got it: `fastreuse` that all had
SO_REUSEADDR and none listens, `fastreuseport` the user and address of one with
SO_REUSEPORT. A request that fits passes without a look at the sockets, although a
look would have refused it in these cells (`why` is `cache` in the event). Devices
and states are not in the cache."""


def cache_case(cell):
    if cell["state"] == "orphan":
        return ("P on both, but not A: over an orphan that had the same user "
                "and counts as root")
    if cell["op"] == "listen":
        return ("listen() of a socket with P that filled the cache itself when "
                "it was bound")
    return "others"


CHANGES = """\
## What changed between kernels

Of the cells that were played on all of these kernels, the ones that were not
answered alike:"""

CAUSES = {
    "orphan": "orphans and users",
    "cache": "the half-dead cache",
    "mapped": "the hole for v4-mapped wildcards",
    "udp": "UDP, more than ten sockets",
}


def cause(cell, statuses):
    """Which of these a cell that differs belongs to; each must be one."""
    if cell["state"] == "orphan":
        return "orphan"
    if (cell["holder-addr"], cell["addr"]) == ("::ffff:0.0.0.0",
                                               "::ffff:127.0.0.1"):
        refusing = [k for k, s in statuses.items() if s == REFUSED]
        if "6.1" not in refusing and len(refusing) == len(statuses) - 1:
            return "mapped"
    if BY_CACHE in statuses.values():
        return "cache"
    raise ValueError(f"nobody knows why {cell} is {statuses}")


EXPLAINED = {
    "orphan": """\
### Orphans and users

A connection whose program closed it has no inode any more, and up to 6.12
`sock_i_uid()` took root for the user of such a socket: with SO_REUSEPORT only root
could bind over it, and root could over everybody's. 7.2 has the user in the socket
(`sk_uid`). The cache can hide this from the same user: up to 6.1 from all, on 6.12
only where the address fits, which makes the rows above where 6.12 stands alone. Here
a socket without SO_REUSEPORT on another address empties the cache first.""",
    "cache": """\
### The half-dead cache

Since 6.12 (a change between 6.1 and 6.12) the requester's own address bucket is
in `tb->bhash2` before `inet_csk_update_fastreuse()` asks whether that is empty.
Nobody is the first any more: `fastreuse` never gets set, and `fastreuseport` only
with the address to be compared. Up to 6.1 a bind with SO_REUSEADDR passed over a
socket that had the option when it was bound, and has it no more. Among two sockets
that keep their options this shows only over an orphan, see above.""",
    "mapped": """\
### The hole for v4-mapped wildcards

6.1 looks for holders of a wildcard in buckets, and `inet_bind2_bucket_match_addr_any()`
does not take `::ffff:0.0.0.0` for one when both sockets are IPv6. So
`::ffff:127.0.0.1` could be had beside it, even beside a listener. The reverse order
was refused. What counts is the family of the socket that made the bucket, and
`0.0.0.0` shares the bucket of `::ffff:0.0.0.0`: with a third socket, gone or not, that
came first, the hole can close, or swallow a plain IPv4 listener on `0.0.0.0`.""",
    "udp": """\
### UDP, more than ten sockets

With more than ten sockets in its slot of the hash table UDP looks at the slot of
the requester's address instead. 5.10 did so for a wildcard as well, and so did not
see those who have one address each. No cell of two sockets can show this.""",
}

COVERAGE = """\
## What was played

One line for each kernel; every cell had a port of its own."""

LEFT_OUT = """\
Left out because it cannot make a difference, or is not there:

- UDP's listen() and states other than bound and connected; TCP has no other.
- Other users together with devices: the full check compares users in one term of a
  conjunction and devices in another, and the cache looks at users, never at
  devices. Orphans were played with root on all devices.
- Requesters in a group already, together with other users or with devices: neither
  SO_REUSEPORT nor the cache helps them.
- The mirror images of a device: `lo` and "another" are names.

In a cell of listen() both sockets are bound with SO_REUSEADDR, which lets them,
and get the cell's options afterwards. Every EADDRINUSE was played further: each fix
that `reusetrace-view` suggests is a cell that was allowed, no part of a fix is
(but for what the cache lets pass, and for another user's connection with
SO_REUSEPORT, which is tolerated as soon as it is a TIME_WAIT, while the fix says to
wait until it is gone), and a holder that closed, and whose connection was over, was
in nobody's way. Three sockets were played at random, 10,000 times."""
