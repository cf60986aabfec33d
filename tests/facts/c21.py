# SPDX-License-Identifier: GPL-2.0-only
"""C21: close the listener, keep the connection."""

from net import PORT, call, server, tries

CLAIM = ("Closing the listening socket while keeping an accepted connection "
         "lets another process bind at once.")
DEMO = "E1"
VERDICTS = {
    "option": ("only", "both set SO_REUSEADDR, or both SO_REUSEPORT as the same "
               "user. Without, the connection that was kept holds the port for "
               "as long as it lives, and in TIME_WAIT after that."),
    "always": ("holds", "without any option."),
}
CASES = {"none": {}, "addr": {"reuseaddr": True}, "port": {"reuseport": True}}


def program():
    for i, (case, options) in enumerate(CASES.items()):
        listener = server("old", port=PORT + i, **options)
        client = call(port=PORT + i)
        conn, _ = listener.accept()
        listener.close()
        tries(case, port=PORT + i, **options)
        conn.close()
        client.close()


def verdict(trace):
    got = [trace.result(case) for case in CASES]
    return {("EADDRINUSE", "ok", "ok"): "option",
            ("ok", "ok", "ok"): "always"}.get(tuple(got))
