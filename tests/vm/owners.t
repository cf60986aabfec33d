#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Who has a socket that is older than the viewer: by its inode, by its cookie
alone, in another network namespace, when it is gone before the viewer looks; its
control group, and -c."""

import os
import signal
import socket
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import rtlib  # noqa: E402

CGROUPS = "/sys/fs/cgroup"
UNIT = "reusetrace-test.service"
PORT = 9527

SERVER = """
import os, socket, sys
with open("/proc/self/comm", "w") as file:
    file.write("server")
s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
s.bind(("127.0.0.1", int(sys.argv[1])))
s.listen(16)
print("ready", flush=True)
for line in sys.stdin:
    if line == "close\\n":
        s.accept()[0].close()
    elif os.fork():
        os._exit(0)
    else:
        print(os.getpid(), flush=True)
"""


def server(*prefix):
    process = subprocess.Popen(
        [*prefix, "python3", "-c", SERVER, str(PORT)], stdin=subprocess.PIPE,
        stdout=subprocess.PIPE)
    process.stdout.readline()
    return process


def end(process):
    process.stdin.close()
    process.wait()


def refuse(*prefix):
    """Somebody without options wants the port, too, and stays a while."""
    process = subprocess.Popen([*prefix, "python3", "-c", f"""
import socket, sys
try:
    socket.socket().bind(("127.0.0.1", {PORT}))
    print("bound", flush=True)
except OSError:
    print("refused", flush=True)
sys.stdin.readline()"""], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    answer = process.stdout.readline()
    if answer != b"refused\n":
        raise RuntimeError(f"port {PORT} was not refused: {answer}")
    return process


def connect(*prefix):
    """A connection that the server never accepts; refused ones will do, too."""
    subprocess.run([*prefix, "python3", "-c", f"""
import socket
socket.create_connection(("127.0.0.1", {PORT}))"""], check=True)


def leave_time_wait(process):
    """Of a connection that the server closes first."""
    rtlib.keep_time_waits()
    with socket.create_connection(("127.0.0.1", PORT)) as client:
        process.stdin.write(b"close\n")
        process.stdin.flush()
        client.recv(1)


def inherit(process):
    """A child goes on in its place."""
    process.stdin.write(b"fork\n")
    process.stdin.flush()
    process.wait()
    return int(process.stdout.readline())


def stop(process):
    """When this returns it does nothing more."""
    process.send_signal(signal.SIGSTOP)

    def stopped():
        with open(f"/proc/{process.pid}/stat", encoding="ascii") as file:
            return file.read().rsplit(") ", 1)[1][0] == "T"
    rtlib.wait_until(stopped, "the viewer to stop")


def main():
    with rtlib.Tap() as tap:
        if not os.path.exists(f"{CGROUPS}/cgroup.procs"):
            subprocess.run(["mount", "-t", "cgroup2", "none", CGROUPS],
                           check=True)
        os.makedirs(f"{CGROUPS}/{UNIT}", exist_ok=True)
        in_unit = ["sh", "-c", f'echo $$ >{CGROUPS}/{UNIT}/cgroup.procs; '
                   'exec "$@"', "sh"]
        rtlib.load_module()
        here = server(*in_unit)
        other = server("unshare", "--net", "sh", "-c",
                       'ip link set lo up; exec "$@"', "sh")
        inside = ["nsenter", "--net", "-t", str(other.pid)]
        netns = os.stat(f"/proc/{other.pid}/ns/net").st_ino

        all_of_it = rtlib.Viewer("-vv")
        unit_only = rtlib.Viewer("-c", f"{CGROUPS}/{UNIT}")
        intruders = [refuse(), refuse(*inside), refuse(*in_unit)]
        connect()
        connect(*inside)
        rtlib.wait_until(
            lambda: any(e["type"] == "bind_conflict"
                        for e in unit_only.so_far()) and
            sum(e["type"] == "steer" for e in all_of_it.so_far()) >= 2,
            "the viewers to see all")
        for process in (*intruders, here, other):
            end(process)
        all_of_it.stop()
        unit_only.stop()

        def holders(viewer, there):
            return {(e["holder"].get("pid"), e["holder"].get("comm"))
                    for e in viewer.of("bind_conflict")
                    if (e["netns"] == netns) == there}
        tap.same("a holder older than the viewer", {(here.pid, "server")},
                 holders(all_of_it, False))
        tap.same("one in another network namespace", {(other.pid, "server")},
                 holders(all_of_it, True))
        owners = {(e["netns"] == netns, (e["owner"] or {}).get("pid"))
                  for e in all_of_it.of("steer")}
        tap.check("the owner of the socket that was picked",
                  owners >= {(False, here.pid), (True, other.pid)}, owners)
        cgroups = {(e["owner"] or {}).get("cgroup")
                   for e in all_of_it.of("steer") if e["netns"] != netns}
        tap.same("and its control group", {f"/{UNIT}"}, cgroups)
        tap.check("a notice tells of no namespace that cannot be looked into",
                  "cannot be looked into" not in all_of_it.messages,
                  all_of_it.messages)
        tap.check("-c shows what its processes' sockets are picked for",
                  unit_only.of("steer") and
                  all(e["owner"]["pid"] == here.pid
                      for e in unit_only.of("steer")), unit_only.events)
        tap.check("and what they ask for, and nobody else",
                  len(unit_only.of("bind_conflict")) == 1 and
                  all(e["netns"] != netns for e in unit_only.of("bind")),
                  unit_only.events)

        here = server()
        viewer = rtlib.Viewer()
        heir = inherit(here)
        intruder = refuse()
        viewer.stop()
        end(intruder)
        end(here)
        tap.same("a child that has inherited it", {(heir, "server")},
                 holders(viewer, False))

        rtlib.unload_module()
        here = server()
        leave_time_wait(here)
        rtlib.load_module()
        late = rtlib.Viewer()
        stop(late.process)
        intruders = [refuse()]
        end(here)
        intruders.append(refuse())
        late.process.send_signal(signal.SIGCONT)
        late.stop()
        for process in intruders:
            end(process)
        tap.same("holders that were gone before the viewer looked",
                 {(here.pid, "server")}, holders(late, False))
        tap.same("one of them a TIME_WAIT, by who listened on its port",
                 "TIME_WAIT", late.of("bind_conflict")[-1]["holder"]["state"])

        rtlib.unload_module()
        rtlib.load_module()
        here = server()
        subprocess.run(["reusetrace-view", "record", "-q", "-o", "/tmp/c.dat",
                        "--", "python3", "-c", "import socket\n"
                        "socket.socket().bind(('127.0.0.1', 0))"], check=True)
        end(here)
        report = subprocess.run(
            ["reusetrace-view", "report", "-j", "-c", f"/{UNIT}",
             "/tmp/c.dat"], capture_output=True, text=True, check=False)
        tap.check("over a recording -c says what it does not know",
                  "control group of their process is not known" in
                  report.stderr, report.stderr)
        rtlib.unload_module()
        try:
            os.rmdir(f"{CGROUPS}/{UNIT}")
        except OSError:
            pass


main()
