# SPDX-License-Identifier: GPL-2.0-only
"""C1: SO_REUSEADDR over TIME_WAIT and ESTABLISHED."""

from net import PORT, call, close_first, server, tries

CLAIM = ("SO_REUSEADDR lets a server bind while connections in TIME_WAIT or "
         "ESTABLISHED still use the port.")
DEMO = "E1 E3"
VERDICTS = {
    "both": ("only", "the server those connections came to had set it, too: a "
             "connection inherits the option of its listener and keeps it in "
             "TIME_WAIT. Setting it on the new server alone is not enough."),
    "alone": ("holds", "the option of the new server is enough."),
}


def program():
    for old, port, option in ("plain", PORT, False), ("set", PORT + 1, True):
        listener = server(old, port=port, reuseaddr=option)
        client = call(port=port)
        conn, _ = listener.accept()
        listener.close()
        tries(old + "-est", port=port, reuseaddr=True)
        close_first(conn, client)
        tries(old + "-tw", port=port, reuseaddr=True)


def verdict(trace):
    plain = trace.result("plain-est"), trace.result("plain-tw")
    both = trace.result("set-est"), trace.result("set-tw")
    return {(("EADDRINUSE",) * 2, ("ok",) * 2): "both",
            (("ok",) * 2, ("ok",) * 2): "alone"}.get((plain, both))
