# SPDX-License-Identifier: GPL-2.0-only
"""BPF programs that pick a member by the client's port, by bpf(2) itself.

Each answers SPORT modulo MODULUS, so that the test knows the answer."""

import ctypes
import os
import resource
import socket
import struct

SYS_BPF = 321
MAP_CREATE, MAP_UPDATE, PROG_LOAD, LINK_CREATE = 0, 2, 5, 28
SOCKET_FILTER, SK_REUSEPORT, SK_LOOKUP = 1, 21, 30  # kinds of programs
SELECT, SELECT_OR_MIGRATE, AT_SK_LOOKUP = 39, 40, 36  # where they go
SOCKMAP, REUSEPORT_SOCKARRAY = 15, 20
SO_ATTACH_CBPF, SO_ATTACH_EBPF, SO_DETACH = 51, 52, 68
NO_REUSEPORT = 2
SK_DROP, SK_PASS = 0, 1

# Offsets in struct sk_reuseport_md and struct bpf_sk_lookup.
DATA, DATA_END, MIGRATING_SK, LOCAL_PORT = 0, 8, 48, 60

libc = ctypes.CDLL(None, use_errno=True)
# Before 5.11 programs and maps count as locked memory.
resource.setrlimit(resource.RLIMIT_MEMLOCK,
                   (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


def bpf(command, attr):
    buffer = ctypes.create_string_buffer(attr, max(len(attr), 128))
    got = libc.syscall(SYS_BPF, command, buffer, len(buffer))
    if got < 0:
        error = ctypes.get_errno()
        raise OSError(error, f"bpf({command}): {os.strerror(error)}")
    return got


def op(code, dst=0, src=0, off=0, imm=0):
    return struct.pack("<BBhi", code, dst | src << 4, off, imm)


def mov(dst, src):
    return op(0xbf, dst, src)


def mov_imm(dst, imm):
    return op(0xb7, dst, imm=imm)


def load32(dst, src, off):
    return op(0x61, dst, src, off)


def load64(dst, src, off):
    return op(0x79, dst, src, off)


def store32(off, src):
    """On the stack."""
    return op(0x63, 10, src, off)


def load_map(dst, fd):
    return op(0x18, dst, 1, imm=fd) + op(0)


def call(function):
    return op(0x85, imm=function)


def answer(value):
    return mov_imm(0, value) + op(0x95)


def load_program(kind, code, where=0):
    licence = ctypes.create_string_buffer(b"GPL")
    text = ctypes.create_string_buffer(code)
    attr = struct.pack("<IIQQIIQIIQII", kind, len(code) // 8,
                       ctypes.addressof(text), ctypes.addressof(licence),
                       0, 0, 0, 0, 0, 0, 0, where)
    # prog_name takes 16 bytes after prog_flags; where comes after the ifindex.
    return bpf(PROG_LOAD, attr[:48] + b"\0" * 16 + struct.pack("<II", 0, where))


def make_map(kind, entries, value_size):
    return bpf(MAP_CREATE, struct.pack("<IIII", kind, 4, value_size, entries))


def map_set(fd, key, sock):
    """The value of such a map is a socket's descriptor."""
    k = ctypes.create_string_buffer(struct.pack("<I", key))
    value = ctypes.create_string_buffer(struct.pack("<Q", sock.fileno()))
    bpf(MAP_UPDATE, struct.pack("<IIQQQ", fd, 0, ctypes.addressof(k),
                                ctypes.addressof(value), 0))


def sockarray(members):
    fd = make_map(REUSEPORT_SOCKARRAY, len(members), 8)
    for place, member in enumerate(members):
        map_set(fd, place, member)
    return fd


def classic(sock, modulus, family=socket.AF_INET):
    """SO_ATTACH_REUSEPORT_CBPF: A = the packet's source port; A %= modulus."""
    port_at = (0x100000000 - 0x100000) + (20 if family == socket.AF_INET else 40)
    code = b"".join(struct.pack("<HBBI", *insn) for insn in (
        (0x28, 0, 0, port_at), (0x94, 0, 0, modulus), (0x16, 0, 0, 0)))
    text = ctypes.create_string_buffer(code)
    sock.setsockopt(socket.SOL_SOCKET, SO_ATTACH_CBPF,
                    struct.pack("HL", 3, ctypes.addressof(text)))


def socket_filter(modulus, family=socket.AF_INET):
    """The same as an eBPF program of kind socket filter."""
    port_at = -0x100000 + (20 if family == socket.AF_INET else 40)
    return load_program(SOCKET_FILTER, mov(6, 1) + op(0x28, imm=port_at) +
                        op(0x97, 0, imm=modulus) + op(0x95))


def select(array, modulus, drop_from=1 << 30, where=0):
    """Kind SK_REUSEPORT, by a map; from the answer drop_from on: SK_DROP."""
    pick = (store32(-4, 4) + load_map(2, array) + mov(3, 10) +
            op(0x07, 3, imm=-4) + mov_imm(4, 0) + call(82) + answer(SK_PASS))
    drop = answer(SK_DROP)
    code = (load64(2, 1, DATA) + load64(3, 1, DATA_END) + mov(4, 2) +
            op(0x07, 4, imm=2) +
            # Too short for a port, as a migration's empty packet: place 0.
            op(0x2d, 4, 3, 3) + op(0x69, 4, 2) + op(0xdc, 4, imm=16) +
            op(0x05, off=1) + mov_imm(4, 0) +
            op(0x97, 4, imm=modulus) +
            op(0x35, 4, off=len(pick) // 8, imm=drop_from) + pick + drop)
    return load_program(SK_REUSEPORT, code, where)


def attach(sock, program):
    sock.setsockopt(socket.SOL_SOCKET, SO_ATTACH_EBPF, program)


def detach(sock):
    sock.setsockopt(socket.SOL_SOCKET, SO_DETACH, 0)


def redirect(port, target, flags=0):
    """Kind sk_lookup, in this namespace: what comes for a port, to a socket.
    In effect until what it returns is closed."""
    table = make_map(SOCKMAP, 1, 8)
    map_set(table, 0, target)
    assign = (mov(7, 0) + mov(1, 6) + mov(2, 7) + mov_imm(3, flags) +
              call(124) + mov(1, 7) + call(86))
    find = (mov_imm(2, 0) + store32(-4, 2) + mov(2, 10) + op(0x07, 2, imm=-4) +
            load_map(1, table) + call(1) +
            op(0x15, 0, off=len(assign) // 8, imm=0))
    code = (mov(6, 1) + load32(2, 1, LOCAL_PORT) +
            op(0x55, 2, off=(len(find) + len(assign)) // 8, imm=port) +
            find + assign + answer(SK_PASS))
    program = load_program(SK_LOOKUP, code, AT_SK_LOOKUP)
    netns = os.open("/proc/self/ns/net", os.O_RDONLY)
    return bpf(LINK_CREATE, struct.pack("<IIII", program, netns, AT_SK_LOOKUP,
                                        0))


def constant(sock, place):
    """A classic program that always answers the same."""
    code = struct.pack("<HBBI", 0x06, 0, 0, place)
    text = ctypes.create_string_buffer(code)
    sock.setsockopt(socket.SOL_SOCKET, SO_ATTACH_CBPF,
                    struct.pack("HL", 1, ctypes.addressof(text)))
