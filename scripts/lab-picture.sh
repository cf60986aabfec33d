#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Usage: lab-picture.sh [LAB]        (default 01)
#
# Makes Documentation/labs/screen.svg: a lab's recording, shown by the viewer in
# two panes on a terminal of tmux, as a student sees it, and the terminal's
# cells written down as SVG: as much of the beginning as a screen holds.

set -euo pipefail
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=lab-lib.sh
. "$RT_SCRIPTS/lab-lib.sh"

COLUMNS=128 LINES=46
TALL=400		# the terminal has room for all of it; nothing scrolls away

case ${1:-} in
-h | --help)
	help_text
	exit
	;;
esac
need tmux jq awk
find_lab "${1:-01}"
make -s -C "$RT_ROOT" userspace
dir=$(mktemp -d)
tmux=(tmux -L "reusetrace-$$" -f /dev/null)
trap '"${tmux[@]}" kill-server 2>/dev/null; rm -rf "$dir"' EXIT

cat >"$dir/show" <<-END
	cd "$RT_ROOT"
	userspace/reusetrace-view report "$LAB_DIR/trace.dat" --split -v \
		-N $(fact "$LAB_DIR/run.txt" netns) --color=always
	: >"$dir/done"
	exec sleep 60
END
TERM=xterm-256color "${tmux[@]}" new-session -d -x $COLUMNS -y $TALL "bash $dir/show"
for ((i = 0; i < 300; i++)); do
	[[ ! -e $dir/done ]] || break
	sleep 0.1
done
[[ -e $dir/done ]] || die "the viewer did not come to its end"
"${tmux[@]}" capture-pane -p -e -t 0 | head -n $LINES >"$dir/screen"
awk -v columns=$COLUMNS -v lines=$LINES -f "$RT_SCRIPTS/lab-picture.awk" "$dir/screen" \
	>"$LAB_ROOT/screen.svg"
say "wrote $LAB_ROOT/screen.svg"
