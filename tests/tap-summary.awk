# SPDX-License-Identifier: GPL-2.0-only
# Counts the results in TAP streams: "N passed, N failed, N skipped".
# A stream that ends before its plan, or has none, counts as one failure.

function close_stream()
{
	if (FILENAME_SEEN == "")
		return
	if (planned != seen) {
		failed++
		printf "%s: %d tests planned, %d seen\n", FILENAME_SEEN, \
			planned, seen > "/dev/stderr"
	}
}

FNR == 1 { close_stream(); FILENAME_SEEN = FILENAME; planned = -1; seen = 0 }
/^1\.\.[0-9]+/ { split($1, plan, "\\.\\."); planned = (planned < 0 ? 0 : planned) + plan[2] }
/^ok .*# SKIP/ { skipped++; seen++; next }
/^ok/ { passed++; seen++ }
/^not ok/ {
	failed++
	seen++
	printf "%s: %s\n", FILENAME, $0 > "/dev/stderr"
}
END {
	close_stream()
	printf "%d passed, %d failed, %d skipped\n", passed, failed, skipped
	exit failed > 0 || passed == 0
}
