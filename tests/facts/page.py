#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Makes Documentation/fact-check.md of the verdicts that are kept.

    page.py                 write it
    page.py --check         status 1 when it is not what would be written
    page.py --keep SERIES FOLDER
                            keep what run.sh found on that kernel, in the files
                            found and e10, and write the page"""

import json
import os
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path[:0] = [HERE, os.path.dirname(HERE)]
import kernels  # noqa: E402
import play  # noqa: E402

PAGE = os.path.join(ROOT, "Documentation", "fact-check.md")
WORD = {"holds": "holds", "only": "holds only if", "not": "does not hold"}
MARK = {"holds": "✓", "only": "(✓)", "not": "✗"}
HEAD = """\
# What is said about these options, checked

Twenty-two things that tutorials, articles and manuals say of `SO_REUSEADDR`, `SO_REUSEPORT` \
and TIME_WAIT, each tried on {count} kernels. The verdicts were found, not assumed: a short \
program does what the sentence says, `reusetrace` records what the kernel decides, and the \
verdict is computed from that trace. `make fact-check` does it all again and writes this page; \
`make check` fails when a kernel's verdict is another than here.

- **The programs** run as root in a network namespace of their own. One process plays all \
parts and takes the name of each as it goes, so that the trace tells `s1` from `s2`. \
`server()` binds and listens, or gives `None` when EADDRINUSE says no; `tries()` does the same \
and closes again; `call()` is a client. The rest is in \
[tests/facts/net.py](../tests/facts/net.py), the computed verdicts at the end of each \
`tests/facts/cNN.py`.
- **The trace** is what `reusetrace-view report -v` prints, without lines that prove nothing \
here. `*` stands for what differs from run to run: clients' ports, times, hashes.
- **Figures** are of one run in the project's virtual machine, which has as many workers as \
CPUs where it says so. Without KVM its CPUs are emulated one after the other, so computing \
side by side gains nothing there. They show a direction and promise nothing.
- **No time is travelled**: nothing here waits for a TIME_WAIT to end; C11 and C22 read its \
length from the kernel's own timer in the trace.

✓ holds, (✓) holds only if …, ✗ does not hold
"""


E10 = """\
## E10: three accept designs, as many workers as CPUs

`WORKERS=$(nproc) userspace/demo/e10.sh`: 200 clients at once, to one process that hands over, \
to one listener that all workers share, and to a listener for each. Three runs of about a second, \
the first of which reads the programs from disk. A ratio that is above one in one run and below it \
in the next says no more than that no difference can be seen here.
"""


def kept(series):
    try:
        with open(kernels.kept_path("facts", series), encoding="utf-8") as file:
            return json.load(file)
    except FileNotFoundError:
        return {}


def found_in(folder):
    with open(os.path.join(folder, "found"), encoding="utf-8") as file:
        found = json.load(file)
    with open(os.path.join(folder, "e10"), encoding="utf-8") as file:
        found["e10"] = {"verdict": "measured", "measured": e10(file.read())}
    return found


def e10(text):
    """What each worker got in the first run, and how fast all of them were."""
    shares = zip(re.findall(r"^--- (hand-over|shared|own): ", text, re.M),
                 re.findall(r"Accepted per worker: (.*?)\. ", text))
    runs = {design: re.findall(f"Throughput, {design} against hand-over: "
                               r"([\d.]+) to 1", text)
            for design in ("shared", "own")}
    return ("accepted " + ", ".join(map(" ".join, list(shares)[:3]))
            + "; throughput against hand-over, run by run: "
            + "; ".join(f"{design} {', '.join(ratios)}"
                        for design, ratios in runs.items()))


def keep(series, found):
    """Figures stay while the verdict does: the page then stays, too."""
    before = kept(series)
    for name, finding in found.items():
        finding.pop("lossy", None)
        if not finding["verdict"]:
            sys.exit(f"page.py: {name} on {series} has no verdict; nothing is "
                     "kept. Its trace:\n" + "\n".join(finding["text"]))
        old = before.get(name, {})
        if "measured" in old and old["verdict"] == finding["verdict"]:
            finding["measured"] = old["measured"]
    before.update(found)
    path = kernels.kept_path("facts", series)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        json.dump(before, file, indent=1, sort_keys=True)
        file.write("\n")


def program_of(name):
    """What the claim's file has between its verdicts and what judges them."""
    with open(os.path.join(HERE, name + ".py"), encoding="utf-8") as file:
        text = file.read()
    text = re.search(r"^VERDICTS = \{.*?^\}\n(.*?)^def verdict", text,
                     re.M | re.S)[1]
    return text.strip("\n").expandtabs(8)


class Page:
    def __init__(self):
        self.outcomes = {series: kept(series) for series in kernels.all_series()}
        self.outcomes = {s: found for s, found in self.outcomes.items()
                         if found}
        self.claims = play.all_claims()

    def text(self):
        parts = [HEAD.format(count=len(self.outcomes)), self.table()]
        parts += [self.section(name) for name in self.claims]
        parts += [E10, *self.figures("e10")]
        return "\n".join(parts)

    def mark(self, series, name):
        finding = self.outcomes[series].get(name)
        if not finding:
            return "not tried"
        return MARK[self.judged(name, finding)[0]]

    @staticmethod
    def judged(name, finding):
        return play.claim(name).VERDICTS[finding["verdict"]]

    def table(self):
        series = list(self.outcomes)
        rows = [f"| | the claim | {' | '.join(series)} |",
                "| --- | --- |" + " --- |" * len(series)]
        for name in self.claims:
            cells = " | ".join(self.mark(s, name) for s in series)
            anchor = f"[{name.upper().replace('C0', 'C')}](#{number(name)})"
            rows.append(f"| {anchor} | {play.claim(name).CLAIM} | {cells} |")
        return "\n".join(rows) + "\n"

    def grouped(self, name, key):
        """What was found -> the series it was found on."""
        found = {}
        for series, outcome in self.outcomes.items():
            if name in outcome and outcome[name].get(key):
                value = outcome[name][key]
                value = tuple(value) if isinstance(value, list) else value
                found.setdefault(value, []).append(series)
        return found

    def where(self, series):
        if len(series) == len(self.outcomes):
            return ""
        return "On " + " and ".join(series).replace(
            " and ", ", ", len(series) - 2) + ": "

    def section(self, name):
        module = play.claim(name)
        lines = [f'## <a id="{number(name)}"></a>{number(name).upper()}: '
                 f"“{module.CLAIM}”", ""]
        for verdict, series in self.grouped(name, "verdict").items():
            kind, words = module.VERDICTS[verdict]
            joint = " " if kind == "only" else ": "
            lines += [f"{self.where(series)}**{WORD[kind]}**{joint}{words}", ""]
        lines += self.figures(name)
        lines += ["```python", program_of(name), "```", ""]
        for proof, series in self.grouped(name, "proof").items():
            lines += [*(line for line in [self.where(series).strip()] if line),
                      "```", *proof, "```", ""]
        lines.append(f"To see it played: {demos(module.DEMO)}.")
        return "\n".join(line for line in lines) + "\n"

    def figures(self, name):
        rows = [f"- {series}: {outcome[name]['measured']}"
                for series, outcome in self.outcomes.items()
                if outcome.get(name, {}).get("measured")]
        return ["Measured:", "", *rows, ""] if rows else []


def number(name):
    return f"c{int(name[1:])}"


def demos(names):
    return ", ".join(f"`make demo DEMO={name.lower()}`"
                     for name in names.split())


def is_current():
    try:
        with open(PAGE, encoding="utf-8") as there:
            return there.read() == Page().text()
    except FileNotFoundError:
        return False


def write():
    with open(PAGE, "w", encoding="utf-8") as out:
        out.write(Page().text())


def main(args):
    if args == ["--check"]:
        return 0 if is_current() else 1
    if len(args) == 3 and args[0] == "--keep":
        keep(args[1], found_in(args[2]))
    elif args:
        sys.stderr.write(__doc__ + "\n")
        return 2
    write()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
