# SPDX-License-Identifier: GPL-2.0-only
"""What a run of matrix.c printed, and the short form of it that is kept."""

import collections

ADDRINUSE = 98

WHYS = (None, "port-free", "no-overlap", "reuseaddr", "reuseport",
        "reuseaddr+reuseport", "cache", "forced")
OVERLAPS = (None, "same-address", "holder-wildcard", "requester-wildcard",
            "both-wildcard")
RULES = (None, "reuseport-other-user", "listener-holds-port",
         "time-wait-holds-port", "connection-holds-port",
         "bound-socket-holds-port", "udp-socket-holds-port", "no-free-port")
REUSEADDR_BLOCKS = ("requester-unset", "holder-unset", "holder-listening")
REUSEPORT_BLOCKS = ("requester-unset", "holder-unset", "other-user",
                    "requester-in-group")

Try = collections.namedtuple("Try", "errno allowed why overlap rule "
                             "reuseaddr_blocked_by reuseport_blocked_by")
Three = collections.namedtuple("Three", "number port cookie op tried against")
Holder = collections.namedtuple("Holder", "overlap rule reuseaddr_blocked_by "
                                "reuseport_blocked_by listening")
Cell = collections.namedtuple("Cell", "kind number port listener holder "
                              "requester first closed gone")


def names_of(bits, names):
    return [name for i, name in enumerate(names) if bits >> i & 1]


def verdict_of(n):
    return (OVERLAPS[n[0]], RULES[n[1]], names_of(n[2], REUSEADDR_BLOCKS),
            names_of(n[3], REUSEPORT_BLOCKS))


def holders_of(text):
    """Of sockets that refuse a request: by cookie, what should be told."""
    found = {}
    for word in text.split(",")[1:]:
        n = [int(number) for number in word.split(":")]
        found[n[0]] = Holder(*verdict_of(n[1:5]), bool(n[5]))
    return found


class Tries(dict):
    """Parsed once: there are few different ones."""

    def __missing__(self, text):
        if text == "-":
            return None
        n = [int(word) for word in text.split(":")]
        self[text] = Try(n[0], bool(n[1]), WHYS[n[2]], *verdict_of(n[3:]))
        return self[text]


class Dims:
    """The dimensions of the matrix and the numbers of its cells."""

    def __init__(self):
        self.values = {}

    def add(self, name, values):
        self.values[name] = values

    def cell(self, number):
        """The names of a cell's values, by dimension."""
        found = {}
        for name, values in reversed(self.values.items()):
            number, i = divmod(number, len(values))
            found[name] = values[i]
        return found

    def number(self, cell):
        number = 0
        for name, values in self.values.items():
            number = number * len(values) + values.index(cell[name])
        return number

    @property
    def count(self):
        count = 1
        for values in self.values.values():
            count *= len(values)
        return count


class Run:
    """The lines of one run."""

    def __init__(self, path):
        self.dims = Dims()
        self.cells = []        # as played, spoilt ones among them
        self.helpers = []      # cookies
        self.again = []        # number, errno: once the TIME_WAIT was over
        self.threes = []       # requests in plays of three sockets
        self.seed = None       # of these
        self.tries = Tries()
        self.kernel = None
        self.release = None    # as uname -r says it
        self.orphans = "root"  # whose user they have
        with open(path, encoding="ascii") as lines:
            for line in lines:
                self.add(line.rstrip("\n").split("\t"))

    def add(self, words):
        kind = words[0]
        if kind in ("cell", "spoilt"):
            self.cells.append(Cell(kind, *map(int, words[1:6]),
                                   *(self.tries[w] for w in words[6:9])))
        elif kind == "again":
            self.again.append((int(words[1]), int(words[2])))
        elif kind == "three":
            self.threes.append(Three(int(words[1]), int(words[2]),
                                     int(words[3]), words[4],
                                     self.tries[words[5]],
                                     holders_of(words[6])))
        elif kind == "dim":
            self.dims.add(words[1], words[2:])
        elif kind == "seed":
            self.seed = int(words[1])
        elif kind == "helper":
            self.helpers.append(int(words[1]))
        elif kind == "kernel":
            self.kernel = words[1]
        elif kind == "release":
            self.release = words[1]
        elif kind == "orphans":
            self.orphans = words[1]
        else:
            raise ValueError(f"no such line: {words}")
