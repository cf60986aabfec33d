#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Runs cmocka programs and passes their TAP on, each stream under its name.
set -u -o pipefail

export CMOCKA_MESSAGE_OUTPUT=TAP
failed=0
for bin; do
	printf '# %s\n' "$(basename "$bin")"
	# cmocka 1.1.5 has "not ok" for a skipped test, and none has a reason.
	"$bin" | awk '
		sub(/^# because: /, "") { reason = $0; next }
		/^(not )?ok [0-9]+ .*# SKIP/ {
			sub(/^not /, "")
			$0 = $0 ": " reason
		}
		{ print; fflush() }' || failed=1
done
exit $failed
