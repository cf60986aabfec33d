#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Plays the claims on this kernel and finds the verdict of each.

    play.py [CLAIM...]    c01 c02 ...; all when none is named

Runs in the VM, as root, the module loaded. Standard output is one JSON object:
for each claim its verdict, the lines that prove it, and what was measured."""

import glob
import importlib
import json
import os
import re
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
import telling  # noqa: E402

ATTEMPTS = 3		# where calls went unseen, it is played again


def all_claims():
    return sorted(os.path.basename(path)[:-3]
                  for path in glob.glob(os.path.join(HERE, "c[0-9][0-9].py")))


def claim(name):
    return importlib.import_module(name)


def skip_reason(name):
    return getattr(claim(name), "skip", lambda: "")()


def record(claims, path):
    """One recording of all; the programs' own words with it."""
    done = subprocess.run(
        ["reusetrace-view", "record", "-q", "-o", path, "--", sys.executable,
         os.path.join(HERE, "stage.py"), *claims],
        capture_output=True, text=True, check=False)
    if done.returncode not in (0, 3):
        raise RuntimeError(f"reusetrace-view record ended with "
                           f"{done.returncode}: {done.stderr}")
    return done.stderr


def report(path, *options):
    done = subprocess.run(["reusetrace-view", "report", path, *options],
                          capture_output=True, text=True, check=False)
    if done.returncode not in (0, 3):
        raise RuntimeError(f"reusetrace-view report ended with "
                           f"{done.returncode}: {done.stderr}")
    return done.stdout.splitlines()


def scenes(lines, said):
    """The claims' parts of a report: name -> (namespace, its lines). SAID
    gives what a program said in a line, None for other lines."""
    parts, name = {}, None
    for line in lines:
        words = (said(line) or "").split()
        if words[:2] == ["@", "end"]:
            name = None
        elif words[:1] == ["@"]:
            name = words[1]
            parts[name] = int(words[2]), []
        elif name:
            parts[name][1].append(line)
    return parts


def said_in_text(line):
    there = re.search(r"\| +(@ .*)", line)
    return there[1] if there else None


def traces(path, with_text):
    """Claim -> its Trace, of the recording; and whether calls were missed."""
    events = [json.loads(line) for line in report(path, "--json")]
    text = {}
    if with_text:
        text = scenes(report(path, "-v", "-q", "--timestamp=none"),
                      said_in_text)
    found = {}
    for name, (netns, part) in scenes(events, lambda e: e.get("line")).items():
        found[name] = telling.Trace(
            [e for e in part if e.get("netns", netns) == netns],
            text.get(name, (netns, []))[1])
    return found, any(e["type"] == "lost" for e in events)


def findings(name, trace):
    module = claim(name)
    found = {"verdict": module.verdict(trace),
             "proof": telling.proof(trace.text, getattr(module, "SHOW", ""),
                                    getattr(module, "VARIES", ""))}
    if trace.figures:
        found["measured"] = trace.figures
    if not found["verdict"]:
        found["text"] = trace.text or list(map(json.dumps, trace.events))
    return found


def judge(claims, known, with_text):
    """Claim -> findings. Where calls were missed, nothing is proved by what
    was not seen: a verdict that is not the KNOWN one is then tried again."""
    found = {}
    for _ in range(ATTEMPTS):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "trace.dat")
            started = time.monotonic()
            said = record(claims, path)
            recorded = time.monotonic()
            seen, lossy = traces(path, with_text)
            sys.stderr.write(f"{len(claims)} claims played in "
                             f"{recorded - started:.0f} s, read in "
                             f"{time.monotonic() - recorded:.0f} s\n")
        for name in claims:
            trace = seen.get(name, telling.Trace([], []))
            found[name] = {**findings(name, trace), "lossy": lossy}
        claims = [name for name in claims
                  if found[name]["verdict"] != known.get(name)]
        if not claims or not lossy:
            break
    if any(not finding["verdict"] for finding in found.values()):
        sys.stderr.write(said)
    return found


def play(claims, known=None, with_text=False):
    """KNOWN are the verdicts that are expected, by claim."""
    return judge([name for name in claims if not skip_reason(name)],
                 known or {}, with_text)


def main(args):
    unknown = set(args) - set(all_claims())
    if unknown:
        sys.exit(f"play.py: there is no claim {' '.join(unknown)}")
    json.dump(play(args or all_claims(), with_text=True), sys.stdout, indent=1)
    print()


if __name__ == "__main__":
    main(sys.argv[1:])
