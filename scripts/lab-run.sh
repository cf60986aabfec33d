#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Usage: lab-run.sh DIR LAB
#
# Plays a lab on the running kernel, in a network namespace of its own, beside
# the viewer, and leaves the recording in DIR: trace.dat and run.txt. Needs
# root. With LAB_QUIET=1 nothing is shown, and the recording has the programs'
# lines in it too: so the recordings that labs ship with are made.

set -euo pipefail
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=lab-lib.sh
. "$RT_SCRIPTS/lab-lib.sh"

[[ $# == 2 ]] || die_usage "a folder and a lab are wanted; see lab.sh --help"
into=$1
find_lab "$2"
export DEMO_PREFIX=0 DEMO_NETNS=1
PATH=$PATH:$RT_ROOT/userspace

# load_module: ours to take away again only when it was not there before.
load_module()
{
	local ko=${REUSETRACE_KO:-$RT_ROOT/reusetrace.ko}

	[[ ! -d /sys/module/reusetrace ]] || return 0
	[[ -e $ko ]] || die "the module is not loaded, and $ko is not built; run make"
	insmod "$ko" || die "insmod $ko failed; reusetrace-view doctor says why"
	trap 'rmmod reusetrace || true' EXIT
}

# The namespaces end with us. All but 15 KB of a recording would be the names
# of the kernel's functions, which no event of ours needs.
own_namespaces()
{
	[[ ! ${LAB_INSIDE:-} ]] || return 0
	[[ $EUID == 0 ]] || die "a lab on the running kernel needs root"
	load_module
	LAB_INSIDE=yes unshare --net --mount "$0" "$into" "$LAB"
	exit
}

write_facts()
{
	cat >"$into/run.txt" <<-END
	# What this recording is of.
	lab: $LAB
	kernel: $(uname -r)
	netns: $netns
	END
}

# The recorder listens before the lab starts: it says so when it does.
start_recorder()
{
	local line

	exec {said}< <(exec reusetrace-view record -o "$into/trace.dat" 2>&1)
	recorder=$!
	while IFS= read -r -u "$said" line; do
		[[ $line != *recording\ into* ]] || return 0
		say "$line"
	done
	die "the recorder did not start"
}

stop_recorder()
{
	kill -INT "$recorder"
	cat <&"$said" >/dev/null
}

# play: 0, or 3 when the viewer says that it missed something.
play()
{
	local -a view=(-v)

	[[ ! -t 1 ]] || view=(-v --split)
	[[ -z $LAB_VIEW ]] || read -ra view <<<"$LAB_VIEW"
	reusetrace-view "${view[@]}" -N "$netns" -- "${LAB_PLAY[@]}"
}

play_and_record()
{
	local status=0

	start_recorder
	play || status=$?
	stop_recorder
	return "$status"
}

play_quietly()
{
	reusetrace-view record -q -o "$into/trace.dat" -- "${LAB_PLAY[@]}" >&2
}

[[ ! $LAB_SET ]] || export "${LAB_SET?}"
own_namespaces
ip link set lo up
mount --bind /dev/null /proc/kallsyms
cd "$RT_ROOT/userspace/demo"
netns=$(stat -Lc %i /proc/self/ns/net)
write_facts
status=0
if [[ ${LAB_QUIET:-} ]]; then
	play_quietly || status=$?
else
	play_and_record || status=$?
fi
[[ $status == 0 || $status == 3 ]] ||
	die "lab $LAB was not played to its end (status $status)"
