#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Documentation/fact-check.md says of this kernel what it does."""

import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(os.path.dirname(HERE), "facts")]
import page  # noqa: E402
import play  # noqa: E402
import rtlib  # noqa: E402

# Many seconds in a guest; make fact-check plays them, too.
LONG = ("c16", "c17")


def main():
    with rtlib.Tap() as tap:
        tap.check("Documentation/fact-check.md is what make fact-check makes "
                  "of tests/facts", page.is_current())
        known = {name: finding["verdict"] for name, finding
                 in page.kept(rtlib.series()).items()}
        rtlib.load_module()
        found = play.play([n for n in play.all_claims() if n not in LONG],
                          known)
        for name in play.all_claims():
            title = f"{name}: the verdict is the one on the page"
            if name in LONG:
                tap.skip(title, "takes long in a guest; make fact-check plays it")
            elif name not in found:
                tap.skip(title, play.skip_reason(name))
            elif (found[name]["lossy"]
                  and found[name]["verdict"] != known.get(name)):
                tap.skip(title, "the viewer says that it missed calls")
            else:
                if not found[name]["verdict"]:
                    tap.note("\n# ".join(found[name]["text"]))
                tap.same(title, known.get(name), found[name]["verdict"])


main()
