#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# make shell, inside the virtual machine: load the module, then a shell.

insmod "$REUSETRACE_KO"
cat <<'TEXT'
The module is loaded in this throw-away machine. Try:
  reusetrace-view -- userspace/demo/e1.sh
  reusetrace-view -P 9527 &   then   userspace/demo/demo-server --help
Leave with exit or Ctrl-D; nothing of it stays.
TEXT
PATH=$PWD/userspace/demo:$PATH exec bash
