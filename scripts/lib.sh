# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034 # variables are for those who source it
#
# What the scripts in this folder share: messages, the table of series, the
# cache and its locks. Sourced, never run.

# Everything cached can be deleted at any time; the next run makes it again.
RT_CACHE=${XDG_CACHE_HOME:-$HOME/.cache}/reusetrace
RT_SCRIPTS=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
RT_ROOT=${RT_SCRIPTS%/*}

# depmod and modprobe are not on every user's PATH.
PATH=$PATH:/usr/sbin:/sbin

# Mirrors can be replaced for machines that only reach their own.
RT_MIRROR=${REUSETRACE_MIRROR:-http://deb.debian.org/debian}
RT_SECURITY_MIRROR=${REUSETRACE_SECURITY_MIRROR:-http://deb.debian.org/debian-security}

say()
{
	printf 'reusetrace: %s\n' "$*" >&2
}

die()
{
	say "$@"
	exit 1
}

die_usage()
{
	say "$@"
	exit 2
}

# help_text: the comment block at the top of the calling script is its help.
help_text()
{
	sed -n '3,${/^#/!q;s/^# \{0,1\}//p}' "$0"
}

# need COMMAND...: stop unless the programs are there.
need()
{
	local cmd

	for cmd; do
		command -v "$cmd" >/dev/null ||
			die "$cmd is missing; run $RT_SCRIPTS/deps.sh, or install what has it"
	done
}

series_list()
{
	awk '!/^#/ && NF { print $1 }' "$RT_SCRIPTS/kernels"
}

# series_row SERIES: set ROW_SUITES, ROW_SECURITY, ROW_IMAGE and ROW_HEADERS.
series_row()
{
	local series

	while read -r series ROW_SUITES ROW_SECURITY ROW_IMAGE ROW_HEADERS; do
		[[ $series == "$1" ]] && return 0
	done <"$RT_SCRIPTS/kernels"
	die_usage "no kernel series \"$1\"; there are: $(series_list | xargs)"
}

# help_or_series [ARG...]: for scripts that take a series and nothing else. Sets
# SERIES and its row.
help_or_series()
{
	case ${1:-} in
	-h | --help)
		help_text
		exit
		;;
	esac
	[[ $# == 1 ]] || die_usage "one kernel series is wanted: $(series_list | xargs)"
	SERIES=$1
	series_row "$SERIES"
}

# host_suite: the Debian suite of this machine, empty elsewhere.
host_suite()
{
	(
		ID='' VERSION_CODENAME=''
		# shellcheck source=/dev/null
		. /etc/os-release
		[[ $ID != debian ]] || echo "$VERSION_CODENAME"
	) 2>/dev/null
}

# in_series SERIES COMMAND [ARG...]: with the compiler that made its kernel; on
# a machine of the same suite that is the machine's own.
in_series()
{
	local series=$1

	shift
	series_row "$series"
	if [[ $ROW_SUITES == "$(host_suite)" ]]; then
		"$@"
	else
		"$RT_SCRIPTS/in-root.sh" "$series" "$@"
	fi
}

# with_lock NAME COMMAND [ARG...]: one run at a time, the others wait.
with_lock()
{
	local lock=$RT_CACHE/lock/$1

	shift
	mkdir -p "$RT_CACHE/lock" || die "cannot write to $RT_CACHE; set XDG_CACHE_HOME"
	(
		flock 9
		"$@"
	) 9>"$lock"
}

# fill DIR COMMAND [ARG...]: COMMAND ARG... NEWDIR makes what DIR shall hold.
# DIR appears only when all of it is there, so one that was interrupted is
# never mistaken for a good one. The caller holds the lock for DIR.
fill()
{
	local dir=$1 partial=$1.partial

	shift
	rm -rf "$partial"
	mkdir -p "$partial"
	"$@" "$partial"
	: >"$partial/.complete"
	rm -rf "$dir"
	mv "$partial" "$dir"
}

is_filled()
{
	[[ -e $1/.complete ]]
}

# contents FILE: nothing when it is not there.
contents()
{
	cat "$1" 2>/dev/null || true
}

# younger_than FILE MINUTES
younger_than()
{
	[[ -e $1 && -n $(find "$1" -mmin "-$2") ]]
}

# run_logged LOG WHAT COMMAND [ARG...]: quiet when it works, and when it does
# not, the end of the log and WHAT failed.
run_logged()
{
	local log=$1 what=$2 status

	shift 2
	# Not "if": in there a failing step of "$@" would not end it.
	set +e
	(
		set -e
		"$@"
	) >"$log" 2>&1
	status=$?
	set -e
	[[ $status != 0 ]] || return 0
	tail -n 40 "$log" >&2
	die "$what failed; the whole log is $log"
}
