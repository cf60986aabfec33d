# SPDX-License-Identifier: GPL-2.0-only
import socket as s
held = [s.socket(type=s.SOCK_DGRAM) for _ in range(12)]
[x.bind((f"127.0.0.{i + 1}", 7777)) for i, x in enumerate(held)]
wide = s.socket(type=s.SOCK_DGRAM)
wide.bind(("0.0.0.0", 7777))
