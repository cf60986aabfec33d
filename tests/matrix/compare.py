# SPDX-License-Identifier: GPL-2.0-only
"""Holds what the kernel answered in each cell against what the model says and
against what the module told, event by event."""

import collections
import itertools
import json
import subprocess

import results

ADDRINUSE = "EADDRINUSE"
ROOT, HOLDER_USER = 0, 1000
SHOWN = 5
BIND_PROBES = ("inet_csk_", "inet_bhash2_", "udp_lib_")

ACCEPTED = ("time-wait", "time-wait/fin-wait2", "orphan", "established")
TIME_WAITS = ACCEPTED[:2]
ALIVE_AFTER_CLOSE = ("established", "client")
HOLDER_STATES = {
    "time-wait": "TIME_WAIT", "time-wait/fin-wait2": "TIME_WAIT",
    "orphan": "FIN_WAIT2", "established": "ESTABLISHED",
    "client": "ESTABLISHED", "listening": "LISTEN", "bound": "CLOSE",
    "connected": "ESTABLISHED",
}
# Of those that have a peer: who connect() is, a helper, the discard service.
PEER_PORTS = {state: range(1024, 7000) for state in ACCEPTED}
PEER_PORTS |= {"client": range(7001, 7007), "connected": (9,)}
SETTLED = {"0.0.0.0": "127.0.0.1", "::": "::1",
           "::ffff:0.0.0.0": "::ffff:127.0.0.1"}
ADD_REUSEADDR = {"-": "A", "P": "AP", "Pg": "APg"}
ADD_REUSEPORT = {"-": "P", "A": "AP"}


def events_of(viewer, trace):
    """The module's events, as the viewer tells them, and its last line."""
    process = subprocess.Popen(
        [viewer, "report", trace, "--json", "--quiet"], text=True,
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    for line in process.stdout:
        yield json.loads(line)
    process.wait()


class Check:
    """One thing that must hold in every cell."""

    def __init__(self, name):
        self.name = name
        self.count = 0
        self.wrong = 0
        self.shown = []

    def __call__(self, good, tell):
        self.count += 1
        if good:
            return True
        self.wrong += 1
        if len(self.shown) < SHOWN:
            self.shown.append(tell() if callable(tell) else str(tell))
        return False


class Stream:
    """Events in the order of time, cut where sockets of other cells begin."""

    def __init__(self, events):
        self.events = iter(events)
        self.next = next(self.events, None)

    def take(self, cookies):
        """All that come now and are about these sockets."""
        mine = []
        while self.next and self.next.get("cookie") in cookies:
            mine.append(self.next)
            self.next = next(self.events, None)
        return mine

    def comes(self, kind, cookie):
        return (self.next and self.next["type"] == kind
                and self.next["cookie"] == cookie)

    def skip(self):
        event, self.next = self.next, next(self.events, None)
        return event


class Comparison:
    """A run and its events."""

    def __init__(self, run, events):
        self.run = run
        self.events = Stream(events)
        self.orphan_uid = ROOT if run.orphans == "root" else HOLDER_USER
        self.errnos = {}       # number -> errno
        self.by_cache = set()  # numbers
        self.suggested = []    # cell, fixes, uid of the holder
        self.notes = collections.Counter()
        self.told = Check("each request has its events, in order, and there "
                          "are no others")
        self.model = Check("the kernel answers as the rules and the cache say")
        self.result = Check("the bind event has the kernel's answer")
        self.why = Check("it says why, the fast-reuse cache included")
        self.rule = Check("each EADDRINUSE has the rule, the overlap and all "
                          "that blocks")
        self.holder = Check("the holder named is the one of the cell, as it is")
        self.sure = Check("nothing is inferred or cut short")
        self.works = Check("each fix works, once applied")
        self.least = Check("no part of a fix works")
        self.gone = Check("each holder that went away stands in nobody's way")
        self.lost = Check("no event was lost, no probe missed")

    def checks(self):
        return (self.told, self.model, self.result, self.why, self.rule,
                self.holder, self.sure, self.works, self.least, self.gone,
                self.lost)

    def go(self):
        while self.events.next and self.events.next.get("cookie") in \
                self.run.helpers:
            self.helper(self.events.skip())
        for cell in self.run.cells:
            self.one(cell)
        for three in self.run.threes:
            self.one_of_three(three)
        for number, errno in self.run.again:
            self.once_more(number, errno)
        for cell, fixes, uid in self.suggested:
            self.try_fixes(cell, fixes, uid)
        self.end(self.events.skip())
        return self

    def end(self, event):
        """After all there is the summary, and nothing of a bind was lost."""
        while event and event["type"] == "lost":
            probe = event["probe"]
            self.lost(probe and not probe.startswith(BIND_PROBES), event)
            event = self.events.skip()
        self.told(event and event["type"] == "summary", event)
        self.lost(event and event["lost"] == 0, event)

    # Which events a cell should have.

    def one(self, cell):
        cookies = {cell.listener, cell.holder, cell.requester} - {0}
        dims = self.run.dims.cell(cell.number)
        while (self.events.next and self.events.next["type"] != "summary"
               and self.events.next["cookie"] not in cookies):
            stranger = self.events.skip()
            self.told(False, lambda: f"nobody asked for {stranger}")
        events = collections.deque(self.events.take(cookies))
        for cookie, op in self.beforehand(cell, dims):
            self.granted(cell, events, cookie, op)
        if cell.kind == "spoilt":
            return
        self.errnos[cell.number] = cell.first.errno
        self.asked(cell, dims, events, cell.first, dims["state"], True)
        if cell.closed:
            self.asked(cell, dims, events, cell.closed, "time-wait", False)
        if cell.gone:
            self.asked(cell, dims, events, cell.gone, None, False)
            self.gone(cell.gone.errno == 0, lambda: self.tell(cell, dims))
        self.told(not events, lambda: f"{self.tell(cell, dims)}: also {events}")

    def helper(self, event):
        """The listeners that holders connect to come first."""
        self.told(event["type"] == "bind" and event["result"] == "ok", event)

    @staticmethod
    def beforehand(cell, dims):
        """What must be granted before the request that is looked at."""
        first = cell.listener or cell.holder
        yield first, "bind"
        if dims["op"] == "listen":
            yield cell.requester, "bind"
        if dims["state"] in ACCEPTED + ("listening",):
            yield first, "listen"

    def granted(self, cell, events, cookie, op):
        event = events.popleft() if events else None
        good = (event and event["type"] == "bind" and event["op"] == op
                and event["cookie"] == cookie and event["result"] == "ok")
        self.told(good, lambda: f"{self.tell(cell)}: {op} of {cookie}: {event}")

    # What each event should say.

    def asked(self, cell, dims, events, tried, state, first):
        conflict = None
        if events and events[0]["type"] == "bind_conflict":
            conflict = events.popleft()
        event = events.popleft() if events else None
        tell = lambda: (f"{self.tell(cell, dims)}: {tried}\n"
                        f"  {event}\n  {conflict}")
        refused = tried.errno == results.ADDRINUSE
        if not self.told(event and event["type"] == "bind"
                         and event["cookie"] == cell.requester
                         and event["op"] == dims["op"]
                         and refused == (conflict is not None), tell):
            return
        self.model(refused != tried.allowed and tried.errno in
                   (0, results.ADDRINUSE), tell)
        self.check_bind(cell, tried, event, first, tell)
        if conflict:
            self.check_conflict(dims, cell, tried, conflict, state, tell)
            if first and conflict["holder"]:
                self.suggested.append((cell, conflict["fixes"],
                                       conflict["holder"]["uid"]))

    def check_bind(self, cell, tried, event, first, tell):
        good = tried.errno == 0
        asked = cell.port
        self.result(event["result"] == ("ok" if good else ADDRINUSE)
                    and event["port"] == asked
                    and event["bound_port"] == (asked if good else None), tell)
        if good:
            self.why(event["why"] == tried.why, tell)
            if first and tried.why == "cache":
                self.by_cache.add(cell.number)

    def check_conflict(self, dims, cell, tried, event, state, tell):
        self.rule(all(event[key] == getattr(tried, key) for key in
                      ("rule", "overlap", "reuseaddr_blocked_by",
                       "reuseport_blocked_by")), tell)
        self.sure("inferred" not in event and "truncated" not in event, tell)
        self.check_holder(dims, cell, event["holder"] or {}, state, tell)

    def check_holder(self, dims, cell, holder, state, tell):
        addr = dims["holder-addr"].split()[0]
        connected = state not in ("listening", "bound")
        on_lo = dims["device"] in ("holder-lo", "both-lo", "different")
        uid = {"orphan": self.orphan_uid, "time-wait": None,
               "time-wait/fin-wait2": None}.get(state, HOLDER_USER)
        expected = {
            "state": HOLDER_STATES[state], "cookie": cell.holder,
            "addr": SETTLED.get(addr, addr) if connected else addr,
            "family": "inet6" if ":" in addr else "inet",
            "port": cell.port, "orphan": state == "orphan", "uid": uid,
            "reuseaddr": "A" in dims["holder-options"],
            "reuseport": "P" in dims["holder-options"],
        }
        peers = PEER_PORTS.get(dims["state"], (None,))
        good = (all(holder.get(k) == v for k, v in expected.items())
                and bool(holder.get("ifindex")) == on_lo
                and holder.get("peer_port") in peers
                and (holder.get("peer_addr") is not None) == connected)
        self.holder(good, lambda: f"{tell()}\n  expected {expected}")

    # The same for one of three sockets.

    def one_of_three(self, three):
        conflict = event = None
        if self.events.comes("bind_conflict", three.cookie):
            conflict = self.events.skip()
        if self.events.comes("bind", three.cookie):
            event = self.events.skip()
        refused = three.tried.errno != 0
        tell = lambda: f"{three}\n  {event}\n  {conflict}"
        if not self.told(event and event["op"] == three.op
                         and refused == (conflict is not None), tell):
            return
        self.model(refused != three.tried.allowed, tell)
        self.check_bind(three, three.tried, event, False, tell)
        if conflict:
            self.check_one_of_several(three, conflict, tell)

    def check_one_of_several(self, three, event, tell):
        """Any that refuses may be named, a listener if there is one."""
        self.sure("inferred" not in event and "truncated" not in event, tell)
        named = three.against.get((event["holder"] or {}).get("cookie"))
        listening = any(h.listening for h in three.against.values())
        if self.holder(named and named.listening == listening, tell):
            self.rule(all(event[key] == getattr(named, key) for key in
                          ("rule", "overlap", "reuseaddr_blocked_by",
                           "reuseport_blocked_by")), tell)

    def once_more(self, number, errno):
        """A TIME_WAIT is over; its own cell's requester tries again."""
        self.gone(errno == 0, lambda: f"{self.run.dims.cell(number)}: {errno}")
        event = self.events.next
        if event and event["type"] == "bind":
            self.events.skip()
        self.told(event and event["type"] == "bind" and
                  event["result"] == "ok" and
                  event["op"] == self.run.dims.cell(number)["op"],
                  lambda: f"{self.run.dims.cell(number)} again: {event}")

    # Fixes, tried on the cells that differ by just that.

    def try_fixes(self, cell, fixes, holder_uid):
        dims = self.run.dims.cell(cell.number)
        for fix in fixes:
            tell = lambda: f"{self.tell(cell, dims)}: {fix} of {fixes}"
            if fix[-1] in ("holder:close", "wait"):
                self.try_departure(cell, dims, fix, tell)
                continue
            number = self.changed(dims, fix, holder_uid)
            self.works(self.errnos.get(number) == 0, tell)
            for n in range(1, len(fix)):
                for part in itertools.combinations(fix, n):
                    self.check_part(dims, part, holder_uid,
                                    lambda: f"{tell()}: {part}")

    def check_part(self, dims, part, holder_uid, tell):
        number = self.changed(dims, part, holder_uid)
        if number in self.by_cache:
            self.notes["fixes of which a part is enough thanks to the cache"] += 1
        else:
            self.least(self.errnos.get(number) != 0, tell)

    def try_departure(self, cell, dims, fix, tell):
        """What was played with the cell itself."""
        waits = dims["state"] in TIME_WAITS + ("orphan",)
        stays = dims["state"] in ALIVE_AFTER_CLOSE
        self.works(fix == (["wait"] if waits else ["holder:close", "wait"]
                           if stays else ["holder:close"]), tell)
        if not cell.closed:
            return
        if (cell.closed.errno == 0 and
                cell.first.rule == "reuseport-other-user"):
            self.notes["connections of another user's, of which the TIME_WAIT "
                       "is tolerated"] += 1
        else:
            self.least(cell.closed.errno != 0,
                       lambda: f"{tell()}: closing is enough")

    def changed(self, dims, changes, holder_uid):
        """The number of the cell that these changes make of another."""
        dims = dict(dims)
        for change in changes:
            if change == "same-user":
                dims["user"] = "root" if holder_uid == ROOT else "same"
                continue
            side, option = change.split(":")
            key = "options" if side == "requester" else "holder-options"
            add = ADD_REUSEADDR if option.endswith("ADDR") else ADD_REUSEPORT
            dims[key] = add[dims[key]]
        return self.run.dims.number(dims)

    def tell(self, cell, dims=None):
        dims = dims or self.run.dims.cell(cell.number)
        return f"{cell.number} " + " ".join(f"{k}={v}" for k, v in dims.items())
