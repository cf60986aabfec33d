# SPDX-License-Identifier: GPL-2.0-only
"""C13: since when, and for what."""

from net import server, tries

CLAIM = "SO_REUSEPORT exists since Linux 3.9, for TCP and UDP."
DEMO = "E2 E8"
VERDICTS = {
    "both": ("holds", "as far as this kernel can tell: it is here for both. "
             "socket(7) names 3.9. Much came later: groups and programs that "
             "pick (4.5 for UDP, 4.6 for TCP), moving connections (5.14)."),
    "not-both": ("not", "one of them has it not."),
}


def program():
    for udp in False, True:
        first = server("s1", udp=udp, reuseport=True)
        tries("s2", udp=udp, reuseport=True)
        first.close()


def verdict(trace):
    second = [(e["proto"], e["result"], e["why"]) for e in trace.of("bind")
              if e["comm"] == "s2" and e["op"] == "bind"]
    return "both" if second == [("tcp", "ok", "reuseport"),
                                ("udp", "ok", "reuseport")] else "not-both"


SHOW = r" bind "
