# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2154
#
# What the scripts here share; bench.sh and growth.sh set $root and $here.

# apart COMMAND...: in a network namespace of its own, which takes its TIME_WAITs
# with it
apart()
{
	# shellcheck disable=SC2016 # the other shell's
	unshare --net sh -c 'ip link set lo up && exec "$0" "$@"' "$@"
}

# one FILE COMMAND...: its output in FILE, whole or not at all
one()
{
	local file=$1

	shift
	[ ! -s "$file" ] || return 0
	"$@" >"$file.new" 2>"$file.err" && mv "$file.new" "$file"
}

# title SERIES: what the figures are worth nothing without
title()
{
	local dir commit

	dir=$("$root/scripts/kernel.sh" "$1")
	commit=$(git -C "$root" rev-parse --short HEAD)
	[ -z "$(git -C "$root" status --porcelain -- module)" ] || commit+=" with changes"
	echo "$(<"$dir/release"), $(grep -m1 CONFIG_CC_VERSION_TEXT "$dir"/boot/config-* |
		sed 's/.*="\(.*\)"/\1/'), commit $commit"
}

# into_page NAME: standard input, between the two marks of that name on the page
into_page()
{
	local page=$root/Documentation/performance.md

	TEXT=$(cat) awk -v name="$1" '
		$0 == "<!-- " name ": end -->" { skip = 0 }
		!skip
		$0 == "<!-- " name ": begin -->" { skip = 1; print "\n" ENVIRON["TEXT"] "\n" }
	' "$page" >"$page.new"
	cat "$page.new" >"$page"
	rm "$page.new"
}
