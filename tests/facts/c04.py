# SPDX-License-Identifier: GPL-2.0-only
"""C4: are options needed where addresses differ?"""

from net import server, tries

CLAIM = "Different addresses need SO_REUSEADDR to share a port at all."
DEMO = "E4"
VERDICTS = {
    "no": ("not", "different addresses do not overlap, so no option is asked "
           "for. Only 0.0.0.0, which means all of them, overlaps with each."),
    "yes": ("holds", "without it the second is refused."),
}


def program():
    first = server("s1", "127.0.0.2")
    tries("s2", "127.0.0.3")
    first.close()


def verdict(trace):
    return {("ok", "no-overlap"): "no"}.get(
        (trace.result("s2"), trace.why("s2")), "yes")
