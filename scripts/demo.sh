#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# make demo: build the programs, then play experiments in the virtual machine.
# Usage: demo.sh [EXPERIMENT...]     (default: all that are classics)

set -euo pipefail
cd "$(dirname "$0")/.."

make -s userspace
exec scripts/vm.sh --timeout 300 -- userspace/demo/run.sh "$@"
