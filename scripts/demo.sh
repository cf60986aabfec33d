#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# make demo: build the programs, then play experiments in the virtual machine.
# Usage: demo.sh [EXPERIMENT...]     (default: all that are classics)

set -euo pipefail
cd "$(dirname "$0")/.."

make -s userspace
# Real servers are fetched for those who ask for them.
case " $* " in
*' e15 '* | *' every '*)
	scripts/deps.sh servers
	scripts/servers.sh >/dev/null
	;;
esac
exec scripts/vm.sh --timeout 600 -- userspace/demo/run.sh "$@"
