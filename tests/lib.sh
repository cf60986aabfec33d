# SPDX-License-Identifier: GPL-2.0-only
# TAP for shell tests: source this, call check() and skip(), end with done_testing.

tap_count=0
tap_failed=0

# check NAME COMMAND...: ok when the command succeeds
check()
{
	local name=$1

	shift
	tap_count=$((tap_count + 1))
	if "$@"; then
		echo "ok $tap_count - $name"
	else
		echo "not ok $tap_count - $name"
		tap_failed=$((tap_failed + 1))
	fi
}

# skip NAME REASON
skip()
{
	tap_count=$((tap_count + 1))
	echo "ok $tap_count - $1 # SKIP $2"
}

# note TEXT...: seen in the log, not counted
note()
{
	printf '# %s\n' "$*"
}

# same NAME EXPECTED ACTUAL
same()
{
	if [ "$2" != "$3" ]; then
		note "expected: $2"
		note "     got: $3"
	fi
	check "$1" [ "$2" = "$3" ]
}

# contains NAME NEEDLE HAYSTACK
contains()
{
	case $3 in
	*"$2"*) check "$1" true ;;
	*)
		note "looked for: $2"
		note "in: $3"
		check "$1" false
		;;
	esac
}

done_testing()
{
	echo "1..$tap_count"
	[ "$tap_failed" -eq 0 ]
}
