# SPDX-License-Identifier: GPL-2.0-only
"""C12: data in TIME_WAIT."""

from net import call, say, server, wait_for_state

CLAIM = "A socket in TIME_WAIT may still have data waiting in a buffer."
DEMO = "E3"
VERDICTS = {
    "none": ("not", "a TIME_WAIT is a small record without buffers. A server "
             "that closes with something unread sends a reset, and there is no "
             "TIME_WAIT; one that closes with something unsent is in FIN_WAIT1 "
             "until the client has taken all of it, and only then in TIME_WAIT."),
    "data": ("holds", "there is a TIME_WAIT with data."),
}


def program():
    listener = server("s1")

    say("the server closes and has not read what came")
    client, conn = pair(listener)
    client.send(b"unread")
    conn.recv(1)
    conn.close()
    try:
        client.recv(1)
    except ConnectionResetError:
        say("the client gets a reset")

    say("the server closes, and the client has not taken what was sent")
    client, conn = pair(listener)
    conn.setblocking(False)
    try:
        while True:
            conn.send(bytes(65536))
    except BlockingIOError:
        conn.close()
    wait_for_state("FIN_WAIT1")
    say("now the client reads all of it, and closes")
    while client.recv(65536):
        pass
    client.close()
    wait_for_state("TIME_WAIT")


def pair(listener):
    client = call()
    return client, listener.accept()[0]


def verdict(trace):
    before, after = trace.split("now the client reads")
    waits = [sum(e["type"] == "tw_enter" and e["port"] == 9527 for e in part)
             for part in (before, after)]
    reset = bool(trace.lines("gets a reset"))
    return "none" if reset and waits == [0, 1] else "data"


SHOW = r" tw_enter .*:9527 to |\| "
VARIES = r"(FIN_WAIT2|TIME_WAIT) for 60.0 s(, the peer has yet to close)?"
