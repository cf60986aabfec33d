# SPDX-License-Identifier: GPL-2.0-only
"""C3: SO_REUSEADDR, two addresses, and a wildcard beside one."""

from net import server, tries

CLAIM = ("SO_REUSEADDR lets 192.0.2.10:P and 192.0.2.11:P coexist, but not "
         "127.0.0.1:P beside 0.0.0.0:P.")
DEMO = "E4"
VERDICTS = {
    "listeners": ("only", "one of the two is listening. Before that, bind() "
                  "accepts 127.0.0.1 beside 0.0.0.0 when both have the option; "
                  "then one of them can listen, and the other cannot. (Two "
                  "addresses coexist without it as well, see C4.)"),
    "always": ("holds", "listening or not."),
}


def program():
    first = server("s1", "127.0.0.2", reuseaddr=True)
    second = server("s2", "127.0.0.3", reuseaddr=True)
    tries("s3", "0.0.0.0", reuseaddr=True)		# the others listen
    first.close()
    second.close()

    bound = server("s4", "127.0.0.1", reuseaddr=True, listen=False)
    tries("s5", "0.0.0.0", reuseaddr=True, listen=False)
    bound.close()


def verdict(trace):
    got = tuple(trace.result(who) for who in ("s2", "s3", "s5"))
    return {("ok", "EADDRINUSE", "ok"): "listeners",
            ("ok", "EADDRINUSE", "EADDRINUSE"): "always"}.get(got)
