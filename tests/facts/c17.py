# SPDX-License-Identifier: GPL-2.0-only
"""C17: what Node.js cluster does."""

import glob
import os
import shutil
import subprocess

from net import PORT, call, end_all, say, wait_until, states

CLAIM = "Node.js cluster uses SO_REUSEPORT under the hood."
DEMO = "E15"
VERDICTS = {
    "one-listener": ("not", "one process, the primary, binds one listener, "
                     "without SO_REUSEPORT. It accepts itself and hands the "
                     "connections to the workers in turn. "
                     "(Tried with Debian 12's Node.js 18. Newer ones have an "
                     "option reusePort of listen() for those who want it.)"),
    "reuseport": ("holds", "each worker has a listener of its own."),
}
START = 300		# seconds: compiling at run time is slow when emulated
ROOT = os.environ.get("SERVERS_ROOT", "")
CLUSTER = """
const cluster = require("cluster"), net = require("net");
if (cluster.isPrimary)
    for (let i = 0; i < 2; i++) cluster.fork();
else
    net.createServer(c => c.end(String(process.pid))).listen(9527, "0.0.0.0");
"""


def node():
    """Debian's own from scripts/servers.sh, or else this machine's."""
    if ROOT:
        return ["chroot", ROOT, "node"]
    return ["node"] if shutil.which("node") else []


def script():
    with open(f"{ROOT}/tmp/cluster.js", "w", encoding="utf-8") as file:
        file.write(CLUSTER)
    return "/tmp/cluster.js"


def program():
    cluster = subprocess.Popen([*node(), script()], stderr=subprocess.DEVNULL)
    wait_until(lambda: "LISTEN" in states(PORT), "a listener", START)
    worker = int(call().recv(10))
    say(f"one of the two workers answers: {worker != cluster.pid}")
    end_all([cluster.pid])


def verdict(trace):
    listens = [e for e in trace.of("bind") if e["op"] == "listen"]
    with_option = [e for e in listens if e["reuseport"]]
    if with_option or trace.of("steer"):
        return "reuseport"
    return "one-listener" if len(listens) == 1 else None


def prepare():
    """The VM reads the host's files faster in one go than page by page."""
    for name in "node", "icudata", "icui18n", "icuuc", "uv":
        for path in glob.glob(f"{ROOT}/usr/lib/*/lib{name}.so.*[0-9]"):
            with open(path, "rb") as file:
                while file.read(1 << 20):
                    pass


def skip():
    """Why this cannot be tried here; nothing when it can."""
    if not node():
        return "Node.js is not here; scripts/servers.sh fetches it"
    return ""


SHOW = r" (bind|listen|group) |workers answers"
