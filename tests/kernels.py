# SPDX-License-Identifier: GPL-2.0-only
"""The kernels there are, and where a suite keeps what it found on each."""

import os

TESTS = os.path.dirname(os.path.abspath(__file__))


def all_series():
    path = os.path.join(os.path.dirname(TESTS), "scripts", "kernels")
    with open(path, encoding="utf-8") as table:
        return [line.split()[0] for line in table
                if line.strip() and not line.startswith("#")]


def kept_path(suite, series):
    """SUITE is a folder of tests/."""
    return os.path.join(TESTS, suite, "outcome", series)
