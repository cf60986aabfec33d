# SPDX-License-Identifier: GPL-2.0-only
"""C2: SO_REUSEADDR and a second listener."""

from net import name, server, tries

CLAIM = ("With SO_REUSEADDR alone, a second listener on the same address and "
         "port still fails.")
DEMO = "E1"
VERDICTS = {
    "fails": ("holds", "at bind() when the first one listens already; when "
              "both have called bind() before either listens, the second "
              "listen() fails."),
    "works": ("not", "the second one is allowed."),
}


def program():
    first = server("s1", reuseaddr=True)
    tries("s2", reuseaddr=True)
    first.close()

    third = server("s3", reuseaddr=True, listen=False)
    fourth = server("s4", reuseaddr=True)	# both are bound, this one listens
    name("s3")
    try:
        third.listen()
    except OSError:
        pass
    fourth.close()


def verdict(trace):
    failed = [(e["op"], e["rule"]) for e in trace.of("bind_conflict")]
    if failed == [("bind", "listener-holds-port"),
                  ("listen", "listener-holds-port")]:
        return "fails"
    return "works" if not failed else None
