#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Makes Documentation/bind-matrix.md of what is kept of the matrix.

    generate.py            write it
    generate.py --check    status 1 when it is not what would be written
    generate.py --print    on standard output

matrix.t --update plays the matrix and keeps it."""

import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path[:0] = [HERE, os.path.dirname(HERE)]
import document  # noqa: E402
import kept  # noqa: E402
import kernels  # noqa: E402
import results  # noqa: E402

DOCUMENT = os.path.join(ROOT, "Documentation", "bind-matrix.md")


def text():
    """All kernels that were played; a new series may not be there yet."""
    paths = [kernels.kept_path("matrix", series)
             for series in kernels.all_series()]
    return document.Document(
        [kept.read(path, results.Dims()) for path in paths
         if os.path.exists(path)],
        os.path.join(HERE, "shows")).text()


def write():
    with open(DOCUMENT, "w", encoding="utf-8") as out:
        out.write(text())


def is_current():
    try:
        with open(DOCUMENT, encoding="utf-8") as there:
            return there.read() == text()
    except FileNotFoundError:
        return False


def main(args):
    if args == ["--check"]:
        return 0 if is_current() else 1
    if args == ["--print"]:
        sys.stdout.write(text())
    elif args:
        sys.stderr.write(__doc__)
        return 2
    else:
        write()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
