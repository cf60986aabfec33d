# SPDX-License-Identifier: GPL-2.0-only
"""C11: how long TIME_WAIT lasts."""

from net import call, say, server, wait_for_state

CLAIM = "TIME_WAIT lasts 60 to 120 seconds; up to 2 minutes."
DEMO = "E3"
VERDICTS = {
    "with-fin-wait": ("only", "the wait for the other side's FIN is counted in. "
                      "TIME_WAIT itself is 60 s, a constant of the kernel. "
                      "Before it, a connection whose peer does not close waits "
                      "in FIN_WAIT2 for net.ipv4.tcp_fin_timeout, 60 s unless "
                      "set; a FIN that comes late starts 60 s anew. `ss` shows "
                      "them apart, bind() does not care."),
    "sixty": ("not", "60 s in all, whatever the peer does."),
}


def program():
    listener = server("s1")
    client = call()
    conn, _ = listener.accept()
    conn.close()			# the client does not: FIN_WAIT2
    wait_for_state("FIN_WAIT2")
    say("only now does the client close")
    client.close()
    wait_for_state("TIME_WAIT")


def verdict(trace):
    enter = [e for e in trace.of("tw_enter") if e["port"] == 9527]
    late = [e for e in trace.of("tw_state") if e["port"] == 9527]
    if [e["timeout_ms"] for e in enter + late] != [60000, 60000]:
        return None
    return "with-fin-wait" if enter[0]["substate"] == "FIN_WAIT2" else "sixty"


SHOW = r" bind | tw_(enter|state) .*:9527 to |only now"
