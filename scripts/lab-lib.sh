# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034 # variables are for those who source it
#
# What lab.sh and its helpers share: where labs are, and what lab.txt says.

LAB_ROOT=$RT_ROOT/Documentation/labs
LABS_DIR=${LABS_DIR:-$HOME/reusetrace-labs}

lab_folders()
{
	local dir

	for dir in "$LAB_ROOT"/[0-9m][0-9]*/lab.txt; do
		[[ ! -e $dir ]] || printf '%s\n' "${dir%/lab.txt}"
	done
}

# fact FILE KEY: the value of "KEY: value".
fact()
{
	sed -n "s/^$2: *//p" "$1"
}

# find_lab NN: LAB (01, m1), LAB_NAME (01-refused-restart), LAB_DIR, LAB_TITLE,
# LAB_KIND, LAB_NEEDS, LAB_SET, LAB_PLAY, LAB_VIEW and LAB_WORK, the student's
# folder.
find_lab()
{
	local dir name=$1 known=()

	[[ $name =~ ^[0-9]$ ]] && name=0$name
	for dir in $(lab_folders); do
		LAB_NAME=${dir##*/}
		LAB=${LAB_NAME%%-*}
		known+=("$LAB")
		[[ $name == "$LAB" || $name == "$LAB_NAME" ]] || continue
		LAB_DIR=$dir
		LAB_WORK=$LABS_DIR/$LAB_NAME
		read_lab_facts
		return
	done
	die_usage "there is no lab \"$1\"; there are: ${known[*]}"
}

read_lab_facts()
{
	local key value

	LAB_TITLE='' LAB_PLAY=() LAB_VIEW='' LAB_NEEDS='' LAB_SET='' LAB_KIND=lab
	while IFS=': ' read -r key value; do
		case $key in
		title) LAB_TITLE=$value ;;
		kind) LAB_KIND=$value ;;
		view) LAB_VIEW=$value ;;
		needs) LAB_NEEDS=$value ;;
		set) LAB_SET=$value ;;
		play) read -ra LAB_PLAY <<<"./$value" ;;
		esac
	done <"$LAB_DIR/lab.txt"
}

# fetch_needs: what else a lab plays with, once.
fetch_needs()
{
	[[ $LAB_NEEDS == servers ]] || return 0
	"$RT_SCRIPTS/deps.sh" servers
	"$RT_SCRIPTS/servers.sh" >/dev/null
}
