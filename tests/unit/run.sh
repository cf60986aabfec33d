#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Runs cmocka programs and passes their TAP on, each stream under its name.
set -u

export CMOCKA_MESSAGE_OUTPUT=TAP
failed=0
for bin; do
	printf '# %s\n' "$(basename "$bin")"
	"$bin" || failed=1
done
exit $failed
