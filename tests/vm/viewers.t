#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Viewers beside each other, and beside whoever reads the module's own instance:
each sees all that happens and is asked for; what one sets is gone when it ends,
however it ends."""

import glob
import os
import signal
import socket
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import rtlib  # noqa: E402

TRACING = "/sys/kernel/tracing"
OWN = f"{TRACING}/instances/reusetrace"
PORTS = "/sys/module/reusetrace/parameters/ports"


def text_of(path):
    with open(path, encoding="ascii") as file:
        return file.read().strip()


def instances():
    return sorted(os.path.basename(p)
                  for p in glob.glob(f"{TRACING}/instances/*"))


def folder_of(viewer):
    return glob.glob(f"{TRACING}/instances/reusetrace.{viewer.process.pid}*")[0]


def binds(count, port):
    for _ in range(count):
        with socket.socket() as sock:
            sock.bind(("127.0.0.1", port))


def counted(viewer):
    return viewer.events[-1]["events"].get("bind", 0)


def two_viewers(tap):
    binds(5, 8080)
    first = rtlib.Viewer()
    second = rtlib.Viewer("-P", "8081")
    tap.check("each has an instance of its own",
              len(instances()) == 3, instances())
    same = text_of(f"{OWN}/buffer_size_kb")
    tap.same("as large as the module's", same,
             text_of(f"{folder_of(first)}/buffer_size_kb"))
    binds(200, 8080)
    binds(100, 8081)
    first.stop()
    binds(50, 8081)
    second.stop()
    tap.same("the first tells what the module kept, and all of the rest", 305,
             counted(first))
    tap.same("the second what it was asked for, from its start on", 150,
             counted(second))
    third = rtlib.Viewer()
    third.stop()
    tap.same("a later one tells nothing again", 0, counted(third))
    tap.same("no instance is left", ["reusetrace"], instances())


def filters(tap):
    viewer = rtlib.Viewer("-P", "8080,8081", "-e", "bind,steer", "--tcp")
    events = f"{folder_of(viewer)}/events/reusetrace"
    tap.same("alone, it narrows what the module traces", "8080,8081",
             text_of(PORTS))
    tap.check("the kernel filters binds",
              "bound_port == 8081" in text_of(f"{events}/bind/filter"),
              text_of(f"{events}/bind/filter"))
    tap.check("and picks", "dport == 8080" in text_of(f"{events}/steer/filter"),
              text_of(f"{events}/steer/filter"))
    tap.same("what is not asked for is off", "0",
             text_of(f"{events}/tw_enter/enable"))
    tap.same("the module's instance has no filter", "none",
             text_of(f"{OWN}/events/reusetrace/bind/filter"))
    other = rtlib.Viewer("-P", "8082")
    tap.same("a second one makes it wide again", "", text_of(PORTS))
    for port in (8080, 8081, 8082, 8083):
        binds(10, port)
    other.stop()
    viewer.stop()
    tap.same("the one sees its ports", 20, counted(viewer))
    tap.same("the other its own", 10, counted(other))

    with open(PORTS, "w", encoding="ascii") as file:
        file.write("8080")
    viewer = rtlib.Viewer("-P", "8081")
    tap.same("a list somebody gave stays", "8080", text_of(PORTS))
    viewer.stop()
    tap.check("and the viewer says what it will not see",
              "does not trace port 8081" in viewer.messages, viewer.messages)
    tap.same("it stays afterwards, too", "8080", text_of(PORTS))
    with open(PORTS, "w", encoding="ascii") as file:
        file.write("\n")


def endings(tap):
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        viewer = rtlib.Viewer("-P", "8080", "-b", "64")
        # Up to 6.1 the kernel says what the whole pages hold: a little more.
        size = int(text_of(f"{folder_of(viewer)}/buffer_size_kb"))
        tap.check("its buffers have the size asked for", 64 <= size < 72, size)
        viewer.process.send_signal(getattr(signal, name))
        viewer.process.wait(60)
        tap.same(f"{name}: all is as it was", (["reusetrace"], ""),
                 (instances(), text_of(PORTS)))
    command = subprocess.Popen(
        ["reusetrace-view", "-q", "-P", "8080", "--", "sh", "-c",
         "trap '' INT; echo; while :; do sleep 0.1; done"],
        stdout=subprocess.PIPE)
    command.stdout.readline()
    command.send_signal(signal.SIGINT)
    command.send_signal(signal.SIGINT)
    while command.poll() is None:
        command.send_signal(signal.SIGINT)
    tap.same("SIGINT twice: it ends before a COMMAND that does not", 130,
             command.returncode)
    subprocess.run(["pkill", "-f", "trap '' INT"], check=False)
    tap.same("and all is as it was", (["reusetrace"], ""),
             (instances(), text_of(PORTS)))
    viewer = rtlib.Viewer("-P", "8080")
    viewer.process.kill()
    viewer.process.wait(60)
    tap.same("SIGKILL: something is left", (2, "8080"),
             (len(instances()), text_of(PORTS)))
    viewer = rtlib.Viewer()
    tap.same("the next viewer tidies up", (2, ""),
             (len(instances()), text_of(PORTS)))
    viewer.stop()


def beside_a_reader(tap):
    rtlib.load_module()
    binds(3, 8080)
    with open("/tmp/pipe", "wb") as out:
        reader = subprocess.Popen(["cat", f"{OWN}/trace_pipe"], stdout=out)
        rtlib.wait_until(lambda: os.path.getsize("/tmp/pipe"), "trace_pipe")
        viewer = rtlib.Viewer("-P", "8080")
        tap.same("ports= stays for the reader's sake", "", text_of(PORTS))
        binds(100, 8080)
        binds(100, 8081)
        viewer.stop()

        def lines():
            with open("/tmp/pipe", encoding="utf-8", errors="replace") as file:
                return file.read().count(" bind: ")
        rtlib.wait_until(lambda: lines() >= 203, "the reader to see all")
        tap.same("a reader of the module's instance sees all", 203, lines())
        tap.same("the viewer too, from its start on", 100, counted(viewer))
        reader.kill()
        reader.wait()


def unloading(tap):
    viewer = rtlib.Viewer(expect=(1,))
    rtlib.unload_module()
    tap.same("without the module the viewer ends with status 1", 1,
             viewer.process.wait(60))
    viewer.err.seek(0)
    tap.check("and says so", "was unloaded" in viewer.err.read())
    tap.same("and nothing is left", [], instances())


def main():
    with rtlib.Tap() as tap:
        rtlib.load_module()
        two_viewers(tap)
        filters(tap)
        endings(tap)
        beside_a_reader(tap)
        unloading(tap)


main()
