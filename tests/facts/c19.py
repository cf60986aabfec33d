# SPDX-License-Identifier: GPL-2.0-only
"""C19: can the options be seen from outside?"""

import os
import re
import subprocess

from net import PORT, say, server

CLAIM = ("`ss -tlnp`, `lsof -i` or /proc/net/tcp show whether a port uses "
         "these options.")
DEMO = "E2"
VERDICTS = {
    "no": ("not", "a listener with an option looks exactly like one without, in "
           "all of them, with ss -e as well. That several listeners have one "
           "port tells that they share it; which option a single one has is told "
           "by the trace, when it binds, or by getsockopt() in its process."),
    "yes": ("holds", "there is a difference."),
}


def program():
    listeners = [server("s1", port=PORT),
                 server("s1", port=PORT + 1, reuseaddr=True),
                 server("s1", port=PORT + 2, reuseport=True)]
    for tool, rows in seen(listeners).items():
        same = len({row[1] for row in rows}) == 1 and len(rows) == 3
        say(f"{tool}: the three listeners look "
            f"{'the same' if same else 'different'}")


def seen(listeners):
    """Tool -> (port, row without what numbers this very socket)."""
    with open("/proc/net/tcp", encoding="ascii") as table:
        rows = {"/proc/net/tcp": [" ".join(row.split()[1:9]) for row in table
                                  if f":{PORT:04X}"[:4] in row.split()[1]]}
    # Only ours: a module such as rds_tcp listens in every namespace.
    rows["ss -tlnpe"] = [row for row in run("ss", "-Htlnpe")
                         if re.search(r":952[789]\b", row)]
    lsof = run("lsof", "-nP", "-i", "-a", "-p", str(os.getpid()))
    if lsof:
        rows["lsof -i"] = [row for row in lsof if "LISTEN" in row]
    return {tool: [(i, anonymous(row)) for i, row in enumerate(found)]
            for tool, found in rows.items()}


def run(*command):
    try:
        done = subprocess.run(command, capture_output=True, text=True,
                              check=False)
        return done.stdout.splitlines()
    except FileNotFoundError:
        return []


def anonymous(row):
    row = re.sub(r":(952[789]|253[789])\b", ":port", row)
    row = re.sub(r"(fd=|ino:|sk:|cgroup:)\S+", r"\1", row)
    row = re.sub(r"\b(\d+u|\d{4,}|0t0)\b", "", row)
    # Columns are as wide as their numbers: inode 9999 and 10000.
    return " ".join(row.split())


def verdict(trace):
    told = trace.lines("listeners look")
    if len(told) < 2:
        return None
    return "no" if all("the same" in line for line in told) else "yes"


SHOW = r" (bind|listen) |look"
