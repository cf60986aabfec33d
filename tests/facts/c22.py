# SPDX-License-Identifier: GPL-2.0-only
"""C22: after a crash."""

from net import PORT, call, end_all, fork, server, tries, wait_for_state

CLAIM = ("A program crash makes the port wait a few minutes; whoever closes "
         "first owns the TIME_WAIT.")
DEMO = "E3"
VERDICTS = {
    "first-closer": ("only", "the program had connections when it crashed, was "
                     "thus the first to close them, and it or the next one has "
                     "no SO_REUSEADDR. Then the port waits one minute from the "
                     "moment the client closes, too, not a few. A server nobody "
                     "was connected to, or whose clients closed first, can be "
                     "started again at once. The second half holds."),
    "always": ("holds", "whoever closed first."),
}


def program():
    end_all([fork("s1", serve, PORT)])		# nobody was connected
    tries("s2", port=PORT)

    pid = fork("s3", serve, PORT + 1)
    client = served(PORT + 1)
    end_all([pid])				# the server is the first to close
    client.close()
    wait_for_state("TIME_WAIT", PORT + 1)
    tries("s4", port=PORT + 1)

    pid = fork("s5", serve, PORT + 2)
    served(PORT + 2).close()			# the client is
    wait_for_state("CLOSE_WAIT", PORT + 2)
    end_all([pid])
    tries("s6", port=PORT + 2)


def serve(ready, port):
    """Until it is killed, as it would be by a crash."""
    listener = server("server", port=port)
    ready()
    conn, _ = listener.accept()
    conn.send(b"x")
    listener.accept()


def served(port):
    client = call(port=port)
    client.recv(1)
    return client


def verdict(trace):
    got = tuple(trace.result(who) for who in ("s2", "s4", "s6"))
    rules = [e["rule"] for e in trace.of("bind_conflict")]
    waits = {e["timeout_ms"] for e in trace.of("tw_enter", "tw_state")}
    if got == ("ok", "EADDRINUSE", "ok") and waits == {60000}:
        return "first-closer" if rules == ["time-wait-holds-port"] else None
    return "always" if "ok" not in got else None
