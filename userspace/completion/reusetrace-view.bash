# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# bash completion for reusetrace-view. Commands and options come from --help, so
# that they are always those of the program.

_reusetrace_view_options()
{
	reusetrace-view --help 2>/dev/null |
		grep -oE '(^|[ ,])--[a-z][a-z-]*=?' | tr -d ' ,'
}

_reusetrace_view_verbs()
{
	reusetrace-view --help 2>/dev/null |
		sed -n 's/^  reusetrace-view \([a-z][a-z]*\).*/\1/p'
}

# The values an option takes, one word each; nothing for free text.
_reusetrace_view_values()
{
	case $1 in
	-e | --event)
		reusetrace-view --event=? 2>&1 | sed -n 's/.*there are //p' |
			tr -d ,
		;;
	--timestamp | --color)
		reusetrace-view "$1=?" 2>&1 |
			sed -n 's/.*must be one of //p' | tr '|' ' '
		;;
	esac
}

_reusetrace_view()
{
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}
	local i verb=''

	COMPREPLY=()
	for ((i = 1; i < COMP_CWORD; i++)); do
		# What follows -- is a command of its own.
		if [[ ${COMP_WORDS[i]} == -- ]]; then
			if declare -F _command_offset >/dev/null; then
				_command_offset $((i + 1))
			fi
			return
		fi
	done
	[[ $COMP_CWORD -eq 1 ]] || verb=${COMP_WORDS[1]}
	# bash makes three words of --option=value.
	if [[ $prev == = ]]; then
		prev=${COMP_WORDS[COMP_CWORD-2]}
	elif [[ $cur == = ]]; then
		cur=''
	fi
	case $prev in
	-o | --output | -N | --netns)
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		return
		;;
	-c | --cgroup)
		mapfile -t COMPREPLY < <(compgen -d -- "${cur:-/sys/fs/cgroup/}")
		return
		;;
	-e | --event | --timestamp | --color)
		mapfile -t COMPREPLY < <(compgen -W "$(_reusetrace_view_values "$prev")" -- "$cur")
		return
		;;
	esac
	if [[ $cur == -* ]]; then
		mapfile -t COMPREPLY < <(compgen -W "$(_reusetrace_view_options)" -- "$cur")
		[[ ${COMPREPLY[0]-} != *= ]] || compopt -o nospace
	elif [[ $verb == report ]]; then
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
	elif [[ $verb == explain ]]; then
		mapfile -t COMPREPLY < <(compgen -W "$(reusetrace-view explain | awk '/^  / { print $1 }')" -- "$cur")
	elif [[ -z $verb ]]; then
		mapfile -t COMPREPLY < <(compgen -W "$(_reusetrace_view_verbs)" -- "$cur")
	fi
}

complete -o filenames -F _reusetrace_view reusetrace-view
